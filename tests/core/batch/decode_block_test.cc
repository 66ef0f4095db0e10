#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"
#include "core/batch/batch.h"
#include "core/record/record_view.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(DecodeBlock, SkippedRecordKeepsItsOrdinalAndIsExplained) {
  const std::string bad = MakeRecord({{"001", "x"}, {"245", "10text"}});
  const Batch batch = ReadAll(MakeBook(0) + bad + MakeBook(2));
  EXPECT_THAT(batch.ordinals, ElementsAre(0, 2));
  ASSERT_EQ(batch.diagnostics.size(), 1);
  const Diagnostic& said = batch.diagnostics[0];
  EXPECT_EQ(said.ordinal, 1);
  EXPECT_EQ(said.offset, MakeBook(0).size());
  EXPECT_EQ(said.length, bad.size());
  EXPECT_EQ(said.index, -1);
  EXPECT_EQ(said.finding.tag, "245");
  EXPECT_EQ(said.finding.disposition, Disposition::kSkipped);
  EXPECT_THAT(said.finding.message, HasSubstr("Field 245 (directory entry 1)"));
}

TEST(DecodeBlock, StrictDeliversWhatIsBeforeTheDamageAndStops) {
  Reading strict;
  strict.mode = RecoveryMode::kStrict;
  const Batch batch = ReadAll(MakeBook(0) + MakeRecord({{"245", "1"}}) + MakeBook(2), strict);
  EXPECT_THAT(batch.ordinals, ElementsAre(0));
  EXPECT_FALSE(batch.end);
  EXPECT_EQ(batch.error.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ErrorReason(batch.error), "INDICATOR_MISSING");
  EXPECT_EQ(batch.next_offset, MakeBook(0).size());
}

TEST(DecodeBlock, PymarcHandsOverWhatItCouldNotRead) {
  Reading pymarc;
  pymarc.mode = RecoveryMode::kPymarc;
  pymarc.text.pymarc = true;
  const std::string endless = MakeBook(1).replace(0, 5, "00000");
  const std::string bare = MakeRecord({});
  const std::string bytes = MakeBook(0) + endless + bare + MakeBook(3);
  const Batch batch = ReadAll(bytes, pymarc);
  EXPECT_THAT(batch.ordinals, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(ReasonsOf(batch), ElementsAre("LENGTH_TOO_SMALL", "NO_FIELDS"));
  const std::vector<std::string> frames = FramesOf(batch);
  const auto undecoded = RecordView::Parse(frames[1]);
  ASSERT_TRUE(undecoded.ok()) << undecoded.status();
  EXPECT_EQ(undecoded->flags(), kRecordUndecoded);
  EXPECT_EQ(undecoded->source(), endless);
  EXPECT_EQ(AccountedBytes(batch), bytes.size());
}

TEST(DecodeBlock, StrictPassesOverFillerAndNothingElse) {
  Reading strict;
  strict.mode = RecoveryMode::kStrict;
  const std::string book = MakeBook(0);
  EXPECT_THAT(ReadAll("\n" + book + "\r\n" + MakeBook(1) + "\x1a", strict).ordinals,
              ElementsAre(0, 1));
  const Batch batch = ReadAll(book + "\n" + std::string(100, 'x') + MakeBook(1), strict);
  EXPECT_THAT(batch.ordinals, ElementsAre(0));
  EXPECT_FALSE(batch.end);
  EXPECT_EQ(batch.error.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ErrorReason(batch.error), "NOT_A_RECORD");
  EXPECT_THAT(std::string(batch.error.message()),
              HasSubstr(absl::StrCat("expected 5 ASCII digits at offset ", book.size() + 1,
                                     ", got 'xxxxx'")));
  EXPECT_EQ(batch.next_offset, book.size() + 1);
  EXPECT_EQ(batch.next_ordinal, 1);
  EXPECT_EQ(AccountedBytes(batch), book.size() + 1);
}

TEST(DecodeBlock, StrictTellsOfNoGapBehindItsEnd) {
  Reading strict;
  strict.mode = RecoveryMode::kStrict;
  const Batch batch = ReadAll(MakeBook(0).replace(0, 1, "x") + "\n" + MakeBook(1) + "\n", strict);
  EXPECT_FALSE(batch.error.ok());
  EXPECT_EQ(batch.next_offset, 0);
  EXPECT_TRUE(batch.gaps.empty());
}

TEST(DecodeBlock, StrictSaysTheWordsThatPeopleSearchFor) {
  const auto message = [](const std::string& bytes) {
    Reading strict;
    strict.mode = RecoveryMode::kStrict;
    return std::string(ReadAll(bytes, strict).error.message());
  };
  const std::string book = MakeBook(0);
  std::string letters = book, small = book, open = book;
  letters.replace(0, 5,
                  "12\x01"
                  "x5");
  small.replace(0, 5, "00010");
  open.back() = 'x';
  EXPECT_EQ(message(letters),
            "Invalid MARC record length: expected 5 ASCII digits at offset 0, got '12.x5' (hex: "
            "3132017835)");
  EXPECT_EQ(message(small), "MARC record too short: 10 bytes (minimum 24) at offset 0");
  EXPECT_EQ(message(open), "MARC record missing terminator (0x1D) at offset 0");
  EXPECT_EQ(
      message(book + "00"),
      absl::StrCat("Unexpected EOF: expected 24-byte MARC header, got only 2 bytes at offset ",
                   book.size()));
  EXPECT_EQ(message(book.substr(0, 50)),
            absl::StrCat("Unexpected EOF: record declares ", book.size(),
                         " bytes but only 50 bytes available at offset 0"));
}

// pymarc gives no record where a length or a terminator is wrong.
TEST(DecodeBlock, PymarcModeLeavesARecordWithoutItsEndToTheCodec) {
  Reading pymarc;
  pymarc.mode = RecoveryMode::kPymarc;
  pymarc.text.pymarc = true;
  std::string open = MakeBook(0), cut = MakeBook(0);
  open.back() = 'x';
  cut.replace(0, 5, "00999");
  for (const std::string& bytes : {open, cut}) {
    const Batch batch = ReadAll(bytes, pymarc);
    const auto record = RecordView::Parse(batch.frames);
    ASSERT_TRUE(record.ok()) << record.status();
    EXPECT_EQ(record->flags(), kRecordUndecoded) << bytes;
    EXPECT_EQ(record->source(), bytes);
  }
}

TEST(DecodeBlock, JoinedRecordOfMendedOnesIsAValidFrame) {
  Reading repair;
  repair.mode = RecoveryMode::kRepair;
  repair.join_continued = repair.with_source = true;
  const std::string mended = MakeRecord({{"001", "x"}, {"245", "10text"}});
  const Batch batch = ReadAll(mended + mended, repair);
  ASSERT_EQ(batch.ordinals.size(), 1);
  EXPECT_THAT(FieldsOf(batch.frames), ElementsAre("001 x", "245 10$atext", "245 10$atext"));
  EXPECT_EQ(RecordView::Parse(batch.frames)->source(), mended + mended);
}

}  // namespace
}  // namespace marcd
