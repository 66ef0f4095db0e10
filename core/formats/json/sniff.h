// Whether a source is JSON, and of which of the two rows of the table of formats.
#ifndef MARCD_CORE_FORMATS_JSON_SNIFF_H_
#define MARCD_CORE_FORMATS_JSON_SNIFF_H_

#include "absl/strings/string_view.h"

namespace marcd {

// Format::sniff. Behind a byte order mark, blanks and comments there is an array or an object; what
// holds no MARC is JSON all the same, and its framing finds no record in it. `jsonl` are
// objects that end before their line does, or are behind U+001E; `json` is all else. Both
// are read alike. Thread-safe.
bool SniffJson(absl::string_view head);
bool SniffJsonLines(absl::string_view head);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_JSON_SNIFF_H_
