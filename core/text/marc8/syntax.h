// What MARC-8 says by more than one byte, but for EACC: escape sequences, and
// references to characters.
#ifndef MARCD_CORE_TEXT_MARC8_SYNTAX_H_
#define MARCD_CORE_TEXT_MARC8_SYNTAX_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/text/marc8/sets.h"

namespace marcd {

// An escape sequence that designates a set.
struct Marc8Escape {
  const Marc8Set* set;
  bool to_g1;  // else to G0
  size_t length;
};

// The one at the beginning of `text`, whose first byte is ESC. `in_halves`: as of
// FindMarc8Set().
absl::optional<Marc8Escape> ParseMarc8Escape(absl::string_view text, bool in_halves);

// How long the escape sequence at the beginning of `text` is by ISO 2022: ESC,
// intermediate bytes, a final byte; what is there of it.
size_t ForeignEscapeLength(absl::string_view text);

// A numeric character reference.
struct Marc8Reference {
  char32_t code;
  size_t length;
};

// The one at the beginning of `text`: "&#x", one to six hexadecimal digits of a scalar
// value that is no C0 control, for those would be delimiters, and ";".
absl::optional<Marc8Reference> ParseMarc8Reference(absl::string_view text);

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_MARC8_SYNTAX_H_
