// A leader and fields, their payloads as they are to stand, → ISO 2709.
#ifndef MARCD_CORE_FORMATS_ISO2709_WRITE_RECORD_H_
#define MARCD_CORE_FORMATS_ISO2709_WRITE_RECORD_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/encode_options.h"

namespace marcd::iso2709 {

struct OutField {
  absl::string_view tag;  // three bytes
  absl::string_view payload;
};

// Appends the record to `out`, with lengths that are its own; `coding_scheme` is its
// leader/09. What ISO 2709's digits do not suffice for is done as `too_long` says, with a
// note; or there is a fault, and nothing is appended.
std::optional<Finding> WriteRecord(absl::string_view leader, char coding_scheme,
                                   absl::Span<const OutField> fields, TooLong too_long,
                                   std::string* out, std::vector<Finding>* notes);

}  // namespace marcd::iso2709

#endif  // MARCD_CORE_FORMATS_ISO2709_WRITE_RECORD_H_
