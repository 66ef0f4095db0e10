// The runs of text that all encodings, or MARC-8 and UTF-8, write alike, found a word
// at a time.
#ifndef MARCD_CORE_TEXT_PLAIN_RUN_H_
#define MARCD_CORE_TEXT_PLAIN_RUN_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"
#include "core/base/bytes.h"

namespace marcd {

// How many bytes at the beginning of `text` are below 0x80.
inline size_t AsciiRun(absl::string_view text) {
  size_t at = 0;
  for (; text.size() - at >= 8; at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    const uint64_t high = word & 0x8080808080808080;
    if (high != 0) return at + __builtin_ctzll(high) / 8;
  }
  while (at < text.size() && static_cast<uint8_t>(text[at]) < 0x80) ++at;
  return at;
}

// Printable ASCII (0x20 to 0x7E) without `&`, which may begin a reference.
inline bool IsPlainByte(uint8_t byte) { return byte >= 0x20 && byte < 0x7F && byte != '&'; }

// How many bytes at the beginning of `text` are plain.
inline size_t PlainRun(absl::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  size_t at = 0;
  for (; text.size() - at >= 8; at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    const uint64_t ampersands = word ^ kOnes * '&';
    // The high bit of each byte below 0x20, of each `&`, of each from 0x7F on. What
    // borrows and carries set in error lies above a byte that is rightly set.
    const uint64_t odd = ((word - kOnes * 0x20) & ~word) | ((ampersands - kOnes) & ~ampersands) |
                         (word + kOnes) | word;
    const uint64_t found = odd & kOnes * 0x80;
    if (found != 0) return at + __builtin_ctzll(found) / 8;
  }
  while (at < text.size() && IsPlainByte(static_cast<uint8_t>(text[at]))) ++at;
  return at;
}

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_PLAIN_RUN_H_
