#include "core/text/utf8.h"

#include <simdjson.h>

#include <algorithm>
#include <cstdint>

#include "core/base/ascii.h"

namespace marcd {
namespace {

// How many bytes the well-formed sequence at `text` takes up; 0 when there is none.
size_t SequenceLength(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const auto in = [&](size_t i, uint8_t low, uint8_t high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return in(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool second = in(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
    return second && in(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool second = in(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
    return second && in(2, 0x80, 0xBF) && in(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

// How many bytes at `text`, where no well-formed sequence begins, begin one: at
// least 1.
size_t MaximalSubpart(absl::string_view text) {
  for (size_t n = std::min<size_t>(text.size(), 3); n > 1; --n) {
    std::string whole(text.substr(0, n));
    whole.append(2, '\x80');  // what could stand behind any beginning of two or three bytes
    if (SequenceLength(whole) > n) return n;
  }
  return 1;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  return IsAscii(text) || simdjson::validate_utf8(text.data(), text.size());
}

size_t FindInvalidUtf8(absl::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t length = SequenceLength(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return at;
}

TextFaults RepairUtf8(absl::string_view text, std::string* out) {
  TextFaults faults;
  if (IsUtf8(text)) {
    out->append(text.data(), text.size());
    return faults;
  }
  size_t at = 0;
  while (true) {
    const size_t good = FindInvalidUtf8(text.substr(at));
    out->append(text.data() + at, good);
    at += good;
    if (at == text.size()) return faults;
    if (faults.count++ == 0) faults.first = at;
    out->append("\xEF\xBF\xBD");
    at += MaximalSubpart(text.substr(at));
  }
}

}  // namespace marcd
