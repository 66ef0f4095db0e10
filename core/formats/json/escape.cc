#include "core/formats/json/escape.h"

#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace marcd::json {
namespace {

bool IsPlain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

// The character's code; `*length` is how many bytes it has.
uint32_t CodeAt(absl::string_view text, size_t* length) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(text[i])); };
  const uint32_t first = byte(0);
  if (first < 0x80) return *length = 1, first;
  *length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (*length > text.size()) return *length = text.size(), 0xFFFD;  // it is no UTF-8
  uint32_t code = first & (0xFFU >> (*length + 1));
  for (size_t i = 1; i < *length; ++i) code = code << 6 | (byte(i) & 0x3F);
  return code;
}

}  // namespace

void Writer::Flush() {
  out_.append(buffer_, used_);
  used_ = 0;
}

void Writer::Unit(unsigned unit) {
  constexpr char kDigits[] = "0123456789abcdef";
  char* const to = buffer_ + used_;
  to[0] = '\\';
  to[1] = 'u';
  for (int i = 0; i < 4; ++i) to[2 + i] = kDigits[unit >> (12 - 4 * i) & 15];
  used_ += 6;
}

size_t Writer::Special(absl::string_view text) {
  Reserve();
  const char c = text[0];
  constexpr absl::string_view kNamed = "\"\\\n\r\t\b\f", kNames = "\"\\nrtbf";
  const size_t named = kNamed.find(c);
  if (named != kNamed.npos) {
    buffer_[used_++] = '\\';
    buffer_[used_++] = kNames[named];
    return 1;
  }
  size_t length = 0;
  const uint32_t code = CodeAt(text, &length);
  if (code < 0x10000) {
    Unit(code);
  } else {
    Unit(0xD800 + ((code - 0x10000) >> 10 & 0x3FF));
    Unit(0xDC00 + (code & 0x3FF));
  }
  return length;
}

void Writer::Text(absl::string_view text) {
  while (!text.empty()) {
    Reserve();
#if defined(__SSE2__)
    while (text.size() >= 16 && used_ <= kSize - kPiece) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data()));
      // As signed numbers bytes from 0x80 on are below blank, too.
      const __m128i odd = _mm_or_si128(_mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')),
                                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\x7F'))),
                                       _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(buffer_ + used_), bytes);
      const auto mask = static_cast<unsigned>(_mm_movemask_epi8(odd));
      const size_t plain = mask == 0 ? 16 : static_cast<size_t>(__builtin_ctz(mask));
      used_ += plain;
      text.remove_prefix(plain);
      if (mask != 0) break;
    }
#endif
    size_t plain = 0;
    while (plain < text.size() && plain < 16 && IsPlain(text[plain])) ++plain;
    Reserve();
    std::memcpy(buffer_ + used_, text.data(), plain);
    used_ += plain;
    text.remove_prefix(plain);
    if (!text.empty() && !IsPlain(text[0])) text.remove_prefix(Special(text));
  }
}

}  // namespace marcd::json
