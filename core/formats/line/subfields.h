// Where subfields begin on a line of the `line` format.
#ifndef MARCD_CORE_FORMATS_LINE_SUBFIELDS_H_
#define MARCD_CORE_FORMATS_LINE_SUBFIELDS_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace marcd::line {

// Whether a code may stand behind ` $` in the midst of a line; any may behind the first.
inline bool IsCode(char c) { return c > 0x20 && c < 0x7F && c != '$'; }

// Where the next subfield begins in `text`: ` $`, a code, a blank; npos if none does.
// Without blanks (`spaced` false): `$` and a letter or digit.
inline size_t FindSubfield(absl::string_view text, bool spaced) {
  for (size_t at = 0;; ++at) {
    at = text.find('$', at);
    if (at == absl::string_view::npos) return at;
    const char code = at + 1 < text.size() ? text[at + 1] : ' ';
    if (!IsCode(code)) continue;
    if (!spaced) {
      const char lower = static_cast<char>(code | 0x20);
      if ((code >= '0' && code <= '9') || (lower >= 'a' && lower <= 'z')) return at;
    } else if (at > 0 && text[at - 1] == ' ' && at + 2 < text.size() && text[at + 2] == ' ') {
      return at - 1;
    }
  }
}

}  // namespace marcd::line

#endif  // MARCD_CORE_FORMATS_LINE_SUBFIELDS_H_
