// A record in XML → frame, in either dialect: what Format's functions are made of.
#ifndef MARCD_CORE_FORMATS_XML_DECODE_H_
#define MARCD_CORE_FORMATS_XML_DECODE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/decode_options.h"
#include "core/formats/xml/element.h"

namespace marcd::xml {

// Format::decode and Format::mend (core/formats/format.h). `options.context` is what
// ReadContext() gave. A record that is not well-formed is mended up to the place where it
// is not; bytes that are not UTF-8 and characters that XML does not have are replaced by
// U+FFFD first. Thread-safe.
std::optional<Finding> Decode(const Reader& reader, absl::string_view record,
                              const DecodeOptions& options, std::string* frames,
                              std::vector<Finding>* notes);
bool Mend(const Reader& reader, absl::string_view record, const DecodeOptions& options,
          std::string* frames, std::vector<Finding>* findings);

// Format::describe_damage.
Finding DescribeDamage(Reason damage, absl::string_view record, uint64_t offset);

}  // namespace marcd::xml

#endif  // MARCD_CORE_FORMATS_XML_DECODE_H_
