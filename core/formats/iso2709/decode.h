// ISO 2709 bytes of one undamaged record → frame.
//
// Fields come in the order of the directory. What a frame cannot hold is a fault,
// never dropped; mend.h is for records that have one.
#ifndef MARCD_CORE_FORMATS_ISO2709_DECODE_H_
#define MARCD_CORE_FORMATS_ISO2709_DECODE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/decode_options.h"

namespace marcd {

// Appends the frame of `record` to `frames` and what is to be said of it to
// `notes`, or returns the fault and leaves both as they were. `record` is one
// record with its terminator, as framed. Thread-safe.
std::optional<Finding> DecodeIso2709(absl::string_view record, const DecodeOptions& options,
                                     std::string* frames, std::vector<Finding>* notes);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_ISO2709_DECODE_H_
