// One record of a plan: decoded, mended, handed over as it is, or left out.
#ifndef MARCD_CORE_BATCH_RECORD_DECODER_H_
#define MARCD_CORE_BATCH_RECORD_DECODER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/batch/read_plan.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/decode_options.h"
#include "core/formats/format.h"

namespace marcd {

// The recovery modes: four policies over one decoder. Thread-safe. The plan must
// outlive it.
class RecordDecoder {
 public:
  explicit RecordDecoder(const ReadPlan& plan);

  // Appends the frame of a record that begins at `offset` of the source and whose
  // boundaries framing calls damaged, if `damage` is set; and what was found. Whether
  // there is a frame; if not, the last finding says why.
  bool Decode(absl::string_view record, std::optional<Reason> damage, uint64_t offset,
              std::string* frames, std::vector<Finding>* findings) const;

  // The same of records of these lengths that continue one another, as one. It has
  // the source bytes of all, where they are wanted, if one of them was mended.
  bool DecodeJoined(absl::string_view records, absl::Span<const uint32_t> lengths, uint64_t offset,
                    std::string* frames, std::vector<Finding>* findings) const;

 private:
  bool DecodeDamaged(absl::string_view record, Reason damage, uint64_t offset, std::string* frames,
                     std::vector<Finding>* findings) const;

  const ReadPlan& plan_;
  const Format& format_;
  DecodeOptions options_;
};

}  // namespace marcd

#endif  // MARCD_CORE_BATCH_RECORD_DECODER_H_
