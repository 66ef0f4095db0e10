// Single-byte encodings by name, with Python's own tables: other libraries map
// some bytes differently.
#ifndef MARCD_CORE_TEXT_CHARSET_H_
#define MARCD_CORE_TEXT_CHARSET_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "core/text/text_faults.h"

namespace marcd {

class Charset {
 public:
  // The charset by any name that Python has for it (`cp1252`, `windows-1252`,
  // `Latin-1`; case, hyphens and underscores do not matter), or null. Lives for ever.
  static const Charset* Find(absl::string_view name);

  // Python's name of it, such as `iso8859-1`.
  absl::string_view name() const { return name_; }

  // Appends the UTF-8 of `text` to `out`: U+FFFD for a byte that the encoding does
  // not have, which is counted. Thread-safe.
  TextFaults Decode(absl::string_view text, std::string* out) const;

  constexpr Charset(absl::string_view name, const uint16_t* high) : name_(name), high_(high) {}

 private:
  absl::string_view name_;
  // What 0x80 to 0xFF stand for; 0xFFFF where nothing. Below them all are ASCII.
  const uint16_t* high_;
};

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_CHARSET_H_
