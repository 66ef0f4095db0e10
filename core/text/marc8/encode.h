// UTF-8 → MARC-8.
//
// Rules: MARC 21 Specifications for Record Structure, Character Sets and Exchange
// Media, "Character Sets and Encoding Options, Part 2: MARC-8"; of what several codes
// can say, that which marc8.h's DecodeMarc8() takes for it: it gives the text back, in
// normal form C.
//
// One call encodes the text of one subfield, or of one control field. It begins with
// ASCII as G0 and ANSEL as G1, and ends so.
//
// - A character in normal form C that has a code keeps it. Else it is written as a base
//   and the marks before it, if all of them have codes.
// - A set is kept as long as it has what comes next. Extended Cyrillic and Extended
//   Arabic are designated to G1, all others to G0. ANSEL comes back by `ESC ) E`: the
//   standard's `ESC ) ! E` is misread by pymarc and by Perl's MARC::Charset.
// - A blank is written in ASCII, as records of the Library of Congress have it: it would
//   stand for itself in every set, but pymarc knows it in no other. Those of ANSEL apart,
//   control characters stay in all sets but EACC, which is left for all that is not its own.
// - U+0361 and U+0360 become two halves, before the first and the second of their bases.
//   In halves, U+FE20 to U+FE23 are those; else they have no code: a first half would be
//   decoded as the double-width mark, and yaz drops a second half without one.
// - What has no code is written as a numeric character reference of four hexadecimal
//   digits or more, in ASCII. So are a mark without a base, and the marks of what is a
//   reference itself.
// - The `&` of what only looks like a reference is written as one, `&#x0026;`: else it
//   would be decoded.
// - ESC cannot stand in a text, nor can a reference to it: it becomes a blank.
#ifndef MARCD_CORE_TEXT_MARC8_ENCODE_H_
#define MARCD_CORE_TEXT_MARC8_ENCODE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace marcd {

// What was used and done to encode a text, or several.
struct Marc8Use {
  // Bit i: set i of Marc8SetId (inverse.h).
  uint32_t sets = 0;
  // How many characters without a code there were, and the first of them.
  size_t references = 0;
  char32_t first_reference = 0;
  // How many ESC became blanks.
  size_t escapes = 0;
};

// Appends the MARC-8 of `text`, valid UTF-8, to `out`, and adds to `use`. Appends at most
// 13 bytes for each of `text`, and at most 6 more. Thread-safe.
void EncodeMarc8(absl::string_view text, bool half_marks, std::string* out, Marc8Use* use);

// The codes of the sets in Marc8Use::sets as $c of MARC 21's field 066 ("Character Sets
// Present") has them, each with its delimiter: what follows ESC where they are designated.
// ASCII and ANSEL are always present, and those of "technique 1" (Greek symbols,
// subscripts, superscripts) are not named there.
std::string Marc8SetsPresent(uint32_t sets);

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_MARC8_ENCODE_H_
