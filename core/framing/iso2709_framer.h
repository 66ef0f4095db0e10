// Framing of ISO 2709 by the rule of iso2709_rule.h, and the joining of records
// that continue each other.
#ifndef MARCD_CORE_FRAMING_ISO2709_FRAMER_H_
#define MARCD_CORE_FRAMING_ISO2709_FRAMER_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/framing/iso2709_rule.h"
#include "core/framing/piece_framer.h"

namespace marcd {

class Iso2709Framer final : public PieceFramer {
 public:
  explicit Iso2709Framer(const FramerOptions& options)
      : PieceFramer(options), rule_(options.max_record_bytes) {}

 private:
  Piece Look(absl::string_view window, uint64_t offset, bool at_end,
             std::vector<uint32_t>* part_lengths) override;
  // The first record of `window` is `first` bytes long and undamaged.
  Piece Join(absl::string_view window, size_t first, bool at_end,
             std::vector<uint32_t>* part_lengths) const;

  Iso2709Rule rule_;
};

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_ISO2709_FRAMER_H_
