// What framers have in common: pieces, found one after the other, become blocks.
#ifndef MARCD_CORE_FRAMING_PIECE_FRAMER_H_
#define MARCD_CORE_FRAMING_PIECE_FRAMER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/framing/account.h"
#include "core/framing/framer.h"
#include "core/framing/piece.h"

namespace marcd {

class PieceFramer : public Framer {
 public:
  std::optional<Block> Next(Source& source, size_t target_bytes) final;
  Position position() const final { return position_; }

 protected:
  explicit PieceFramer(const FramerOptions& options)
      : options_(options), ordinal_(options.first_ordinal) {}

  const FramerOptions& options() const { return options_; }

 private:
  // What lies at the front of `window`, which is not empty, begins at byte
  // `offset` of the source before the walk's end and, with `at_end`, ends with
  // the source. Every piece but kNeedMore is taken. Of a record that was joined
  // from several, appends the lengths to `part_lengths`.
  virtual Piece Look(absl::string_view window, uint64_t offset, bool at_end,
                     std::vector<uint32_t>* part_lengths) = 0;

  void AddRecord(size_t begin, const Piece& piece, size_t parts, Block* block);
  void AddGap(uint64_t offset, const Piece& piece, Block* block);
  void FlushGap(Block* block);
  void Finish(const Source& source, bool incomplete, bool more, Block* block);

  const FramerOptions options_;
  uint64_t ordinal_;
  Position position_;
  // A gap that may still grow; it is not in any block yet.
  std::optional<Gap> open_gap_;
  // Kept in debug builds.
  std::optional<Account> account_;
};

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_PIECE_FRAMER_H_
