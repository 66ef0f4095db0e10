#include "core/source/memory_source.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/core/source/verdict.h"

namespace marcd {
namespace {

SharedBytes Bytes(const std::string& text) {
  std::shared_ptr<char[]> data(new char[text.size()]);
  text.copy(data.get(), text.size());
  return {std::move(data), text.size()};
}

TEST(MemorySource, ShowsAllBytesFromTheirOffset) {
  MemorySource source(Bytes("hello"), 100, true);
  EXPECT_EQ(source.window(), "hello");
  EXPECT_EQ(source.offset(), 100u);
  EXPECT_TRUE(source.at_end());
}

TEST(MemorySource, ConsumingMovesTheWindow) {
  MemorySource source(Bytes("hello"), 100, true);
  source.Consume(2);
  EXPECT_EQ(source.window(), "llo");
  EXPECT_EQ(source.offset(), 102u);
  EXPECT_EQ(source.buffer_offset(), 2u);
}

TEST(MemorySource, FillingTheLastBytesDoesNothing) {
  MemorySource source(Bytes("x"), 0, true);
  EXPECT_EQ(Verdict(source.Fill()), "OK");
  EXPECT_EQ(source.window(), "x");
}

TEST(MemorySource, FillingBytesThatGoOnAsksForMore) {
  MemorySource source(Bytes("abc"), 7, false);
  source.Consume(1);
  EXPECT_FALSE(source.at_end());
  const absl::Status status = source.Fill();
  EXPECT_EQ(Verdict(status), "OUT_OF_RANGE MORE_BYTES_NEEDED");
  EXPECT_EQ(MetadataOf(status, "offset"), "8");
}

TEST(MemorySource, HoldsNoBytesWithoutTrouble) {
  MemorySource source({}, 5, true);
  EXPECT_TRUE(source.window().empty());
  EXPECT_TRUE(source.at_end());
}

}  // namespace
}  // namespace marcd
