// Bytes: little-endian integers, decimal digits, text for people, and memory
// with an owner.
#ifndef MARCD_CORE_BASE_BYTES_H_
#define MARCD_CORE_BASE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace marcd {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "frames are little-endian and read by memcpy");

inline uint32_t LoadLe32(const char* from) {
  uint32_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline void StoreLe32(uint32_t value, char* to) { std::memcpy(to, &value, sizeof value); }

// The number that `text` spells in ASCII digits, or -1 when any byte is not a
// digit. At most nine bytes.
inline int32_t ParseDigits(absl::string_view text) {
  int32_t value = 0;
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9) return -1;
    value = value * 10 + static_cast<int32_t>(digit);
  }
  return value;
}

// Writes the last `digits` decimal digits of `value` at `to`.
inline void StoreDigits(uint32_t value, size_t digits, char* to) {
  while (digits > 0) {
    to[--digits] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

// `bytes` for a person to read: printable ASCII as it is, all else as `\xNN`.
std::string EscapeBytes(absl::string_view bytes);

// A run of bytes that lives as long as any copy of this object. Copying it
// copies no bytes. Thread-safe once made: nobody writes to the bytes then.
struct SharedBytes {
  std::shared_ptr<const char[]> data;
  size_t size = 0;

  absl::string_view view() const { return {data.get(), size}; }
};

}  // namespace marcd

#endif  // MARCD_CORE_BASE_BYTES_H_
