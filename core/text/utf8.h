// UTF-8: is it, and if not, where not.
#ifndef MARCD_CORE_TEXT_UTF8_H_
#define MARCD_CORE_TEXT_UTF8_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "core/text/text_faults.h"

namespace marcd {

// Whether `text` is well-formed UTF-8 (The Unicode Standard, section 3.9, D92:
// no surrogates, nothing overlong, nothing past U+10FFFF).
bool IsUtf8(absl::string_view text);

// Where the first ill-formed sequence begins; text.size() when there is none.
size_t FindInvalidUtf8(absl::string_view text);

// Appends `text` to `out`, with one U+FFFD for each ill-formed sequence: for its
// longest beginning of a well-formed one, or else for one byte (The Unicode
// Standard, section 3.9, "U+FFFD Substitution of Maximal Subparts"; Python's
// errors="replace" does the same). Each is a fault.
TextFaults RepairUtf8(absl::string_view text, std::string* out);

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_UTF8_H_
