#include "core/record/delimiters.h"

#include <gtest/gtest.h>

#include <cstring>

namespace marcd {
namespace {

TEST(Delimiters, EveryByteIsSeenForWhatItIsAtEveryPlace) {
  for (int byte = 0; byte < 256; ++byte) {
    for (size_t at = 0; at < kDelimiterChunk; ++at) {
      char chunk[kDelimiterChunk];
      std::memset(chunk, 'x', sizeof chunk);
      chunk[at] = static_cast<char>(byte);
      const uint64_t expected = uint64_t{byte >= 0x1D && byte <= 0x1F} << at;
      ASSERT_EQ(FindDelimiters(chunk), expected) << byte << " at " << at;
      ASSERT_EQ(FindDelimitersByByte(chunk, kDelimiterChunk), expected) << byte << " at " << at;
    }
  }
}

}  // namespace
}  // namespace marcd
