// However compressed bytes come, and however much is asked for at once, the same is found in them.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "core/compression/decompressor.h"
#include "tests/core/source/decompress.h"
#include "tests/fuzz/input.h"

namespace {

constexpr size_t kMost = 1 << 20;  // a small input may hold very much

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  marcd::FuzzInput input(data, size);
  const size_t step = 1 + input.Choose(256);
  const size_t chunk = 1 + 16 * input.Choose(256);
  const std::string bytes(input.Rest());
  const marcd::Compression* const compression = marcd::FindCompression(bytes);
  if (compression == nullptr) return 0;
  const marcd::Decompressed whole =
      marcd::Decompress(*compression, bytes, bytes.size(), 1 << 16, 0, kMost);
  const marcd::Decompressed pieces = marcd::Decompress(*compression, bytes, step, chunk, 0, kMost);
  const size_t both = std::min({whole.bytes.size(), pieces.bytes.size(), kMost});
  EXPECT_TRUE(whole.bytes.compare(0, both, pieces.bytes, 0, both) == 0);
  if (std::max(whole.bytes.size(), pieces.bytes.size()) < kMost) {
    // Of bytes that are wrong the libraries give more or less before they find out, and in what.
    if (whole.verdict == "OK") {
      EXPECT_EQ(pieces.verdict, "OK");
      EXPECT_EQ(pieces.bytes.size(), whole.bytes.size());
    } else if (compression->name != "zstd") {
      // libzstd 1.5.4 takes an empty last block of any type, unless it has the whole frame.
      EXPECT_NE(pieces.verdict, "OK");
    }
  }
  return 0;
}
