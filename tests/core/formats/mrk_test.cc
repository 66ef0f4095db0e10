#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/formats/mrk/mnemonics.h"
#include "core/record/record_builder.h"
#include "core/record/record_view.h"
#include "tests/core/formats/lines_testing.h"

namespace marcd {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kLeader = "=LDR  00000nam\\a2200000\\i\\4500\n";
const std::string kMarc8Leader = "=LDR  00000nam\\\\2200000\\i\\4500\n";

Batch Repair(const std::string& text) {
  Reading reading;
  reading.mode = RecoveryMode::kRepair;
  return ReadFormat(kMrk, text, reading);
}

// The fields of one record of these lines behind a leader.
std::vector<std::string> Fields(const std::string& lines) {
  return FieldsOf(Repair(kLeader + lines).frames);
}

// The same of a record that is not in UTF-8.
std::string Marc8Value(const std::string& value) {
  const std::vector<std::string> fields =
      FieldsOf(Repair(absl::StrCat(kMarc8Leader, "=245  10$a", value, "\n")).frames);
  return fields.empty() ? "" : fields[0].substr(8);
}

TEST(Mrk, ReadsLeaderControlAndDataFields) {
  const std::string text = kLeader + "=001  ocm\\1\n=245  1\\$aTitle :$bmore.\n\n";
  const Batch batch = ReadFormat(kMrk, text);
  EXPECT_THAT(batch.diagnostics, IsEmpty());
  EXPECT_THAT(FieldsOf(batch.frames), ElementsAre("001 ocm 1", "245 1 $aTitle :$bmore."));
  EXPECT_EQ(RecordView::Parse(batch.frames)->leader(), "00000nam a2200000 i 4500");
}

TEST(Mrk, MnemonicsAreTheirCharacters) {
  EXPECT_THAT(
      Fields("=245  10$a{dollar}5 {lcub}{rcub}{bsol} {copy} {eacute} {AElig}{7E}{hellip}\n"),
      ElementsAre("245 10$a$5 {}\\ \u00A9 \u00E9 \u00C6~..."));
}

TEST(Mrk, MarksComeBehindTheirBase) {
  EXPECT_THAT(Fields("=245  10$a{acute}e{macr}{dotb}a{llig}t{rlig}s{uml}{AElig}\n"),
              ElementsAre("245 10$ae\u0301a\u0304\u0323t\u0361s\u00C6\u0308"));
}

TEST(Mrk, UnknownMnemonicsStandAndAreNoted) {
  const Batch batch = Repair(kLeader + "=245  10$a{zilch} { } {a b}\n");
  EXPECT_THAT(FieldsOf(batch.frames), ElementsAre("245 10$a{zilch} { } {a b}"));
  EXPECT_THAT(ReasonsOf(batch), ElementsAre("NOT_MARC_SHAPED"));
  EXPECT_EQ(batch.diagnostics[0].finding.disposition, Disposition::kNoted);
}

TEST(Mrk, EveryMnemonicOfTheTableHasText) {
  for (const char* name : {"eacute", "Iumlcy", "llig", "esc", "41", "A1", "A", "szlig", "sup2"}) {
    const mrk::Mnemonic* const found = mrk::FindMnemonic(name);
    ASSERT_NE(found, nullptr) << name;
    EXPECT_FALSE(found->text.empty()) << name;
  }
  EXPECT_EQ(mrk::FindMnemonic("szlig")->text, "ss");
  EXPECT_EQ(mrk::FindMnemonic("sup2")->text, "\u00B2");
  EXPECT_EQ(mrk::FindMnemonic("AF"), nullptr);  // MARC-8 has nothing there
}

TEST(Mrk, WithoutUtf8ItIsMarc8) {
  EXPECT_EQ(Marc8Value("\xE2"
                       "e {acute}e"),
            "e\u0301 e\u0301");
  EXPECT_EQ(Marc8Value("{esc}{cyril}b{esc}{latin}b"), "\u0411b");
  EXPECT_EQ(Marc8Value("&#x1F600;{amp}#x41;"), "\U0001F600&#x41;");
  EXPECT_EQ(Marc8Value("\u00E9t\u00E9 &#x41;"), "\u00E9t\u00E9 &#x41;");  // is UTF-8
}

TEST(Mrk, EncodingIsToldBehindMnemonicsInTheLeader) {
  const std::string leader = "=LDR  {dollar}0000nam\\a2200000\\i\\4500\n";
  EXPECT_THAT(FieldsOf(Repair(leader + "=245  10$a&#x0041;\n").frames),
              ElementsAre("245 10$a&#x0041;"));
}

TEST(Mrk, BytesThatAreNotWhatIsDeclaredAreReplaced) {
  const Batch batch = Repair(kLeader + "=245  10$aA\xFF\xE9 b\n");
  EXPECT_THAT(FieldsOf(batch.frames), ElementsAre("245 10$aA\uFFFD\uFFFD b"));
  EXPECT_THAT(ReasonsOf(batch), ElementsAre("INVALID_UTF8"));
}

TEST(Mrk, LineThatIsNoFieldGoesOnWithTheOneBefore) {
  EXPECT_THAT(Fields("=245  10$aManu\r\nscripts.\r\n=500  \\\\$aNote\r\n"),
              ElementsAre("245 10$aManuscripts.", "500   $aNote"));
}

TEST(Mrk, OddFieldsAreMended) {
  EXPECT_THAT(Fields("=245  $aNo indicators\n"), ElementsAre("245   $aNo indicators"));
  EXPECT_THAT(Fields("=245  10No code\n"), ElementsAre("245 10$aNo code"));
  EXPECT_THAT(Fields("=245 10$aOne blank\n"), ElementsAre("245 10$aOne blank"));
  EXPECT_THAT(Fields("=245  10$\n"), ElementsAre("245 10$ "));
  EXPECT_THAT(Fields("=008\n=245\n"), ElementsAre("008 ", "245   "));
  EXPECT_THAT(Fields("=245  10\n"), ElementsAre("245 10"));
}

TEST(Mrk, RecordWithoutLeaderIsMendedAndNotPassedWhenStrict) {
  const std::string text = "=001  x\n=245  10$aT\n";
  EXPECT_THAT(ReasonsOf(Repair(text)), ElementsAre("LEADER_INVALID"));
  EXPECT_THAT(FieldsOf(Repair(text).frames), ElementsAre("001 x", "245 10$aT"));
  Reading strict;
  strict.mode = RecoveryMode::kStrict;
  EXPECT_FALSE(ReadFormat(kMrk, text, strict).error.ok());
}

TEST(Mrk, Utf8KeepsEveryRecordAsItIs) {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const std::string frame = AnyFrame(seed);
    const Written written = Write(kMrk, frame);
    const Batch batch = ReadFormat(kMrk, written.text);
    ASSERT_EQ(batch.ordinals.size(), 1) << written.text;
    ASSERT_THAT(batch.diagnostics, IsEmpty()) << written.text;
    ASSERT_EQ(Shown(batch.frames), Shown(frame)) << seed << ": " << written.text;
  }
}

TEST(Mrk, AsciiKeepsEveryRecordInNormalFormC) {
  EncodeOptions ascii;
  ascii.marc8 = true;
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const std::string frame = AnyFrame(seed);
    const Written written = Write(kMrk, frame, ascii);
    for (const char c : written.text) ASSERT_GE(c, '\n') << written.text;
    const Batch batch = ReadFormat(kMrk, written.text);
    ASSERT_THAT(batch.diagnostics, IsEmpty()) << written.text;
    ASSERT_EQ(Shown(batch.frames, true), Shown(frame, true)) << seed << ": " << written.text;
  }
}

TEST(Mrk, WritesMnemonicsAndReferencesInAscii) {
  RecordBuilder record("00000nam a2200000 i 4500");
  record.AddControlField("001", "a b");
  record.AddDataField("245", '1', ' ',
                      {{'a', "\u00E9 e\u0301 \u1EA5 t\u0361s \u00DF $5 \U0001F600"}});
  std::string frame;
  ASSERT_TRUE(record.AppendTo(&frame).ok());
  EncodeOptions ascii;
  ascii.marc8 = true;
  const Written written = Write(kMrk, frame, ascii);
  EXPECT_EQ(written.text, kMarc8Leader +
                              "=001  a\\b\n=245  1\\$a{eacute} {acute}e {circ}{acute}a "
                              "{llig}t{rlig}s {C7} {dollar}5 &#x1f600;\n\n");
  EXPECT_THAT(written.reasons, ElementsAre("CHARACTER_UNMAPPABLE"));
  ascii.unmappable = Unmappable::kError;
  EXPECT_TRUE(Write(kMrk, frame, ascii).fault);
}

void ExpectThatAsciiKeeps(const std::vector<std::string>& texts) {
  EncodeOptions ascii;
  ascii.marc8 = true;
  for (const std::string& text : texts) {
    RecordBuilder record("00000nam a2200000 i 4500");
    record.AddDataField("245", '1', ' ', {{'a', text}});
    std::string frame;
    ASSERT_TRUE(record.AppendTo(&frame).ok());
    const Written written = Write(kMrk, frame, ascii);
    EXPECT_THAT(FieldsOf(ReadFormat(kMrk, written.text).frames), ElementsAre("245 1 $a" + text))
        << written.text;
  }
}

// A second one of a kind ends where the first does.
TEST(Mrk, DoubleWidthMarksThatAreThereTwiceComeBack) {
  ExpectThatAsciiKeeps({"o\u0361\u0361x", "o\u0360\u0361\u0360x y", "o\u0361\u0361x\uFE21",
                        "o\u0361\u0361", "o\u0361\u0361x\u0361\u0361y"});
}

TEST(Mrk, TextThatLooksLikeAReferenceStaysText) {
  ExpectThatAsciiKeeps({"&#x41;", "&\u030C#x41;", "&&#x41;", "&\u0361#x41;", "&\u0E31#x41;"});
}

TEST(Mrk, IsRecognised) {
  EXPECT_EQ(SniffFormat(kLeader + "=001  x\n")->id, kMrk);
  EXPECT_EQ(SniffFormat("\xEF\xBB\xBF\r\n\r\n" + kLeader)->id, kMrk);
  EXPECT_EQ(SniffFormat("=equals"), nullptr);
  EXPECT_EQ(SniffFormat(""), nullptr);
  EXPECT_EQ(SniffFormat(MakeBook(1))->id, 1);
}

}  // namespace
}  // namespace marcd
