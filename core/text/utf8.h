// UTF-8: is it, and if not, where not.
#ifndef MARCD_CORE_TEXT_UTF8_H_
#define MARCD_CORE_TEXT_UTF8_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace marcd {

// Whether every byte is below 0x80.
bool IsAscii(absl::string_view text);

// Whether `text` is well-formed UTF-8 (The Unicode Standard, section 3.9, D92:
// no surrogates, nothing overlong, nothing past U+10FFFF).
bool IsUtf8(absl::string_view text);

// Where the first ill-formed sequence begins; text.size() when there is none.
size_t FindInvalidUtf8(absl::string_view text);

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_UTF8_H_
