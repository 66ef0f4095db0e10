// What a compressor gives is read back as what it was given, and is the same every time.
#include "core/compression/compressor.h"

#include <gtest/gtest.h>

#include <string>

#include "core/compression/decompressor.h"
#include "tests/core/source/decompress.h"
#include "tests/core/source/temp_files.h"

namespace marcd {
namespace {

constexpr const char* kNames[] = {"gzip", "zstd", "xz", "bzip2"};

std::string Compress(const Compression& compression, const std::string& bytes, size_t step) {
  const auto compressor = compression.make_compressor();
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += step) {
    EXPECT_TRUE(compressor->Add(bytes.substr(at, step), &out).ok());
    EXPECT_TRUE(compressor->Add("", &out).ok());
  }
  EXPECT_TRUE(compressor->End(&out).ok());
  return out;
}

// Half of it can be compressed.
std::string SomeBytes(size_t size) {
  return RandomBytes(size / 2) + std::string(size - size / 2, 'x');
}

TEST(CompressorTest, WhatItGivesHoldsWhatItWasGiven) {
  for (const char* const name : kNames) {
    SCOPED_TRACE(name);
    const Compression& compression = *FindCompressionByName(name);
    for (const size_t size : {0, 1, 70'000, 1'500'000}) {
      const std::string bytes = SomeBytes(size);
      const std::string compressed = Compress(compression, bytes, 300'000);
      EXPECT_EQ(FindCompression(compressed), &compression);
      EXPECT_EQ(Decompress(compression, compressed, 1 << 20, 1 << 20).bytes, bytes);
    }
  }
}

TEST(CompressorTest, ItGivesTheSameHoweverItIsGivenTheBytes) {
  for (const char* const name : kNames) {
    SCOPED_TRACE(name);
    const Compression& compression = *FindCompressionByName(name);
    const std::string bytes = SomeBytes(200'000);
    const std::string whole = Compress(compression, bytes, bytes.size());
    for (const size_t step : {999, 65'536}) EXPECT_EQ(Compress(compression, bytes, step), whole);
  }
}

TEST(CompressorTest, GzipHasNoTimeAndNoNameInIt) {
  const std::string compressed = Compress(*FindCompressionByName("gzip"), "text", 1);
  EXPECT_EQ(compressed.substr(3, 5), std::string(5, '\0'));  // RFC 1952, 2.3: FLG, MTIME
}

TEST(CompressorTest, ASuffixNamesItInLettersOfEitherSize) {
  EXPECT_EQ(FindCompressionBySuffix("a.mrc.gz")->name, "gzip");
  EXPECT_EQ(FindCompressionBySuffix("A.MRC.ZST")->name, "zstd");
  EXPECT_EQ(FindCompressionBySuffix("a.xz")->name, "xz");
  EXPECT_EQ(FindCompressionBySuffix("a.bz2")->name, "bzip2");
  EXPECT_EQ(FindCompressionBySuffix("a.gz.mrc"), nullptr);
  EXPECT_EQ(FindCompressionByName("lzip"), nullptr);
}

}  // namespace
}  // namespace marcd
