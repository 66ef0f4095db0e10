// JSON with what is wrong inside of its strings put right.
#ifndef MARCD_CORE_FORMATS_JSON_PATCH_H_
#define MARCD_CORE_FORMATS_JSON_PATCH_H_

#include <string>

#include "absl/strings/string_view.h"
#include "core/formats/loose_record.h"

namespace marcd::json {

// `record` as a parser can read it as far as its strings go; its brackets may still be
// amiss. U+FFFD stands in place of bytes that are not UTF-8 and of escapes of half a
// surrogate pair; control characters are escaped; a backslash that begins no escape is
// one; a string that the record ends in is closed. `found` is told of each. Thread-safe.
std::string Patched(absl::string_view record, LooseRecord* found);

// `text` with quotes around the numbers that RapidJSON refuses because no double could hold
// them: those of many digits, or with an exponent of three. Whether there are any; if not,
// `*quoted` is `text`.
bool QuoteLargeNumbers(absl::string_view text, std::string* quoted);

}  // namespace marcd::json

#endif  // MARCD_CORE_FORMATS_JSON_PATCH_H_
