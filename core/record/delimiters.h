// Finds MARC's delimiters in text, 64 bytes at a time: most fields are shorter, so
// one look is enough for them, and the processor guesses that right.
#ifndef MARCD_CORE_RECORD_DELIMITERS_H_
#define MARCD_CORE_RECORD_DELIMITERS_H_

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace marcd {

constexpr size_t kDelimiterChunk = 64;

// Bit i says whether byte i of the first `n` <= 64 is 0x1D, 0x1E or 0x1F.
inline uint64_t FindDelimitersByByte(const char* bytes, size_t n) {
  uint64_t found = 0;
  for (size_t i = 0; i < n; ++i) found |= uint64_t{bytes[i] >= 0x1D && bytes[i] <= 0x1F} << i;
  return found;
}

// The same for 64 bytes, all of which must be readable.
inline uint64_t FindDelimiters(const char* bytes) {
#if defined(__SSE2__)
  uint64_t found = 0;
  for (int i = 0; i < 64; i += 16) {
    const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + i));
    const __m128i above = _mm_sub_epi8(chunk, _mm_set1_epi8(0x1D));
    const __m128i is = _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(0x1F - 0x1D)), above);
    found |= uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(is))} << i;
  }
  return found;
#else
  return FindDelimitersByByte(bytes, kDelimiterChunk);
#endif
}

}  // namespace marcd

#endif  // MARCD_CORE_RECORD_DELIMITERS_H_
