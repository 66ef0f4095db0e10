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

// What 64 bytes hold; bit i is about byte i.
struct DelimiterMask {
  uint64_t delimiters = 0;  // kFirst to 0x1F; that is 0x1D, 0x1E or 0x1F, if not said otherwise
  uint64_t high = 0;        // 0x80 and above
};

constexpr size_t kDelimiterChunk = 64;

// Looks at the first `n` <= 64 bytes.
template <uint8_t kFirst = 0x1D>
inline DelimiterMask FindDelimitersByByte(const char* bytes, size_t n) {
  DelimiterMask mask;
  for (size_t i = 0; i < n; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    mask.delimiters |= uint64_t{byte >= kFirst && byte <= 0x1F} << i;
    mask.high |= uint64_t{byte >= 0x80} << i;
  }
  return mask;
}

// Looks at 64 bytes, all of which must be readable.
template <uint8_t kFirst = 0x1D>
inline DelimiterMask FindDelimiters(const char* bytes) {
#if defined(__SSE2__)
  DelimiterMask mask;
  for (int i = 0; i < 64; i += 16) {
    const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + i));
    const __m128i above = _mm_sub_epi8(chunk, _mm_set1_epi8(kFirst));
    const __m128i found = _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(0x1F - kFirst)), above);
    mask.delimiters |= uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(found))} << i;
    mask.high |= uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(chunk))} << i;
  }
  return mask;
#else
  return FindDelimitersByByte<kFirst>(bytes, kDelimiterChunk);
#endif
}

}  // namespace marcd

#endif  // MARCD_CORE_RECORD_DELIMITERS_H_
