#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/record/record_view.h"
#include "tests/core/formats/lines_testing.h"

namespace marcd {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kLeader = "00026nam a2200025 i 4500\n";

Batch Repair(const std::string& text) {
  Reading reading;
  reading.mode = RecoveryMode::kRepair;
  return ReadFormat(kLine, text, reading);
}

std::vector<std::string> Fields(const std::string& lines) {
  return FieldsOf(Repair(kLeader + lines).frames);
}

TEST(Line, ReadsWhatYazWrites) {
  const std::string text =
      kLeader + "001 ocm 1\n245 1  $a Title $b more $5 x\n500    $a  Note \n\n";
  const Batch batch = ReadFormat(kLine, text + text);
  EXPECT_THAT(batch.diagnostics, IsEmpty());
  EXPECT_THAT(batch.gaps, IsEmpty());
  ASSERT_EQ(batch.ordinals.size(), 2);
  EXPECT_THAT(FieldsOf(FramesOf(batch)[1]),
              ElementsAre("001 ocm 1", "245 1 $aTitle$bmore$5x", "500   $a Note "));
}

TEST(Line, SubfieldsWithoutBlanksAreRead) {
  EXPECT_THAT(Fields("245 10 $aTitle$bmore\n"), ElementsAre("245 10$aTitle$bmore"));
  EXPECT_THAT(Fields("245 10$aTitle$bmore\n"), ElementsAre("245 10$aTitle$bmore"));
}

TEST(Line, DollarsInTextStay) {
  EXPECT_THAT(Fields("020    $a x $c $5.00 US$ \n"), ElementsAre("020   $ax$c$5.00 US$ "));
}

TEST(Line, BlanksContinueALine) {
  EXPECT_THAT(Fields("245 10 $a Title\n    more\n"), ElementsAre("245 10$aTitle more"));
}

TEST(Line, CommentsAreLeftOutAndSaid) {
  const Batch batch = Repair("(before)\n" + kLeader + "(inside)\n001 x\n\n");
  ASSERT_EQ(batch.gaps.size(), 1);
  EXPECT_EQ(batch.gaps[0].reason, Reason::kMarkup);
  EXPECT_THAT(FieldsOf(batch.frames), ElementsAre("001 x"));
  EXPECT_THAT(ReasonsOf(batch), ElementsAre("NOT_MARC_SHAPED"));
}

TEST(Line, OddFieldsAreMended) {
  EXPECT_THAT(Fields("999 words alone\n"), ElementsAre("999   $awords alone"));
  EXPECT_THAT(Fields("245 10\n"), ElementsAre("245 10"));
  EXPECT_THAT(Fields("001 \n"), ElementsAre("001 "));
  EXPECT_THAT(Fields("245 10 text $a more\n"), ElementsAre("245 10$atext$amore"));
}

TEST(Line, RoundTripKeepsWhatItCanHold) {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const std::string frame = AnyFrame(seed, {false, false});
    const Written written = Write(kLine, frame);
    const Batch batch = ReadFormat(kLine, written.text);
    ASSERT_THAT(written.reasons, IsEmpty()) << written.text;
    ASSERT_THAT(batch.diagnostics, IsEmpty()) << written.text;
    ASSERT_EQ(Shown(batch.frames), Shown(frame)) << seed << ": " << written.text;
  }
}

TEST(Line, WhatItCannotHoldIsNoted) {
  int noted = 0;
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const std::string frame = AnyFrame(seed);
    const Written written = Write(kLine, frame);
    const Batch batch = ReadFormat(kLine, written.text);
    ASSERT_EQ(batch.ordinals.size(), 1) << written.text;
    const bool same = Shown(batch.frames) == Shown(frame);
    ASSERT_TRUE(same || !written.reasons.empty()) << seed << ": " << written.text;
    noted += same ? 0 : 1;
  }
  EXPECT_GT(noted, 100);
}

TEST(Line, IsRecognisedAndNotTakenForIso2709) {
  EXPECT_EQ(SniffFormat(kLeader + "001 x\n")->id, kLine);
  EXPECT_EQ(SniffFormat("00026nam a2200025 i 4500\r\n001 x\r\n")->id, kLine);
  EXPECT_EQ(SniffFormat("\xEF\xBB\xBF(a comment)\r\n\n(another)\n" + kLeader + "001 x\n")->id,
            kLine);
  EXPECT_EQ(SniffFormat("(a comment)\ntext\n"), nullptr);
  EXPECT_EQ(SniffFormat(MakeRecord({}))->id, 1);
}

}  // namespace
}  // namespace marcd
