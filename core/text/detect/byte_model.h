// How likely text that is not UTF-8 is under each encoding that it may be in.
#ifndef MARCD_CORE_TEXT_DETECT_BYTE_MODEL_H_
#define MARCD_CORE_TEXT_DETECT_BYTE_MODEL_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace marcd {

// Every byte from 0x80 on has, under each encoding, a cost: minus twice the natural
// logarithm of its probability beside the bytes before and behind it. The encoding
// of the smallest sum is the likeliest.
struct ByteCosts {
  int marc8 = 0;
  // Of CP1252, which is Latin-1 where it has no bytes from 0x80 to 0x9F.
  int latin1 = 0;
  int cp1251 = 0;
  // How many bytes were judged: 0x80 to 0xFF, and of them 0x80 to 0x9F.
  size_t high = 0;
  size_t c1 = 0;
};

// Where the first byte from 0x80 on stands at or behind `from`; text.size() if nowhere.
size_t FindHigh(absl::string_view text, size_t from);

// Sums up the bytes from 0x80 on of `text` from `begin` to `end`. `text` is as
// DetectEncoding's. Thread-safe.
ByteCosts JudgeBytes(absl::string_view text, size_t begin, size_t end);

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_DETECT_BYTE_MODEL_H_
