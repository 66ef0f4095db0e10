#include "core/record/delimiters.h"

#include <gtest/gtest.h>

#include <cstring>

namespace marcd {
namespace {

TEST(Delimiters, EveryByteAtEveryPlaceIsSeenAsByTheNaiveTwin) {
  for (int byte = 0; byte < 256; ++byte) {
    for (size_t at = 0; at < kDelimiterChunk; ++at) {
      char chunk[kDelimiterChunk];
      std::memset(chunk, 'x', sizeof chunk);
      chunk[at] = static_cast<char>(byte);
      const DelimiterMask fast = FindDelimiters(chunk);
      const DelimiterMask naive = FindDelimitersByByte(chunk, kDelimiterChunk);
      ASSERT_EQ(fast.delimiters, naive.delimiters) << byte << " at " << at;
      ASSERT_EQ(fast.high, naive.high) << byte << " at " << at;
      ASSERT_EQ(FindDelimiters<0x1B>(chunk).delimiters,
                FindDelimitersByByte<0x1B>(chunk, kDelimiterChunk).delimiters);
      ASSERT_EQ(FindDelimiters<0x1B>(chunk).delimiters != 0, byte >= 0x1B && byte <= 0x1F);
    }
  }
}

}  // namespace
}  // namespace marcd
