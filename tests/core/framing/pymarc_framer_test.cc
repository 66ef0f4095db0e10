#include "core/framing/pymarc_framer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/core/framing/walk.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using ::testing::ElementsAre;

constexpr char kStop[] = "gap PYMARC_STOP";

Walking Pymarcs() {
  Walking walking;
  walking.pymarc = true;
  return walking;
}

Walk AsPymarc(const std::string& bytes) { return WalkOver(bytes, Pymarcs()); }

// The lengths of the records.
std::vector<uint64_t> Lengths(const Walk& walk) {
  std::vector<uint64_t> lengths;
  for (const Stretch& each : walk.stretches) {
    if (each.is_record) lengths.push_back(each.length);
  }
  return lengths;
}

TEST(PymarcFramer, CleanRecords) {
  EXPECT_THAT(Told(AsPymarc(MakeBooks(3))), ElementsAre("record", "record", "record"));
  EXPECT_THAT(Told(AsPymarc("")), ElementsAre());
}

TEST(PymarcFramer, LengthDecidesAndNotTheTerminator) {
  const std::string one = With(MakeBook(1), 90, "\x1d"), two = MakeBook(2);
  EXPECT_THAT(Lengths(AsPymarc(one + two)), ElementsAre(one.size(), two.size()));
}

TEST(PymarcFramer, StopsAtALengthThatIsNoNumber) {
  const std::string book = MakeBook(1);
  for (const std::string length : {"abcde", "     ", "00 12", "1__00", "_1000", "1000_", "+-123",
                                   "0x123", "\0341234", "1234\x1f", "--123", "+    "}) {
    SCOPED_TRACE(length);
    const Walk walk = AsPymarc(absl::StrCat(book, With(book, 0, length), book));
    EXPECT_THAT(Told(walk), ElementsAre("record", "record", kStop));
    EXPECT_THAT(Lengths(walk), ElementsAre(book.size(), 5));
    EXPECT_EQ(walk.next_offset, 3 * book.size());
  }
}

TEST(PymarcFramer, LengthIsANumberWherePythonSaysSo) {
  const std::string book = MakeBook(1);  // of 102 bytes
  for (const std::string length :
       {"  102", "102  ", "\t102\n", "\v102\f", "\r\r102", "+0102", "1_02 ", "0_102", "+102\n"}) {
    SCOPED_TRACE(length);
    EXPECT_THAT(Told(AsPymarc(With(book, 0, length) + book)), ElementsAre("record", "record"));
  }
}

TEST(PymarcFramer, StopsAtARecordThatDoesNotEndInATerminator) {
  const std::string book = MakeBook(1);
  for (const int length : {5, 6, 25, 50, 101, 103}) {
    const std::string wrong = With(book, 0,
                                   length < 100 ? absl::StrCat(length < 10 ? "0000" : "000", length)
                                                : absl::StrCat("00", length));
    const Walk walk = AsPymarc(absl::StrCat(book, wrong, book));
    EXPECT_THAT(Told(walk), ElementsAre("record", "record", kStop));
    EXPECT_THAT(Lengths(walk), ElementsAre(book.size(), length));
  }
}

TEST(PymarcFramer, ShortRecordThatEndsInATerminatorIsOne) {
  EXPECT_THAT(Lengths(AsPymarc("00006\x1d" + MakeBook(1))), ElementsAre(6, MakeBook(1).size()));
}

TEST(PymarcFramer, LengthBelowFiveCostsItsRecordOnly) {
  const std::string book = MakeBook(1);
  for (const std::string length : {"00000", "00004", "-0001", "-9999", "   -1"}) {
    SCOPED_TRACE(length);
    const Walk walk = AsPymarc(absl::StrCat(book, With(book, 0, length), book));
    EXPECT_THAT(Lengths(walk), ElementsAre(book.size(), book.size(), book.size()));
  }
}

TEST(PymarcFramer, StopsAtALengthBelowFiveWithNoRecordBehindIt) {
  const std::string book = MakeBook(1);
  for (const std::string other :
       {"00000", "000000794 LDR   L ^^^^^nam^a2200000^i^4500\n", "0000\n"}) {
    for (const std::string& next : {std::string(), book}) {
      SCOPED_TRACE(other);
      const std::string file = absl::StrCat(book, other, next);
      EXPECT_THAT(Lengths(AsPymarc(file)), ElementsAre(book.size(), 5));
      ExpectSameForEveryChunk(file, Pymarcs());
    }
  }
}

TEST(PymarcFramer, PositionStaysBeforeARecordThatTheSourceEndsIn) {
  const std::string book = MakeBook(1);
  for (size_t size = 1; size < book.size(); ++size) {
    const Walk walk = AsPymarc(book + book.substr(0, size));
    EXPECT_THAT(Lengths(walk), ElementsAre(book.size(), size));
    EXPECT_EQ(walk.next_offset, book.size());
    EXPECT_EQ(walk.next_ordinal, 1);
  }
}

TEST(PymarcFramer, WhatFollowsAStopIsNotHeld) {
  Walking walking = Pymarcs();
  walking.chunk = 1 << 20;
  const Walk walk = WalkOver("abcde" + std::string(20 << 20, 'x'), walking);
  EXPECT_THAT(Told(walk), ElementsAre("record", kStop));
  EXPECT_LE(walk.most_in_view, 1 << 20);
}

TEST(PymarcFramer, StopReachesToTheEndOfTheWalk) {
  Walking walking = Pymarcs();
  walking.options.end_offset = 100;
  EXPECT_EQ(WalkOver(std::string(1000, 'x'), walking).next_offset, 100);
}

TEST(PymarcFramer, RecordOverTheLimitIsTold) {
  Walking walking = Pymarcs();
  walking.options.max_record_bytes = 200;
  EXPECT_THAT(Told(MakeBook(1) + MakeRecordOfSize(5000) + MakeBook(3), walking),
              ElementsAre("record", "record RECORD_TOO_LARGE", "record"));
}

}  // namespace
}  // namespace marcd
