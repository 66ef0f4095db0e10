// MARC-8 → UTF-8.
//
// Rules: MARC 21 Specifications for Record Structure, Character Sets and Exchange
// Media, "Character Sets and Encoding Options, Part 2: MARC-8". The codes are
// those of the Library of Congress' code tables (core/text/marc8/marc8_table.txt).
//
// One call decodes the text of one subfield, or of one control field: each begins
// with ASCII as G0 and ANSEL as G1. Any set may stand on either side.
//
// - A combining mark, which MARC-8 has before its base, comes behind it; several
//   keep their order.
// - The double-width marks, which MARC-8 has as two halves, before the first and the
//   second of their bases, become U+0361 and U+0360 behind the first. A second half
//   without a first one before the base before it stays a half, U+FE21 or U+FE23.
// - Blanks and control characters stand for themselves in every set. ANSEL's controls
//   (non-sorting, joiners) are known whatever G1 is.
// - Numeric character references (`&#x1234;`: one to six hexadecimal digits of a
//   scalar value that is no C0 control) are decoded where G0 is ASCII.
//
// These are faults, and the rest of the text is decoded nevertheless:
// - A code that stands for nothing becomes U+FFFD; of a broken EACC code, the bytes
//   that could be part of it.
// - An escape sequence that is none of MARC-8's is kept as it stands.
// - Marks without a base, at the end of the text, are kept without one.
#ifndef MARCD_CORE_TEXT_MARC8_MARC8_H_
#define MARCD_CORE_TEXT_MARC8_MARC8_H_

#include <string>

#include "absl/strings/string_view.h"
#include "core/text/text_faults.h"
#include "core/text/text_options.h"

namespace marcd {

// Appends the UTF-8 of `text` to `out`. Of `options` it uses half_marks, nfc and
// pymarc. Appends at most 4 bytes for each of `text`, and always valid UTF-8.
//
// With options.pymarc the result is what pymarc 5.4's marc8_to_unicode() gives
// (normal form C, halves of double-width marks, no references), and a fault is
// counted wherever pymarc writes to stderr, raises, or drops something: then what
// was appended is meaningless. Thread-safe.
TextFaults DecodeMarc8(absl::string_view text, const TextOptions& options, std::string* out);

// Whether DecodeMarc8 would give `text` back as it is: it is printable ASCII
// without escapes and without what could be a reference. Subfield delimiters (0x1F)
// may stand between several texts.
bool IsPlainInMarc8(absl::string_view text);

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_MARC8_MARC8_H_
