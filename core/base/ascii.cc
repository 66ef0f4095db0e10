#include "core/base/ascii.h"

#include <cstdint>
#include <cstring>

namespace marcd {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080;

uint64_t LoadWord(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

}  // namespace

bool IsAscii(absl::string_view text) {
  const char* at = text.data();
  size_t left = text.size();
  uint64_t seen = 0;
  // Four words at a time, so that the compiler may use vector registers.
  for (; left >= 32; at += 32, left -= 32) {
    seen |= LoadWord(at) | LoadWord(at + 8) | LoadWord(at + 16) | LoadWord(at + 24);
  }
  for (; left >= 8; at += 8, left -= 8) seen |= LoadWord(at);
  for (; left > 0; ++at, --left) seen |= static_cast<uint8_t>(*at);
  return (seen & kHighBits) == 0;
}

}  // namespace marcd
