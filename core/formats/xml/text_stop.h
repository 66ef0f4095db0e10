// Finds what ends a run of plain text in XML, 16 bytes at a time.
#ifndef MARCD_CORE_FORMATS_XML_TEXT_STOP_H_
#define MARCD_CORE_FORMATS_XML_TEXT_STOP_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace marcd::xml {

// What may have a meaning of its own or be forbidden: `<`, `&`, `>`, `]`, controls, and 0xEF,
// with which U+FFFE and U+FFFF begin in UTF-8.
inline bool IsTextStop(char c) {
  const auto byte = static_cast<uint8_t>(c);
  return byte < 0x20 || c == '<' || c == '&' || c == '>' || c == ']' || byte == 0xEF;
}

// Where the first such byte stands in `text` from `at` on; text.size() if none does.
inline size_t FindTextStop(absl::string_view text, size_t at) {
#if defined(__SSE2__)
  for (; text.size() - at >= 16; at += 16) {
    const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const auto is = [&](char c) { return _mm_cmpeq_epi8(chunk, _mm_set1_epi8(c)); };
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(chunk, _mm_set1_epi8(0x1F)), chunk);
    // `<` and `>` differ in one bit.
    const __m128i angle = _mm_cmpeq_epi8(_mm_or_si128(chunk, _mm_set1_epi8(2)), _mm_set1_epi8('>'));
    const __m128i found = _mm_or_si128(_mm_or_si128(_mm_or_si128(control, angle), is('&')),
                                       _mm_or_si128(is(']'), is(static_cast<char>(0xEF))));
    const int mask = _mm_movemask_epi8(found);
    if (mask != 0) return at + static_cast<size_t>(__builtin_ctz(static_cast<unsigned>(mask)));
  }
#endif
  while (at < text.size() && !IsTextStop(text[at])) ++at;
  return at;
}

}  // namespace marcd::xml

#endif  // MARCD_CORE_FORMATS_XML_TEXT_STOP_H_
