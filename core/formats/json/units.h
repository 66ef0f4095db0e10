// Escapes of UTF-16's code units: RFC 8259, section 7.
#ifndef MARCD_CORE_FORMATS_JSON_UNITS_H_
#define MARCD_CORE_FORMATS_JSON_UNITS_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

namespace marcd::json {

// The code unit that the escape `\uXXXX` at `at`, at most text.size(), says, or -1 if it is
// none.
inline int32_t UnitAt(absl::string_view text, size_t at) {
  if (text.size() - at < 6 || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int32_t unit = 0;
  for (const char c : text.substr(at + 2, 4)) {
    const auto byte = static_cast<unsigned char>(c);
    if (!absl::ascii_isxdigit(byte)) return -1;
    unit = unit * 16 + (absl::ascii_isdigit(byte) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return unit;
}

inline bool IsHigh(int32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
inline bool IsLow(int32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

}  // namespace marcd::json

#endif  // MARCD_CORE_FORMATS_JSON_UNITS_H_
