#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/record/record_builder.h"
#include "core/record/record_view.h"
#include "tests/core/formats/lines_testing.h"

namespace marcd {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Batch Repair(const std::string& text) {
  Reading reading;
  reading.mode = RecoveryMode::kRepair;
  return ReadFormat(kAlephseq, text, reading);
}

// `lines`, each behind the system number.
std::string Numbered(int number, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    absl::StrAppend(&text, absl::Dec(number, absl::kZeroPad9), " ", line, "\n");
  }
  return text;
}

std::string Book(int number) {
  return Numbered(number, {"LDR   L ^^^^^nam^a22000001i^4500",
                           absl::StrCat("001   L ", absl::Dec(number, absl::kZeroPad9)),
                           "008   L 880715^^^^", "24514 L $$aTitle$$cGr\u00E9goire."});
}

TEST(AlephSequential, ReadsRecordsByTheirNumbers) {
  const Batch batch = ReadFormat(kAlephseq, Book(1) + Book(2));
  EXPECT_THAT(batch.diagnostics, IsEmpty());
  ASSERT_EQ(batch.ordinals.size(), 2);
  EXPECT_THAT(FieldsOf(FramesOf(batch)[1]),
              ElementsAre("001 000000002", "008 880715    ", "245 14$aTitle$cGr\u00E9goire."));
  EXPECT_EQ(RecordView::Parse(FramesOf(batch)[0])->leader(), "     nam a22000001i 4500");
}

TEST(AlephSequential, ControlNumberIsMadeFromTheSystemNumber) {
  const Batch batch =
      ReadFormat(kAlephseq, Numbered(7, {"LDR   L ^^^^^nam^a22000001i^4500", "245   L $$aT"}));
  EXPECT_THAT(FieldsOf(batch.frames), ElementsAre("001 000000007", "245   $aT"));
  EXPECT_THAT(ReasonsOf(batch), ElementsAre("NOT_MARC_SHAPED"));
}

TEST(AlephSequential, ACharacterAcrossAColumnIsReplaced) {
  const Batch batch =
      Repair(Numbered(7, {"LDR   L ^^^^^nam^a22000001i^4500", "001   L 7", "24500 L\u00E9$$aX"}));
  EXPECT_THAT(FieldsOf(batch.frames), Contains("245 00$a\uFFFD$aX"));
  EXPECT_THAT(ReasonsOf(batch), Contains("INVALID_UTF8"));
}

TEST(AlephSequential, FieldsOfLettersAreKept) {
  const std::string text = Numbered(7, {"LDR   L ^^^^^nam^a22000001i^4500", "001   L 7",
                                        "FMT   L BK", "CAT   L $$aYOU$$b00", "LKR   L $$aUP$$b5"});
  const Batch batch = ReadFormat(kAlephseq, text);
  EXPECT_THAT(batch.diagnostics, IsEmpty());
  EXPECT_THAT(FieldsOf(batch.frames),
              ElementsAre("001 7", "FMT   $ BK", "CAT   $aYOU$b00", "LKR   $aUP$b5"));
  EXPECT_THAT(Write(kAlephseq, batch.frames).text, ::testing::HasSubstr("FMT   L BK\n"));
}

TEST(AlephSequential, RoundTripKeepsWhatItCanHold) {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const std::string frame = AnyFrame(seed, {false, false});
    const Written written = Write(kAlephseq, frame);
    const Batch batch = ReadFormat(kAlephseq, written.text);
    ASSERT_THAT(written.reasons, IsEmpty()) << written.text;
    ASSERT_THAT(batch.diagnostics, IsEmpty()) << written.text;
    ASSERT_EQ(Shown(batch.frames), Shown(frame)) << seed << ": " << written.text;
  }
}

TEST(AlephSequential, WhatItCannotHoldIsNoted) {
  int noted = 0;
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const std::string frame = AnyFrame(seed);
    const Written written = Write(kAlephseq, frame);
    const Batch batch = ReadFormat(kAlephseq, written.text);
    ASSERT_EQ(batch.ordinals.size(), 1) << written.text;
    const bool same = Shown(batch.frames) == Shown(frame);
    ASSERT_TRUE(same || !written.reasons.empty()) << seed << ": " << written.text;
    noted += same ? 0 : 1;
  }
  EXPECT_GT(noted, 100);
}

TEST(AlephSequential, RecordsOfOneNumberAreToldApartByTheirLeaders) {
  const std::string frame = AnyFrame(5);
  const std::string twice = Write(kAlephseq, frame).text + Write(kAlephseq, frame).text;
  EXPECT_EQ(ReadFormat(kAlephseq, twice).ordinals.size(), 2);
}

TEST(AlephSequential, RecordsWithoutANumberThatFitsHaveOtherNumbers) {
  std::string frames[2];
  for (int i = 0; i < 2; ++i) {
    RecordBuilder record("00000nam a2200000 i 4500");
    record.AddControlField("001", absl::StrCat("ocm", i));
    ASSERT_TRUE(record.AppendTo(&frames[i]).ok());
  }
  const std::string a = Write(kAlephseq, frames[0]).text, b = Write(kAlephseq, frames[1]).text;
  EXPECT_NE(a.substr(0, 9), b.substr(0, 9));
  EXPECT_THAT(FieldsOf(FramesOf(ReadFormat(kAlephseq, a + b))[1]), ElementsAre("001 ocm1"));
}

TEST(AlephSequential, RecordWithout001ComesBackWithOneAndThatIsNoted) {
  RecordBuilder record("00000nam a2200000 i 4500");
  record.AddDataField("245", '1', '0', {{'a', "T"}});
  std::string frame;
  ASSERT_TRUE(record.AppendTo(&frame).ok());
  const Written written = Write(kAlephseq, frame);
  EXPECT_THAT(written.reasons, ElementsAre("NOT_MARC_SHAPED"));
  const std::string number = written.text.substr(0, 9);
  EXPECT_THAT(FieldsOf(ReadFormat(kAlephseq, written.text).frames),
              ElementsAre("001 " + number, "245 10$aT"));
}

TEST(AlephSequential, DamagedNumberIsMendedAndCostsNoOtherRecord) {
  std::string book = Book(2);
  book[book.find("008") - 5] = 'x';
  const Batch batch = Repair(Book(1) + book + Book(3));
  const std::vector<std::string> frames = FramesOf(batch);
  EXPECT_EQ(FieldsOf(frames.front()).size(), 3);
  EXPECT_EQ(FieldsOf(frames.back()).size(), 3);
  EXPECT_THAT(ReasonsOf(batch), Contains("NOT_MARC_SHAPED"));
}

TEST(AlephSequential, IsRecognised) {
  EXPECT_EQ(SniffFormat(Book(1))->id, kAlephseq);
  EXPECT_EQ(SniffFormat("000000794 24514 L $$aTitle")->id, kAlephseq);
  EXPECT_EQ(SniffFormat("000000794 no such line at all"), nullptr);
}

}  // namespace
}  // namespace marcd
