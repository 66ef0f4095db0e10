// Frame → MARC-in-JSON, byte for byte as pymarc 5.4's JSONWriter has it:
// json.dumps(record.as_dict(), separators=(",", ":")).
#ifndef MARCD_CORE_FORMATS_JSON_ENCODE_H_
#define MARCD_CORE_FORMATS_JSON_ENCODE_H_

#include <optional>
#include <string>
#include <vector>

#include "core/diagnostics/diagnostic.h"
#include "core/formats/document.h"
#include "core/formats/encode_options.h"
#include "core/record/record_view.h"

namespace marcd {

// Format's functions (core/formats/format.h): an array of records, or one a line. There
// is nothing in a frame that JSON cannot hold. Thread-safe.
Document JsonDocument(const EncodeOptions& options);
std::optional<Finding> EncodeJson(const RecordView& record, const EncodeOptions& options,
                                  std::string* out, std::vector<Finding>* notes);
Document JsonLinesDocument(const EncodeOptions& options);
std::optional<Finding> EncodeJsonLine(const RecordView& record, const EncodeOptions& options,
                                      std::string* out, std::vector<Finding>* notes);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_JSON_ENCODE_H_
