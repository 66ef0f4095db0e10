// Framing of bytes that a caller pushes, some now and more later.
#ifndef MARCD_CORE_FRAMING_PUSHED_FRAMER_H_
#define MARCD_CORE_FRAMING_PUSHED_FRAMER_H_

#include <memory>
#include <optional>
#include <utility>

#include "core/framing/framer.h"

namespace marcd {

// Ends the walk where another framer would want more than the source has: with
// an empty block that says from where the bytes are to be pushed again.
class PushedFramer : public Framer {
 public:
  explicit PushedFramer(std::unique_ptr<Framer> framer) : framer_(std::move(framer)) {}

  std::optional<Block> Next(Source& source, size_t target_bytes) override {
    std::optional<Block> block = framer_->Next(source, target_bytes);
    if (!block.has_value()) {
      block.emplace();
      block->offset = block->next_offset = position().offset;
      block->first_ordinal = block->next_ordinal = position().ordinal;
      block->end = true;
    }
    return block;
  }

  Position position() const override { return framer_->position(); }

 private:
  std::unique_ptr<Framer> framer_;
};

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_PUSHED_FRAMER_H_
