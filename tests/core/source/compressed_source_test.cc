#include "core/source/compressed_source.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/core/source/compress.h"
#include "tests/core/source/decompress.h"
#include "tests/core/source/temp_files.h"
#include "tests/core/source/verdict.h"

namespace marcd {
namespace {

// Text that compresses, of which no stretch is like another.
std::string SomeText(size_t size) {
  std::string text;
  for (size_t n = 0; text.size() < size; ++n) absl::StrAppend(&text, "record ", n * n, "; ");
  text.resize(size);
  return text;
}

// What a source over the bytes gives in the end.
Decompressed Read(const std::string& compressed, uint64_t start = 0, size_t step = 1000) {
  const Compression* const compression = FindCompression(compressed);
  if (compression == nullptr) return {"", "not compressed"};
  return Decompress(*compression, compressed, step, 5000, start);
}

struct Kind {
  const char* name;
  std::string (*compress)(const std::string& bytes);
};

class CompressedSourceTest : public testing::TestWithParam<Kind> {
 protected:
  std::string Compress(const std::string& bytes) const { return GetParam().compress(bytes); }

  const std::string text_ = SomeText(100'000);
};

TEST_P(CompressedSourceTest, GivesWhatWasCompressed) {
  for (const size_t step : {size_t{1}, size_t{7}, size_t{1} << 20}) {
    const Decompressed outcome = Read(Compress(text_), 0, step);
    EXPECT_EQ(outcome.verdict, "OK");
    EXPECT_TRUE(outcome.bytes == text_);
  }
  EXPECT_EQ(FindCompression(Compress(text_))->name, GetParam().name);
}

TEST_P(CompressedSourceTest, AnEmptyMemberIsEmpty) { EXPECT_EQ(Read(Compress("")).verdict, "OK"); }

TEST_P(CompressedSourceTest, MembersFollowEachOther) {
  const std::string zeros(4, '\0');
  for (const std::string& between : {std::string(), zeros}) {
    const Decompressed outcome =
        Read(absl::StrCat(Compress(text_), between, Compress(""), Compress("the end"), zeros));
    EXPECT_EQ(outcome.verdict, "OK");
    EXPECT_TRUE(outcome.bytes == text_ + "the end");
  }
}

TEST_P(CompressedSourceTest, BeginsWhereItIsTold) {
  for (const uint64_t start : {uint64_t{1}, uint64_t{77'777}, uint64_t{100'000}}) {
    const Decompressed outcome = Read(Compress(text_), start);
    EXPECT_EQ(outcome.verdict, "OK");
    EXPECT_TRUE(outcome.bytes == text_.substr(start));
  }
  EXPECT_EQ(Read(Compress(text_), 100'001).verdict, "OUT_OF_RANGE OFFSET_PAST_END");
}

TEST_P(CompressedSourceTest, OfALongRecordMoreAndMoreIsReadAtOnceAndNothingAhead) {
  const std::string compressed = Compress(text_);
  ForwardSourceOptions options;
  options.chunk_bytes = 1000;
  const auto source =
      *CompressedSource::Create(std::make_unique<DripSource>(compressed, 1 << 20),
                                *FindCompression(compressed), "f", /*start_offset=*/0, options);
  ASSERT_TRUE(source->Fill().ok());
  EXPECT_TRUE(source->CanReadAhead());
  size_t fills = 1;
  for (; !source->at_end(); ++fills) {
    ASSERT_TRUE(FillFromAhead(source.get()).ok());
    EXPECT_FALSE(source->CanReadAhead());
  }
  EXPECT_LT(fills, 10) << "100,000 bytes in pieces of 1000 and more";
  EXPECT_TRUE(source->window() == text_);
}

TEST_P(CompressedSourceTest, OfACutFileGivesWhatIsThereAndSaysSo) {
  const std::string whole = Compress(text_);
  for (size_t size = kMemberHeadBytes; size < whole.size(); size += whole.size() / 40) {
    const Decompressed outcome = Read(whole.substr(0, size));
    EXPECT_EQ(outcome.verdict, "DATA_LOSS COMPRESSION_CUT") << size;
    EXPECT_TRUE(absl::StartsWith(text_, outcome.bytes)) << size;
  }
}

TEST_P(CompressedSourceTest, OfADamagedFileSaysSo) {
  const std::string whole = Compress(text_);
  for (size_t place = whole.size() / 4; place < whole.size() - 16; place += whole.size() / 40) {
    std::string damaged = whole;
    damaged[place] = static_cast<char>(damaged[place] ^ 0x55);
    EXPECT_TRUE(absl::StartsWith(Read(damaged).verdict, "DATA_LOSS COMPRESSION_")) << place;
  }
}

TEST_P(CompressedSourceTest, OfWhatFollowsTheLastMemberSaysSo) {
  const Decompressed outcome = Read(Compress(text_) + "no member");
  EXPECT_EQ(outcome.verdict, "DATA_LOSS COMPRESSION_TRAILING");
  EXPECT_TRUE(outcome.bytes == text_);
}

TEST_P(CompressedSourceTest, ALongRecordMakesTheWindowGrowToItsLimit) {
  const std::string much(3'000'000, 'x');  // a bomb, of its kind
  ForwardSourceOptions options;
  options.max_window_bytes = 1'000'000;
  const std::string compressed = Compress(much);
  const auto source =
      *CompressedSource::Create(std::make_unique<DripSource>(compressed, compressed.size()),
                                *FindCompression(compressed), "f", 0, options);
  absl::Status status;
  while (status.ok()) status = source->Fill();
  EXPECT_EQ(Verdict(status), "RESOURCE_EXHAUSTED WINDOW_FULL");
  EXPECT_EQ(source->window().size(), options.max_window_bytes);
}

INSTANTIATE_TEST_SUITE_P(Kinds, CompressedSourceTest,
                         testing::Values(Kind{"gzip", Gzip}, Kind{"zstd", Zstd}, Kind{"xz", Xz},
                                         Kind{"bzip2", Bzip2}),
                         [](const auto& info) { return info.param.name; });

TEST(ZstdTest, FramesToBeSkippedAreSkipped) {
  const std::string table("\x5e\x2a\x4d\x18\x05\0\0\0table", 13);
  EXPECT_EQ(Read(table + Zstd("text") + table).bytes, "text");
}

// RFC 8878, 3.1.1.1.4. The library does not look at it where an empty block ends the frame and
// the bytes come in pieces.
TEST(ZstdTest, AFrameOfLessThanItSaysIsDamagedHoweverItComes) {
  const std::string says_five("\x28\xb5\x2f\xfd\x20\x05\x18\0\0abc\x01\0\0", 15);
  for (size_t step = 1; step <= says_five.size(); ++step) {
    EXPECT_EQ(Read(says_five, 0, step).verdict, "DATA_LOSS COMPRESSION_DAMAGED") << step;
    EXPECT_EQ(Read(Zstd("text") + says_five, 0, step).verdict, "DATA_LOSS COMPRESSION_DAMAGED");
  }
}

TEST(CompressionTest, WhatIsNotCompressedIsNotTakenForIt) {
  for (const char* const head : {"", "00714cam a2200205 a 4500", "BZhang", "\x1f\x8b"}) {
    EXPECT_EQ(FindCompression(head), nullptr) << head;
  }
}

}  // namespace
}  // namespace marcd
