#include "core/framing/iso2709_framer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/core/framing/walk.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

TEST(Iso2709Framer, NumbersAndPlacesCleanRecords) {
  const std::string one = MakeBook(1), two = MakeBook(22);
  const Walk walk = WalkOver(one + two);
  EXPECT_THAT(Told(walk), ElementsAre("record", "record"));
  EXPECT_EQ(walk.stretches[1].ordinal, 1);
  EXPECT_EQ(walk.stretches[1].offset, one.size());
  EXPECT_EQ(walk.stretches[1].length, two.size());
}

TEST(Iso2709Framer, EmptySourceIsAnEmptyEnd) { EXPECT_THAT(Told(""), IsEmpty()); }

TEST(Iso2709Framer, FillerIsAGap) {
  const std::string book = MakeBook(1);
  const std::string filler("\r\n \0\x1A", 5);
  EXPECT_THAT(
      Told(book + filler + book + "\n"),
      ElementsAre("record", "gap BYTES_BETWEEN_RECORDS", "record", "gap BYTES_BETWEEN_RECORDS"));
}

TEST(Iso2709Framer, ByteOrderMarkIsFiller) {
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_THAT(
      Told(mark + MakeBook(1) + "\n" + mark + MakeBook(2)),
      ElementsAre("gap BYTES_BETWEEN_RECORDS", "record", "gap BYTES_BETWEEN_RECORDS", "record"));
}

TEST(Iso2709Framer, JunkBeforeARecordCostsNoRecord) {
  const std::string book = MakeBook(2);
  for (const std::string& junk :
       {std::string("this is not MARC"), std::string("9"), std::string("\x1d"), "x" + Open(book)}) {
    SCOPED_TRACE(junk);
    const Walk walk = WalkOver(absl::StrCat(junk, book, book));
    EXPECT_TRUE(Delivers(walk, junk.size(), book.size()));
    EXPECT_TRUE(Delivers(walk, junk.size() + book.size(), book.size()));
  }
}

TEST(Iso2709Framer, JunkBeforeARecordWithAWrongLengthIsNotPartOfIt) {
  const std::string wrong = With(MakeBook(2), 0, "00100");
  EXPECT_THAT(Told(MakeBook(1) + "junk" + wrong + MakeBook(3)),
              ElementsAre("record", "gap NOT_A_RECORD", "record LENGTH_SHORT", "record"));
}

TEST(Iso2709Framer, WrongLengthIsToldAndCostsNoNeighbour) {
  const std::pair<std::string, std::string> cases[] = {
      {"abcde", "LENGTH_NOT_DIGITS"},  {"  162", "LENGTH_NOT_DIGITS"},
      {"\n0162", "LENGTH_NOT_DIGITS"}, {"00000", "LENGTH_TOO_SMALL"},
      {"00025", "LENGTH_TOO_SMALL"},   {"00026", "LENGTH_SHORT"},
      {"00100", "LENGTH_SHORT"},       {"00180", "LENGTH_LONG"},
      {"99999", "LENGTH_TOO_LARGE"}};
  for (const auto& [digits, reason] : cases) {
    SCOPED_TRACE(digits);
    EXPECT_THAT(Told(MakeBook(1) + With(MakeBook(2), 0, digits) + MakeBook(3)),
                ElementsAre("record", "record " + reason, "record"));
  }
}

TEST(Iso2709Framer, LengthIsTooLargeOnlyPastTheEndOfTheSource) {
  const std::string before = MakeBook(1), wrong = With(MakeBook(2), 0, "09999");
  const size_t rest = 9'999 - wrong.size();
  for (const size_t after : {rest - 1, rest}) {
    const std::string file = before + wrong + MakeRecordOfSize(after);
    const std::string reason = after < rest ? "record LENGTH_TOO_LARGE" : "record LENGTH_LONG";
    for (const size_t chunk : {0, 1, 100}) {
      Walking walking;
      walking.chunk = chunk;
      EXPECT_THAT(Told(file, walking), ElementsAre("record", reason, "record"));
    }
  }
}

TEST(Iso2709Framer, LeaderWithLostBytesIsARecord) {
  for (size_t lost = 1; lost <= 5; ++lost) {
    EXPECT_THAT(Told(MakeBook(1) + MakeBook(2).substr(lost) + MakeBook(3)),
                ElementsAre("record", "record LENGTH_NOT_DIGITS", "record"));
  }
}

TEST(Iso2709Framer, PieceOfALeaderIsARecordIfItBeginsWithDigits) {
  EXPECT_THAT(Told(MakeBook(1) + "00162nam\x1d" + MakeBook(3)),
              ElementsAre("record", "record LEADER_TOO_SHORT", "record"));
  EXPECT_THAT(Told(MakeBook(1) + "nam a22\x1d" + MakeBook(3)),
              ElementsAre("record", "gap NOT_A_RECORD", "record"));
}

TEST(Iso2709Framer, MissingTerminatorCostsOnlyItsRecord) {
  const std::string cut = Open(MakeBook(2));
  const std::string shorter = With(cut, 0, absl::StrCat("00", cut.size()));
  for (const std::string& damaged : {cut, shorter, shorter + "\r\n"}) {
    const Walk walk = WalkOver(MakeBook(1) + damaged + MakeBook(3));
    EXPECT_EQ(Told(walk)[1], "record MISSING_TERMINATOR");
    EXPECT_TRUE(Delivers(walk, MakeBook(1).size() + damaged.size(), MakeBook(3).size()));
  }
}

TEST(Iso2709Framer, RecordsWithoutTerminatorsAndWithWrongLengthsAreEachFound) {
  const std::string open = With(Open(MakeBook(2)), 0, "00100");
  EXPECT_THAT(Told(open + open + With(MakeBook(3), 0, "00200") + MakeBook(4)),
              ElementsAre("record MISSING_TERMINATOR", "record MISSING_TERMINATOR",
                          "record LENGTH_LONG", "record"));
}

TEST(Iso2709Framer, TerminatorInsideDoesNotEndTheRecord) {
  const std::string book = MakeBook(2);
  for (const size_t at : {0, 3, 7, 14, 23, 30, 95}) {
    SCOPED_TRACE(at);
    const std::string damaged = With(book, at, "\x1d");
    const Walk walk = WalkOver(MakeBook(1) + damaged + MakeBook(3));
    ASSERT_EQ(walk.stretches.size(), 3);
    EXPECT_EQ(walk.stretches[1].length, damaged.size());
    EXPECT_EQ(walk.stretches[1].reason, at < 5 ? "LENGTH_NOT_DIGITS" : "");
  }
}

TEST(Iso2709Framer, LengthThatSpansAGoodRecordDoesNotSwallowIt) {
  const std::string two = MakeBook(2), three = MakeBook(3);
  const std::string lying = With(two, 0, absl::StrCat("00", two.size() + three.size()));
  EXPECT_THAT(Told(MakeBook(1) + lying + three),
              ElementsAre("record", "record LENGTH_LONG", "record"));
}

TEST(Iso2709Framer, EndInsideALeaderOrARecordIsTold) {
  const std::string book = MakeBook(1);
  EXPECT_THAT(Told(book + book.substr(0, 3)), ElementsAre("record", "record TRUNCATED_LEADER"));
  EXPECT_THAT(Told(book + book.substr(0, 24)), ElementsAre("record", "record TRUNCATED_RECORD"));
  EXPECT_THAT(Told(book + book.substr(0, 60)), ElementsAre("record", "record TRUNCATED_RECORD"));
  const std::string cut = book.substr(0, 90);
  EXPECT_THAT(Told(With(cut, 0, "00050")), ElementsAre("record MISSING_TERMINATOR"));
  EXPECT_THAT(Told(With(cut, 0, "00090") + "\r\n"),
              ElementsAre("record MISSING_TERMINATOR", "gap BYTES_BETWEEN_RECORDS"));
}

TEST(Iso2709Framer, PositionStaysBeforeARecordThatIsCutShort) {
  const std::string first = MakeBook(1), whole = first + MakeBook(2);
  for (const size_t block_bytes : {size_t{1}, first.size(), whole.size() - 10, size_t{99'999}}) {
    Walking walking;
    walking.block_bytes = block_bytes;
    const Walk cut = WalkOver(whole.substr(0, whole.size() - 10), walking);
    EXPECT_EQ(cut.next_offset, first.size());
    EXPECT_EQ(cut.next_ordinal, 1);
  }
  Walking rest;
  rest.start_offset = first.size();
  rest.options.first_ordinal = 1;
  EXPECT_THAT(Told(whole, rest), ElementsAre("record"));
}

TEST(Iso2709Framer, WalkEndsBehindTheRecordThatBeginsBeforeItsEnd) {
  const std::string book = MakeBook(1);
  Walking walking;
  walking.options.end_offset = book.size() + 1;
  const Walk walk = WalkOver(book + book + book, walking);
  EXPECT_THAT(Told(walk), ElementsAre("record", "record"));
  EXPECT_EQ(walk.next_offset, 2 * book.size());
}

TEST(Iso2709Framer, RecordOverTheLimitIsTold) {
  Walking walking;
  walking.options.max_record_bytes = 200;
  EXPECT_THAT(Told(MakeBook(1) + MakeRecordOfSize(5000) + MakeBook(3), walking),
              ElementsAre("record", "record RECORD_TOO_LARGE", "record"));
}

TEST(Iso2709Framer, LongestRecordThatALeaderCanSayIsRead) {
  EXPECT_THAT(Told(MakeRecordOfSize(99'999) + MakeBook(1)), ElementsAre("record", "record"));
}

// Some write 99999, some 00000, some the last five digits, some six digits.
TEST(Iso2709Framer, RecordsLongerThanALeaderCanSayAreFoundByTheirTerminators) {
  std::string large = MakeRecordOfSize(99'999);
  large.insert(large.size() - 2, std::string(500'000, 'x'));
  const std::pair<std::string, std::string> cases[] = {
      {"99999", "LENGTH_SHORT"}, {"00000", "LENGTH_TOO_SMALL"}, {"12345", "LENGTH_SHORT"}};
  for (const auto& [digits, reason] : cases) {
    for (const size_t chunk : {0, 70'000}) {
      Walking walking;
      walking.chunk = chunk;
      EXPECT_THAT(Told(MakeBook(1) + With(large, 0, digits) + MakeBook(2), walking),
                  ElementsAre("record", "record " + reason, "record"));
    }
  }
  const Walk six = WalkOver(MakeBook(1) + "6" + large + MakeBook(2));
  EXPECT_TRUE(Delivers(six, MakeBook(1).size() + 1 + large.size(), MakeBook(2).size()));
}

TEST(Iso2709Framer, OversizedRecordStopsAtTheNextLeader) {
  const std::string large =
      With(MakeBook(1), 0, "99999").substr(0, 100) + std::string(700'000, 'x');
  Walking walking;
  walking.chunk = 100'000;
  EXPECT_THAT(Told(large + With(MakeBook(2), 0, "00100") + MakeBook(3), walking),
              ElementsAre("record MISSING_TERMINATOR", "record LENGTH_SHORT", "record"));
}

// Each must be found by itself, and none may cost a search of all that follows.
TEST(Iso2709Framer, ManyRecordsWithoutTerminatorsAreEachFoundWithLittleInView) {
  constexpr int kRecords = 100'000;
  std::string file;
  for (int i = 0; i < kRecords; ++i) file += With(MakeRecord({}), 25, " ");
  Walking walking;
  walking.chunk = 10'000;
  const Walk walk = WalkOver(file + MakeBook(1), walking);
  EXPECT_EQ(walk.stretches.size(), kRecords + 1);
  EXPECT_EQ(walk.stretches.back().reason, "");
  EXPECT_LT(walk.most_in_view, 20'100);
}

TEST(Iso2709Framer, LongFillerIsReportedInPiecesWithoutBeingHeld) {
  Walking walking;
  walking.chunk = 1 << 20;
  const Walk walk = WalkOver(MakeBook(1) + std::string(20 << 20, '\0') + MakeBook(2), walking);
  EXPECT_THAT(Told(walk), ElementsAre("record", "gap BYTES_BETWEEN_RECORDS", "record"));
  EXPECT_LT(walk.most_in_view, (1 << 20) + 1000);
}

TEST(Iso2709Framer, BlockOfOneByteHoldsOneRecord) {
  Walking walking;
  walking.block_bytes = 1;
  EXPECT_THAT(Told(MakeBooks(100), walking),
              ElementsAreArray(std::vector<std::string>(100, "record")));
}

}  // namespace
}  // namespace marcd
