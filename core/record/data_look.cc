#include "core/record/data_look.h"

#include <algorithm>

#include "core/record/frame.h"

namespace marcd {
namespace {

// So many bytes are counted in one byte.
constexpr size_t kBlock = 240;

}  // namespace

// Without a branch on what a byte is, and all in bytes: the compiler makes sixteen at once of it
// (see BUILD.bazel: this file is built with -O3).
DataLook LookOverData(const char* data, size_t size) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(data);
  uint8_t high = 0, odd = 0;
  DataLook look = {};
  while (size > 0) {
    const size_t block = std::min(size, kBlock);
    uint8_t terminators = 0, delimiters = 0;
    for (size_t i = 0; i < block; ++i) {
      const uint8_t byte = bytes[i];
      const uint8_t delimiter = byte == kSubfieldDelimiter;
      const uint8_t no_code = !IsSubfieldCode(static_cast<char>(bytes[i + 1]));
      high |= byte;
      odd |= (delimiter & no_code) | (byte >= 0x1B && byte <= kRecordTerminator);
      terminators += byte == kFieldTerminator;
      delimiters += delimiter;
    }
    look.field_terminators += terminators;
    look.subfield_delimiters += delimiters;
    bytes += block;
    size -= block;
  }
  look.high = high >= 0x80;
  look.odd = odd != 0;
  return look;
}

}  // namespace marcd
