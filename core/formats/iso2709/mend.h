// A damaged ISO 2709 record → the frame of what can be read of it.
//
// docs/reading.md says what is mended, and how.
#ifndef MARCD_CORE_FORMATS_ISO2709_MEND_H_
#define MARCD_CORE_FORMATS_ISO2709_MEND_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/decode_options.h"

namespace marcd {

// Appends the frame of `record`, with or without its terminator, to `frames` and
// what was mended to `findings`, one finding for each reason; true. Or, when
// nothing can be made of it, appends one finding that says why; false. What is
// said of the record's boundaries is the caller's. Thread-safe.
bool MendIso2709(absl::string_view record, const DecodeOptions& options, std::string* frames,
                 std::vector<Finding>* findings);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_ISO2709_MEND_H_
