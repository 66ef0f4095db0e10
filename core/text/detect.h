// What a record's text really is encoded in, whatever its leader says.
//
// How well it does is measured by tests/text/... and shown in docs/reading.md.
#ifndef MARCD_CORE_TEXT_DETECT_H_
#define MARCD_CORE_TEXT_DETECT_H_

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
  // Why, in words, such as `14 multi-byte sequences of UTF-8, none invalid`.
  std::string evidence;
  // Text that is UTF-8 and holds U+FFFD.
  bool replacement_characters = false;
  // Text that is UTF-8 and looks as if it had been Latin-1 or CP1252 taken apart
  // into UTF-8 twice.
  bool double_encoded = false;
};

// Judges by `text`: the payloads of a record's fields end to end, delimiters
// included; not its leader or directory. `claims_utf8` is whether leader/09 says
// so: it decides where the text does not. `fallback` and `fallback_charset` are
// what a record that claims nothing else is in when there is no evidence against
// it; for MARC 21, MARC-8. Looks at 64 KiB at most. Thread-safe.
Detection DetectEncoding(absl::string_view text, bool claims_utf8, Encoding fallback,
                         const Charset* fallback_charset);

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_DETECT_H_
