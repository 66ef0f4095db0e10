#include "core/framing/iso2709_framer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What became of `bytes`, checked to be all of them.
Batch Read(const std::string& bytes, const Reading& reading = {}) {
  Batch batch = ReadAll(bytes, reading);
  EXPECT_EQ(AccountedBytes(batch), bytes.size());
  return batch;
}

// Everything that a reader is told, as text.
std::string Told(const Batch& batch) {
  std::string told = absl::StrCat(batch.frames.size(), " ", std::hash<std::string>()(batch.frames));
  for (size_t i = 0; i < batch.ordinals.size(); ++i) {
    absl::StrAppend(&told, "\n", batch.ordinals[i], " ", batch.offsets[i], " ", batch.lengths[i]);
  }
  for (const Diagnostic& each : batch.diagnostics) {
    absl::StrAppend(&told, "\n", each.ordinal, " ", each.offset, " ", each.length, " ",
                    each.message);
  }
  for (const Gap& gap : batch.gaps) {
    absl::StrAppend(&told, "\n", gap.offset, " ", gap.length, " ", RowOf(gap.reason).name);
  }
  return told;
}

std::string WithLength(std::string record, const std::string& digits) {
  return record.replace(0, 5, digits);
}

TEST(Iso2709Framer, NumbersAndPlacesCleanRecords) {
  const std::string one = MakeBook(1), two = MakeBook(22);
  const Batch batch = Read(one + two);
  EXPECT_THAT(batch.ordinals, ElementsAre(0, 1));
  EXPECT_THAT(batch.offsets, ElementsAre(0, one.size()));
  EXPECT_THAT(batch.lengths, ElementsAre(one.size(), two.size()));
  EXPECT_THAT(batch.diagnostics, IsEmpty());
  EXPECT_THAT(batch.gaps, IsEmpty());
}

TEST(Iso2709Framer, EmptySourceIsAnEmptyEnd) {
  const Batch batch = Read("");
  EXPECT_TRUE(batch.end);
  EXPECT_THAT(batch.ordinals, IsEmpty());
}

TEST(Iso2709Framer, FillerIsAGap) {
  const std::string book = MakeBook(1);
  const std::string filler("\r\n \0\x1A", 5);
  const Batch batch = Read(book + filler + book + "\n");
  EXPECT_EQ(batch.ordinals.size(), 2);
  ASSERT_EQ(batch.gaps.size(), 2);
  EXPECT_EQ(batch.gaps[0].offset, book.size());
  EXPECT_EQ(batch.gaps[0].length, 5);
  EXPECT_EQ(batch.gaps[0].reason, Reason::kBytesBetweenRecords);
}

TEST(Iso2709Framer, JunkBeforeARecordCostsNoRecord) {
  const Batch batch = Read("this is not MARC" + MakeBook(1) + MakeBook(2));
  EXPECT_EQ(batch.ordinals.size(), 2);
  ASSERT_EQ(batch.gaps.size(), 1);
  EXPECT_EQ(batch.gaps[0].reason, Reason::kNotARecord);
}

TEST(Iso2709Framer, WrongLengthCostsOnlyItsRecord) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"abcde", "LENGTH_NOT_DIGITS"}, {"00000", "LENGTH_TOO_SMALL"}, {"00023", "LENGTH_TOO_SMALL"},
      {"00100", "LENGTH_MISMATCH"},   {"99999", "LENGTH_MISMATCH"},  {"00180", "LENGTH_MISMATCH"}};
  for (const auto& [digits, reason] : cases) {
    SCOPED_TRACE(digits);
    const Batch batch = Read(MakeBook(1) + WithLength(MakeBook(2), digits) + MakeBook(3));
    EXPECT_THAT(batch.ordinals, ElementsAre(0, 2));
    EXPECT_THAT(ReasonsOf(batch), ElementsAre(reason));
  }
}

TEST(Iso2709Framer, MissingTerminatorCostsOnlyItsRecord) {
  std::string cut = MakeBook(2);
  cut.pop_back();
  const std::string shorter = WithLength(cut, absl::StrCat("00", cut.size()));
  for (const std::string& damaged : {cut, shorter}) {
    const Batch batch = Read(MakeBook(1) + damaged + MakeBook(3));
    EXPECT_THAT(batch.ordinals, ElementsAre(0, 2));
    EXPECT_THAT(ReasonsOf(batch), ElementsAre("MISSING_TERMINATOR"));
  }
}

TEST(Iso2709Framer, TerminatorInsideAFieldDoesNotEndTheRecord) {
  const std::string damaged = MakeRecord({{"245",
                                           "10\x1f"
                                           "aone\x1dtwo"}});
  const Batch batch = Read(MakeBook(1) + damaged + MakeBook(3));
  EXPECT_THAT(batch.ordinals, ElementsAre(0, 2));
  EXPECT_THAT(ReasonsOf(batch), ElementsAre("EMBEDDED_TERMINATOR"));
  EXPECT_EQ(batch.diagnostics[0].length, damaged.size());
}

TEST(Iso2709Framer, LengthThatSpansAGoodRecordDoesNotSwallowIt) {
  const std::string two = MakeBook(2);
  const std::string three = MakeBook(3);
  const std::string lying = WithLength(two, absl::StrCat("00", two.size() + three.size()));
  const Batch batch = Read(MakeBook(1) + lying + three);
  EXPECT_THAT(batch.ordinals, ElementsAre(0, 2));
  EXPECT_THAT(ReasonsOf(batch), ElementsAre("LENGTH_MISMATCH"));
}

TEST(Iso2709Framer, EndInsideALeaderOrARecordIsTold) {
  const std::string book = MakeBook(1);
  EXPECT_THAT(ReasonsOf(Read(book + book.substr(0, 3))), ElementsAre("TRUNCATED_LEADER"));
  EXPECT_THAT(ReasonsOf(Read(book + book.substr(0, 60))), ElementsAre("TRUNCATED_RECORD"));
}

TEST(Iso2709Framer, PositionStaysBeforeARecordThatIsCutShort) {
  const std::string whole = MakeBook(1) + MakeBook(2);
  const Batch cut = Read(whole.substr(0, whole.size() - 10));
  EXPECT_EQ(cut.next_offset, MakeBook(1).size());
  EXPECT_EQ(cut.next_ordinal, 1);
  Reading rest;
  rest.start_offset = cut.next_offset;
  rest.start_ordinal = cut.next_ordinal;
  const Batch resumed = ReadAll(whole, rest);
  EXPECT_THAT(resumed.ordinals, ElementsAre(1));
  EXPECT_THAT(resumed.diagnostics, IsEmpty());
}

TEST(Iso2709Framer, RecordOverTheLimitIsTold) {
  Reading reading;
  reading.max_record_bytes = 200;
  const Batch batch = Read(MakeBook(1) + MakeRecordOfSize(5000) + MakeBook(3), reading);
  EXPECT_THAT(batch.ordinals, ElementsAre(0, 2));
  EXPECT_THAT(ReasonsOf(batch), ElementsAre("RECORD_TOO_LARGE"));
}

TEST(Iso2709Framer, LongestRecordThatALeaderCanSayIsRead) {
  const Batch batch = Read(MakeRecordOfSize(99'999) + MakeBook(1));
  EXPECT_THAT(batch.lengths, ElementsAre(99'999, MakeBook(1).size()));
}

// Each must be found by itself, and none may cost a search of all that follows.
TEST(Iso2709Framer, ManyRecordsWithoutTerminatorsAreEachFound) {
  constexpr int kRecords = 100'000;
  std::string open = MakeRecord({});
  open.back() = ' ';
  std::string file;
  for (int i = 0; i < kRecords; ++i) file += open;
  const Batch batch = Read(file + MakeBook(1));
  EXPECT_EQ(batch.diagnostics.size(), kRecords);
  EXPECT_THAT(batch.ordinals, ElementsAre(kRecords));
}

TEST(Iso2709Framer, TerminatorBehindTheHorizonIsNone) {
  Reading reading;
  reading.max_record_bytes = 100'000;
  const std::string far = std::string(250'000, 'x') + MakeBook(1);
  const std::string whole = Told(Read(far, reading));
  for (const size_t chunk : {1'000, 90'000, 150'000}) {
    reading.chunk = chunk;
    EXPECT_EQ(Told(Read(far, reading)), whole) << "reads of " << chunk << " bytes";
  }
}

TEST(Iso2709Framer, LongFillerIsReportedInPiecesWithoutBeingHeld) {
  const std::string hole(20 << 20, '\0');
  Reading reading;
  reading.chunk = 1 << 20;
  const Batch batch = Read(MakeBook(1) + hole + MakeBook(2), reading);
  EXPECT_THAT(batch.ordinals, ElementsAre(0, 1));
  EXPECT_LE(batch.gaps.size(), 4);
}

TEST(Iso2709Framer, GapLongerThanABlockEndsWithTheSource) {
  Reading reading;
  reading.batch_bytes = 100;
  const Batch batch = Read(std::string(5000, 'x'), reading);
  EXPECT_TRUE(batch.end);
  EXPECT_EQ(batch.gaps.size(), 1);
}

TEST(Iso2709Framer, BatchOfOneByteHoldsOneRecord) {
  Reading reading;
  reading.batch_bytes = 1;
  EXPECT_EQ(Read(MakeBooks(100), reading).ordinals.size(), 100);
}

std::string DamagedFile() {
  std::string cut = MakeBook(4);
  cut.pop_back();
  return "junk" + MakeBook(1) + "\n\n" + WithLength(MakeBook(2), "00100") + MakeBook(3) + cut +
         MakeBook(5) + std::string("\x1d\x1d") + MakeBook(6) + "tail";
}

TEST(Iso2709Framer, EveryCutInTwoGivesTheSameRecords) {
  const std::string file = DamagedFile();
  const std::string whole = Told(Read(file));
  for (size_t cut = 1; cut < file.size(); ++cut) {
    Reading reading;
    reading.chunk = cut;
    ASSERT_EQ(Told(Read(file, reading)), whole) << "reads of " << cut << " bytes";
  }
}

TEST(Iso2709Framer, EveryBatchSizeGivesTheSameRecords) {
  const std::string file = DamagedFile();
  const std::string whole = Told(Read(file));
  for (const size_t batch_bytes : {1, 64, 512, 513}) {
    Reading reading;
    reading.chunk = 64;
    reading.batch_bytes = batch_bytes;
    EXPECT_EQ(Told(Read(file, reading)), whole);
  }
}

TEST(Iso2709Framer, WalkResumedAtAnyRecordGoesOnAsTheFirst) {
  const std::string file = DamagedFile();
  const Batch whole = Read(file);
  for (size_t i = 0; i < whole.ordinals.size(); ++i) {
    Reading rest;
    rest.start_offset = whole.offsets[i] + whole.lengths[i];
    rest.start_ordinal = whole.ordinals[i] + 1;
    const Batch resumed = ReadAll(file, rest);
    EXPECT_EQ(std::vector<uint64_t>(whole.offsets.begin() + i + 1, whole.offsets.end()),
              resumed.offsets);
    EXPECT_EQ(std::vector<uint64_t>(whole.ordinals.begin() + i + 1, whole.ordinals.end()),
              resumed.ordinals);
  }
}

}  // namespace
}  // namespace marcd
