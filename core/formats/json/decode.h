// A record in JSON → frame: MARC-in-JSON, and the shapes that differ from it
// (docs/formats.md, "JSON").
#ifndef MARCD_CORE_FORMATS_JSON_DECODE_H_
#define MARCD_CORE_FORMATS_JSON_DECODE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/decode_options.h"

namespace marcd {

// Format's functions (core/formats/format.h). Of a record whose brackets are amiss what
// stands before the place is mended; what is wrong inside of strings is put right first
// (patch.h). Thread-safe.
std::optional<Finding> DecodeJson(absl::string_view record, const DecodeOptions& options,
                                  std::string* frames, std::vector<Finding>* notes);
bool MendJson(absl::string_view record, const DecodeOptions& options, std::string* frames,
              std::vector<Finding>* findings);
Finding DescribeJsonDamage(Reason damage, absl::string_view record, uint64_t offset);

namespace json {

// DecodeJson() of valid UTF-8 without the short way of parse_plain.h, for tests.
std::optional<Finding> DecodeAny(absl::string_view record, const DecodeOptions& options,
                                 std::string* frames, std::vector<Finding>* notes);

}  // namespace json

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_JSON_DECODE_H_
