// Finds MARC's delimiters in text, sixteen bytes at a time.
#ifndef MARCD_CORE_RECORD_DELIMITERS_H_
#define MARCD_CORE_RECORD_DELIMITERS_H_

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace marcd {

// What sixteen bytes hold; bit i is about byte i.
struct DelimiterMask {
  uint32_t delimiters = 0;  // 0x1D, 0x1E or 0x1F
  uint32_t high = 0;        // 0x80 and above
};

constexpr size_t kDelimiterChunk = 16;

// Looks at the first `n` <= 16 bytes.
inline DelimiterMask FindDelimitersByByte(const char* bytes, size_t n) {
  DelimiterMask mask;
  for (size_t i = 0; i < n; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    mask.delimiters |= static_cast<uint32_t>(byte >= 0x1D && byte <= 0x1F) << i;
    mask.high |= static_cast<uint32_t>(byte >> 7) << i;
  }
  return mask;
}

// Looks at sixteen bytes, all of which must be readable.
inline DelimiterMask FindDelimiters(const char* bytes) {
#if defined(__SSE2__)
  const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  const __m128i above = _mm_sub_epi8(chunk, _mm_set1_epi8(0x1D));
  const __m128i found = _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(2)), above);
  return {static_cast<uint32_t>(_mm_movemask_epi8(found)),
          static_cast<uint32_t>(_mm_movemask_epi8(chunk))};
#else
  return FindDelimitersByByte(bytes, kDelimiterChunk);
#endif
}

}  // namespace marcd

#endif  // MARCD_CORE_RECORD_DELIMITERS_H_
