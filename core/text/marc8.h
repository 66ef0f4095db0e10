// MARC-8 → UTF-8.
//
// Rules: MARC 21 Specifications for Record Structure, Character Sets and Exchange
// Media, "Character Sets and Encoding Options, Part 2: MARC-8". The codes are
// those of the Library of Congress' code tables (core/text/marc8_table.txt).
//
// One call decodes the text of one subfield, or of one control field: each begins
// with ASCII as G0 and ANSEL as G1. A combining mark, which MARC-8 has before its
// base, comes behind it; several keep their order. Numeric character references
// (`&#x1234;`) are decoded. What means nothing becomes U+FFFD and is counted; the
// rest of the text is decoded nevertheless.
#ifndef MARCD_CORE_TEXT_MARC8_H_
#define MARCD_CORE_TEXT_MARC8_H_

#include <string>

#include "absl/strings/string_view.h"
#include "core/text/text_faults.h"
#include "core/text/text_options.h"

namespace marcd {

// Appends the UTF-8 of `text` to `out`. Of `options` it uses half_marks, nfc and
// pymarc. Appends at most 4 bytes for each of `text`, and always valid UTF-8.
//
// With options.pymarc the result is what pymarc 5.4's marc8_to_unicode() gives
// (normal form C, its own double-width marks, no references), and a fault is
// counted wherever pymarc writes to stderr, raises, or drops something: then what
// was appended is meaningless. Thread-safe.
TextFaults DecodeMarc8(absl::string_view text, const TextOptions& options, std::string* out);

// Whether DecodeMarc8 would give `text` back as it is: it is printable ASCII
// without escapes and without what could be a reference.
bool IsPlainInMarc8(absl::string_view text);

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_MARC8_H_
