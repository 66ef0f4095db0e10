// Framing of ISO 2709: where a record ends when its two witnesses disagree.
//
// A record says where it ends twice: the leader's length (00-04), and the record
// terminator 0x1D. In good data they agree. The rule for the rest, applied at a
// byte where a record may begin, is written out in docs/reading.md; in short:
//
//   1. Filler (newlines, blanks, NUL, 0x1A) is a gap.
//   2. Length and terminator agree, and no earlier terminator is followed by
//      another leader: the record ends there.
//   3. Another leader follows where the length says that this one ends: it ends
//      there, without a terminator.
//   4. A leader further on says exactly where the next terminator stands: what
//      comes before it ends there. It is a record if it has a leader, else a gap.
//   5. Else it ends at the next terminator, if a leader fits into it.
//
// The rule looks only at what follows the byte, so a walk that is resumed at any
// boundary goes on as the first one did. max_record_bytes without a terminator
// are a gap.
#ifndef MARCD_CORE_FRAMING_ISO2709_FRAMER_H_
#define MARCD_CORE_FRAMING_ISO2709_FRAMER_H_

#include <cstdint>
#include <optional>

#include "core/framing/framer.h"

namespace marcd {

class Iso2709Framer : public Framer {
 public:
  explicit Iso2709Framer(const FramerOptions& options)
      : options_(options), ordinal_(options.first_ordinal) {}

  std::optional<Block> Next(Source& source, size_t target_bytes) override;
  Position position() const override { return position_; }

 private:
  // What lies at the front of a window.
  struct Piece {
    enum Kind { kNeedMore, kRecord, kGap } kind = kNeedMore;
    size_t length = 0;
    std::optional<Reason> damage;               // of a record
    Reason gap = Reason::kBytesBetweenRecords;  // of a gap
    bool incomplete = false;                    // the source ends inside the record
  };

  static Piece Record(size_t length, std::optional<Reason> damage = std::nullopt);
  static Piece GapOf(size_t length, Reason reason);

  // Each is given the offset at which its text lies in the source.
  Piece Look(absl::string_view window, uint64_t offset, bool at_end);
  Piece Resolve(absl::string_view window, uint64_t offset, bool at_end);
  // The end of the first terminator; 0 when there is none.
  size_t TerminatorEnd(absl::string_view text, uint64_t offset);
  // The first place behind `text`'s first byte where a leader declares exactly
  // `end`; 0 when there is none.
  size_t LeaderOf(absl::string_view text, uint64_t offset, size_t end);
  Piece ResolveUnterminated(absl::string_view window) const;
  void AddGap(uint64_t offset, const Piece& piece, Block* block);
  void FlushGap(Block* block);

  FramerOptions options_;
  uint64_t ordinal_;
  Position position_;
  // What the searches have found, so that many records without terminators do
  // not each search the same bytes: there is no terminator in
  // [clear_from_, clear_to_), and no leader behind leaderless_from_ that declares
  // leaderless_end_.
  uint64_t clear_from_ = 1;
  uint64_t clear_to_ = 0;
  uint64_t leaderless_from_ = 0;
  uint64_t leaderless_end_ = 0;
  // A gap that may still grow; it is not in any block yet.
  std::optional<Gap> open_gap_;
};

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_ISO2709_FRAMER_H_
