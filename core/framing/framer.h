// Where records begin and end.
#ifndef MARCD_CORE_FRAMING_FRAMER_H_
#define MARCD_CORE_FRAMING_FRAMER_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/diagnostics/diagnostic.h"
#include "core/source/source.h"

namespace marcd {

// One record in a block.
struct RecordSpan {
  // Where it begins, from the first byte of Block::data.
  uint32_t begin = 0;
  uint32_t length = 0;
  // Of how many records it was joined (FramerOptions::join_continued).
  uint32_t parts = 1;
  // Set when where it ends had to be guessed.
  std::optional<Reason> damage;
};

// Whole records cut from a source with their boundaries and gaps: the unit of
// work of the pipeline. Safe to hand to another thread.
struct Block {
  // The bytes in which the records lie; shared with the source's buffer.
  SharedBytes buffer;
  // Where the block begins in `buffer`, and in the source.
  size_t buffer_offset = 0;
  uint64_t offset = 0;
  // The ordinal of the first record; the others follow without a hole.
  uint64_t first_ordinal = 0;
  std::vector<RecordSpan> records;
  // The lengths of the parts of each record that has several, in order.
  std::vector<uint32_t> part_lengths;
  std::vector<Gap> gaps;
  // Bytes of the source that the block accounts for.
  uint64_t source_bytes = 0;
  // From where, and with which ordinal, a later read would go on.
  uint64_t next_offset = 0;
  uint64_t next_ordinal = 0;
  // Nothing comes after this block.
  bool end = false;

  absl::string_view bytes(const RecordSpan& record) const {
    return buffer.view().substr(buffer_offset + record.begin, record.length);
  }
};

// Where a walk begins and ends.
struct FramerOptions {
  // The ordinal of the first record.
  uint64_t first_ordinal = 0;
  // A record that begins before this byte belongs to the walk, whole.
  uint64_t end_offset = std::numeric_limits<uint64_t>::max();
  // A longer record is marked kRecordTooLarge.
  size_t max_record_bytes = 64 * 1024 * 1024;
  // Consecutive undamaged records with the same 001 are one record, up to
  // max_record_bytes; only of ISO 2709 by its own rule.
  bool join_continued = false;
  // A gap that may still grow is told when the source must be filled, not held back:
  // of bytes that are pushed the caller keeps what has not been told of.
  bool tell_open_gaps = false;
};

// Cuts blocks off the front of a source. One framer serves one walk over one
// source. Not thread-safe. Never blocks, never reads outside the window.
class Framer {
 public:
  virtual ~Framer() = default;

  // The next block, of about `target_bytes` and at least one record or gap; or
  // nullopt when the source must be filled first. After a block with `end` set
  // it must not be called again. Consumes from `source` what the block covers.
  virtual std::optional<Block> Next(Source& source, size_t target_bytes) = 0;

  // From where a later walk would go on with what this one has not returned yet.
  // Valid after the first Next().
  struct Position {
    uint64_t offset = 0;
    uint64_t ordinal = 0;
  };
  virtual Position position() const = 0;
};

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_FRAMER_H_
