#include "split.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { kWords = kMostSplitBytes / 64 };

#if defined(__SSE2__)
enum { kStep = 16 };

// Sets the bit of each delimiter; whether all bytes are ASCII. There are at least kStep: the last
// look is at the last of them, whatever has been seen already.
static int MarkDelimiters(const uint8_t* bytes, size_t size, uint64_t* marks) {
  const __m128i delimiter = _mm_set1_epi8(kSubfieldDelimiter);
  __m128i all = _mm_setzero_si128();
  for (size_t at = 0; at < size; at += kStep) {
    const size_t from = at + kStep <= size ? at : size - kStep;
    const __m128i some = _mm_loadu_si128((const __m128i*)(bytes + from));
    const uint32_t found = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(some, delimiter));
    all = _mm_or_si128(all, some);
    marks[at / 64] |= (uint64_t)(found >> (at - from)) << (at % 64);
  }
  return _mm_movemask_epi8(all) == 0;
}
#else
enum { kStep = 1 };

static int MarkDelimiters(const uint8_t* bytes, size_t size, uint64_t* marks) {
  uint8_t all = 0;
  for (size_t at = 0; at < size; ++at) {
    marks[at / 64] |= (uint64_t)(bytes[at] == kSubfieldDelimiter) << (at % 64);
    all |= bytes[at];
  }
  return all < 0x80;
}
#endif

int SplitPayload(const uint8_t* payload, size_t size, Split* split) {
  if (size < kStep || size > kMostSplitBytes) return 0;
  uint64_t marks[kWords];
  const size_t words = (size + 63) / 64;
  for (size_t i = 0; i < words; ++i) marks[i] = 0;
  split->ascii = MarkDelimiters(payload, size, marks);
  marks[0] &= ~(uint64_t)3;  // the indicators
  SubfieldView* next = split->subfields;
  for (size_t i = 0; i < words; ++i) {
    for (uint64_t left = marks[i]; left != 0; left &= left - 1) {
      const size_t at = 64 * i + (size_t)__builtin_ctzll(left);
      if (next == split->subfields + kMostSubfields || at + 1 >= size || !IsCode(payload[at + 1])) {
        return 0;
      }
      if (next > split->subfields) next[-1].size = (size_t)(payload + at - next[-1].value);
      next->code = payload[at + 1];
      next->value = payload + at + 2;
      ++next;
    }
  }
  if (next > split->subfields) next[-1].size = (size_t)(payload + size - next[-1].value);
  split->count = (int)(next - split->subfields);
  return 1;
}
