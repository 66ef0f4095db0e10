// What a record's text really is encoded in, whatever its leader says.
//
// How often it is right is measured by tests/measure_detect.py and shown in
// docs/reading.md.
#ifndef MARCD_CORE_TEXT_DETECT_DETECT_H_
#define MARCD_CORE_TEXT_DETECT_DETECT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "core/text/text_options.h"

namespace marcd {

// What was found.
struct Detection {
  Encoding encoding = Encoding::kUtf8;
  // The table of a single-byte encoding; null for the other two.
  const Charset* charset = nullptr;
  // Its name for people: `UTF-8`, `MARC-8`, `cp1252`, ...
  absl::string_view name;
  // Why, in words, such as `14 multi-byte sequences of UTF-8, none invalid`. Empty
  // where the text is what it is said to be and there is nothing to note.
  std::string evidence;
  // Text that is UTF-8 and holds U+FFFD: what stood there was lost before.
  bool replacement_characters = false;
  // Text that is UTF-8 and looks as if UTF-8 had been taken for Latin-1 or CP1252
  // and encoded once more.
  bool double_encoded = false;
};

// Judges by `text`: the payloads of a record's fields end to end, delimiters
// included; not its leader or directory. What it is said to be in is UTF-8 if
// `claims_utf8`, which is what leader/09 says, else `fallback` (for MARC 21,
// MARC-8) with `fallback_charset`, null unless that is a single-byte encoding.
//
// Text that is well-formed UTF-8, or for the most part, is UTF-8; escape sequences
// of MARC-8 in text of ASCII are MARC-8; ASCII is what it is said to be. Any other
// text is a fallback_charset's if there is one; else MARC-8, cp1251 or Latin-1,
// whichever makes its bytes likelier beside their neighbours. Latin-1 is `cp1252`
// where bytes 0x80 to 0x9F stand in it, else `iso8859-1`: they differ nowhere else.
//
// Text that is ASCII or UTF-8 as it is said to be costs its validation and searches for
// one byte or two, and nothing is allocated unless there is something to note. Of text
// that is neither, 64 KiB are looked at, from the first byte on that is not ASCII.
// Thread-safe.
Detection DetectEncoding(absl::string_view text, bool claims_utf8, Encoding fallback,
                         const Charset* fallback_charset);

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_DETECT_DETECT_H_
