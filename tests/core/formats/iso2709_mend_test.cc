// What REPAIR makes of damaged records, and what it says. Each reason has its test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/record/record_view.h"
#include "core/text/charset.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A batch of what REPAIR makes of `bytes`; the account is balanced.
Batch Repair(const std::string& bytes) {
  Reading reading;
  reading.mode = RecoveryMode::kRepair;
  reading.text.policy = TextPolicy::kDetect;
  Batch batch = ReadAll(bytes, reading);
  EXPECT_EQ(AccountedBytes(batch), bytes.size());
  return batch;
}

// The fields of the one record that REPAIR makes of `bytes`.
std::vector<std::string> Repaired(const std::string& bytes) {
  const Batch batch = Repair(bytes);
  if (batch.ordinals.size() != 1) return {absl::StrCat(batch.ordinals.size(), " records")};
  return FieldsOf(batch.frames);
}

std::vector<std::string> Reasons(const std::string& bytes) { return ReasonsOf(Repair(bytes)); }

std::string Title(const std::string& payload) { return MakeRecord({{"245", payload}}); }

std::string Replaced(std::string record, size_t at, const std::string& bytes) {
  return record.replace(at, bytes.size(), bytes);
}

std::string FiveDigits(size_t number) { return absl::StrCat(100'000 + number).substr(1); }

const std::vector<std::string> kBook = FieldsOf(ReadAll(MakeBook(1)).frames);
// Where MakeBook's entry for 245 begins: 001 is before it.
constexpr size_t kEntry245 = 36;

TEST(MendIso2709, GoodRecordHasNothingSaidOfIt) {
  EXPECT_EQ(Repaired(MakeBook(1)), kBook);
  EXPECT_THAT(Reasons(MakeBook(1)), IsEmpty());
}

TEST(MendIso2709, WrongLengthCostsNothing) {
  const std::string book = MakeBook(1);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"0x123", "LENGTH_NOT_DIGITS"},
      {"00010", "LENGTH_TOO_SMALL"},
      {"99999", "LENGTH_TOO_LARGE"},
      {FiveDigits(book.size() - 3), "LENGTH_SHORT"},
  };
  for (const auto& [length, reason] : cases) {
    const std::string bytes = Replaced(book, 0, length);
    EXPECT_EQ(Repaired(bytes), kBook) << length;
    EXPECT_THAT(Reasons(bytes), ElementsAre(reason));
  }
  // A length that is too long by a little, with another record behind.
  const Batch batch = Repair(Replaced(book, 0, FiveDigits(book.size() + 3)) + MakeBook(2));
  EXPECT_THAT(ReasonsOf(batch), ElementsAre("LENGTH_LONG"));
  EXPECT_THAT(batch.ordinals, ElementsAre(0, 1));
}

TEST(MendIso2709, LengthsCountedInCharactersAreTold) {
  // The leader and the directory count each of the two-byte letters as one.
  std::string record = MakeRecord({{"001", "x"},
                                   {"245",
                                    "10\x1f"
                                    "aEEEE"},
                                   {"500",
                                    "  \x1f"
                                    "aN"}});
  for (size_t at; (at = record.find('E')) != std::string::npos;) record.replace(at, 1, "\xC3\xA9");
  EXPECT_THAT(Repaired(record),
              ElementsAre("001 x", "245 10$a\u00E9\u00E9\u00E9\u00E9", "500   $aN"));
  EXPECT_THAT(Reasons(record), ElementsAre("LENGTH_IN_CHARACTERS", "FIELD_TERMINATOR_MISSING"));
}

TEST(MendIso2709, RecordOverFiveDigitsIsReadWhole) {
  std::string record = MakeRecordOfSize(99'999);
  const std::string more =
      "  \x1f"
      "a" +
      std::string(5'000, 'm') + "\x1e";
  record.insert(record.size() - 1, more);
  // One more entry, whose start has wrapped; the base address has moved.
  const size_t data = 99'999 - std::stoi(record.substr(12, 5)) - 1;
  const std::string start = absl::StrCat(100'000 + data).substr(1);
  const size_t base = std::stoi(record.substr(12, 5));
  record.insert(base - 1, absl::StrCat("500", more.size(), start));
  record = Replaced(record, 12, absl::StrCat(1'000'00 + base + 12).substr(1));
  for (const std::string length : {"00000", "05025", "99999"}) {
    const std::string bytes = Replaced(record, 0, length);
    const Batch batch = Repair(bytes);
    ASSERT_EQ(batch.ordinals.size(), 1) << length;
    EXPECT_TRUE(FieldsOf(batch.frames).back() == "500   $a" + std::string(5'000, 'm'));
    EXPECT_EQ(ReasonsOf(batch)[0], "LENGTH_OVERFLOW") << length;
  }
}

TEST(MendIso2709, FieldOverFourDigitsIsReadWhole) {
  // 10,000 bytes more than the directory says: the length has wrapped.
  std::string record = MakeRecord({{"001", "x"},
                                   {"520",
                                    "  \x1f"
                                    "atext"},
                                   {"650",
                                    " 0\x1f"
                                    "aCats"}});
  record.insert(record.find("text"), std::string(10'000, 't'));
  const std::vector<std::string> fields = Repaired(record);
  ASSERT_EQ(fields.size(), 3);
  EXPECT_TRUE(fields[1] == "520   $a" + std::string(10'000, 't') + "text");
  EXPECT_EQ(fields[2], "650  0$aCats");
  EXPECT_THAT(Reasons(record), ::testing::Contains("FIELD_TOO_LONG"));
}

TEST(MendIso2709, MissingTerminatorCostsNothing) {
  const std::string book = MakeBook(1);
  const Batch batch = Repair(book.substr(0, book.size() - 1) + MakeBook(2));
  EXPECT_THAT(ReasonsOf(batch), ::testing::Contains("MISSING_TERMINATOR"));
  ASSERT_EQ(batch.ordinals.size(), 2);
  EXPECT_EQ(FieldsOf(FramesOf(batch)[0]), kBook);
}

TEST(MendIso2709, RecordCutInTheMiddleIsDeliveredAsFarAsItGoes) {
  const std::string book = MakeBook(1);
  const Batch batch = Repair(MakeBook(0) + book.substr(0, book.size() - 5));
  EXPECT_THAT(batch.ordinals, ElementsAre(0, 1));
  EXPECT_EQ(ReasonsOf(batch)[0], "TRUNCATED_RECORD");
  const std::vector<std::string> fields = FieldsOf(FramesOf(batch)[1]);
  ASSERT_EQ(fields.size(), kBook.size());
  EXPECT_EQ(fields[0], kBook[0]);
  EXPECT_THAT(kBook.back(), HasSubstr(fields.back()));  // a part of it
}

TEST(MendIso2709, RecordTerminatedEarlyKeepsWhatIsThere) {
  const std::string book = MakeBook(1);
  const Batch batch = Repair(book.substr(0, book.size() - 9) + "\x1d" + MakeBook(2));
  EXPECT_EQ(ReasonsOf(batch)[0], "EARLY_TERMINATOR");
  ASSERT_EQ(batch.ordinals.size(), 2);
  EXPECT_EQ(FieldsOf(FramesOf(batch)[0])[0], kBook[0]);
}

TEST(MendIso2709, LeaderThatGrewIsShrunk) {
  // Leader/08 has become U+FFFD: all behind it has moved by two.
  const std::string bytes = MakeBook(1).replace(8, 1, "\uFFFD");
  EXPECT_EQ(Repaired(bytes), kBook);
  EXPECT_THAT(Reasons(bytes), ::testing::Contains("LEADER_INVALID"));
  const Batch batch = Repair(Replaced(MakeBook(1), 8, "\xE9"));
  EXPECT_EQ(FieldsOf(batch.frames), kBook);
  EXPECT_EQ(RecordView::Parse(batch.frames)->leader()[8], ' ');
}

TEST(MendIso2709, UndefinedLeaderValuesAreNotedByTypeOfRecord) {
  const Batch batch = Repair(Replaced(MakeBook(1), 5, "x"));
  EXPECT_THAT(ReasonsOf(batch), ElementsAre("LEADER_VALUE"));
  EXPECT_EQ(batch.diagnostics[0].finding.disposition, Disposition::kNoted);
  EXPECT_THAT(batch.diagnostics[0].finding.message, HasSubstr("05 is 'x' (bibliographic"));
  EXPECT_THAT(Reasons(Replaced(MakeBook(1), 20, "    ")), ElementsAre("LEADER_VALUE"));
  // An authority record: what is fine in one of these is not in the other.
  const std::string authority = Replaced(Replaced(MakeBook(1), 5, "nz  "), 17, "n ");
  EXPECT_THAT(Reasons(authority), IsEmpty());
  EXPECT_THAT(Reasons(Replaced(authority, 7, "m")), ElementsAre("LEADER_VALUE"));
}

TEST(MendIso2709, WrongBaseAddressIsFoundByTheDirectorysEnd) {
  for (const std::string base : {"00000", "99999", "0006x", "00060", "00048"}) {
    const std::string bytes = Replaced(MakeBook(1), 12, base);
    EXPECT_EQ(Repaired(bytes), kBook) << base;
    EXPECT_THAT(Reasons(bytes), ElementsAre("BASE_ADDRESS_INVALID")) << base;
  }
}

TEST(MendIso2709, DirectoryWithoutTerminatorEndsWhereItsEntriesDo) {
  std::string book = MakeBook(1);
  const size_t base = std::stoi(book.substr(12, 5));
  EXPECT_EQ(Repaired(Replaced(book, base - 1, "x"))[0].substr(0, 3), "001");
  book.erase(base - 1, 1);
  EXPECT_EQ(Repaired(book), kBook);
  EXPECT_THAT(Reasons(book), ::testing::Contains("DIRECTORY_UNTERMINATED"));
}

TEST(MendIso2709, DirectoryWithBytesMissingOrTooManyIsReadEntryByEntry) {
  std::string longer = MakeBook(1).insert(kEntry245, "xyz");
  std::string shorter = MakeBook(1).erase(kEntry245 + 4, 1);
  EXPECT_EQ(Repaired(longer), kBook);
  EXPECT_THAT(Reasons(longer), ::testing::Contains("DIRECTORY_LENGTH_INVALID"));
  EXPECT_EQ(Repaired(shorter)[0], kBook[0]);
  EXPECT_THAT(Reasons(shorter), ::testing::Contains("DIRECTORY_LENGTH_INVALID"));
}

TEST(MendIso2709, WhatHasNoPlaceIsShown) {
  // The directory's terminator is lost, and its entries fit badly: the text behind them
  // passes for a part of it.
  const std::string lost =
      "00070nam a2200049 i 4500001000800008100001200000w50082q\x1e  \x1f"
      "dw50083q\x1e\x1d";
  const Batch batch = Repair(lost);
  std::string said;
  for (const Diagnostic& each : batch.diagnostics) said += each.finding.message;
  EXPECT_THAT(said, HasSubstr("w50082q"));
  said.clear();
  for (const Diagnostic& each : Repair(MakeBook(1).insert(kEntry245, "xyz")).diagnostics) {
    said += each.finding.message;
  }
  EXPECT_THAT(said, HasSubstr("none of them: xyz"));
}

TEST(MendIso2709, EntryWithoutDigitsGetsTheFieldInItsPlace) {
  const std::string bytes = Replaced(MakeBook(1), kEntry245 + 3, "abcdefghi");
  EXPECT_EQ(Repaired(bytes), kBook);
  EXPECT_THAT(Reasons(bytes), ElementsAre("DIRECTORY_ENTRY_INVALID"));
}

TEST(MendIso2709, EntryThatPointsElsewhereGetsTheFieldInItsPlace) {
  for (const std::string length : {"9999", "0000", "0012"}) {
    EXPECT_EQ(Repaired(Replaced(MakeBook(1), kEntry245 + 3, length)), kBook) << length;
  }
  EXPECT_THAT(Reasons(Replaced(MakeBook(1), kEntry245 + 3, "9999")),
              ElementsAre("FIELD_OUT_OF_BOUNDS"));
  EXPECT_THAT(Reasons(Replaced(MakeBook(1), kEntry245 + 3, "0012")),
              ElementsAre("FIELD_TERMINATOR_MISSING"));
}

TEST(MendIso2709, TagIsMadePrintable) {
  const std::string bytes = Replaced(MakeBook(1), kEntry245, "2\n5");
  EXPECT_EQ(Repaired(bytes)[1].substr(0, 3), "2?5");
  EXPECT_THAT(Reasons(bytes), ElementsAre("TAG_INVALID"));
}

TEST(MendIso2709, OddLayoutsAreNotedAndLoseNothing) {
  std::string swapped = MakeRecord({{"001", "one"}, {"003", "two"}});
  std::swap_ranges(swapped.begin() + 27, swapped.begin() + 36, swapped.begin() + 39);
  EXPECT_THAT(Reasons(swapped), ElementsAre("FIELDS_OUT_OF_ORDER"));
  EXPECT_THAT(Repaired(swapped), ElementsAre("001 two", "003 one"));

  std::string twice = MakeRecord({{"001", "one"}, {"003", "two"}});
  twice.replace(39, 9, twice, 27, 9);  // both point to the first
  EXPECT_THAT(Reasons(twice), ElementsAre("FIELDS_OVERLAP", "DATA_UNREFERENCED"));
  EXPECT_THAT(Repaired(twice), ElementsAre("001 one", "003 one"));

  EXPECT_THAT(Reasons(MakeRecord({})), ElementsAre("NO_FIELDS"));
}

TEST(MendIso2709, EachDamagedFieldIsMendedAndKeepsItsText) {
  struct Case {
    std::string payload, mended, reason;
  };
  const std::vector<Case> cases = {
      {"\x1f"
       "aText",
       "  $aText", "INDICATORS_MISSING"},
      {"1\x1f"
       "aText",
       "1 $aText", "INDICATOR_MISSING"},
      {"100\x1f"
       "aText",
       "10$aText", "INDICATORS_EXCESS"},
      {"1\n\x1f"
       "aText",
       "1 $aText", "INDICATOR_INVALID"},
      {"1\xC2\xA0\x1f"
       "aText",
       "1 $aText", "INDICATOR_INVALID"},
      {"10Text", "10$aText", "SUBFIELD_DELIMITER_MISSING"},
      {"Text\x1f"
       "bmore",
       "  $aText$bmore", "SUBFIELD_DELIMITER_MISSING"},
      {"10\x1f\x1f"
       "aText\x1f",
       "10$aText", "SUBFIELD_CODE_MISSING"},
      {"10\x1f\x07Text", "10$?Text", "SUBFIELD_CODE_INVALID"},
      {"10\x1f\xC3\xA9t\xC3\xA9", "10$?\u00E9t\u00E9", "SUBFIELD_CODE_INVALID"},
      {"10\x1f"
       "aTe\x1ext",
       "10$aTe xt", "FIELD_TERMINATOR_EMBEDDED"},
      {"10\x1f"
       "aTe\x1dxt",
       "10$aTe xt", "RECORD_TERMINATOR_EMBEDDED"},
  };
  for (const Case& each : cases) {
    EXPECT_THAT(Repaired(Title(each.payload)), ElementsAre("245 " + each.mended)) << each.reason;
    EXPECT_THAT(Reasons(Title(each.payload)), ElementsAre(each.reason));
  }
  const std::string control = MakeRecord({{"008",
                                           "\x1f"
                                           "aText"}});
  EXPECT_THAT(Repaired(control), ElementsAre("008 aText"));
  EXPECT_THAT(Reasons(control), ElementsAre("CONTROL_FIELD_DELIMITED"));
}

TEST(MendIso2709, BadTextIsReplacedAndTheSubfieldKept) {
  Reading reading;
  reading.mode = RecoveryMode::kRepair;  // leader/09 is trusted
  const auto read = [&](const std::string& value, char scheme) {
    return ReadAll(MakeRecord({{"245",
                                "10\x1f"
                                "a" +
                                    value}},
                              scheme),
                   reading);
  };
  const Batch utf8 = read("caf\xE9 au lait", 'a');
  EXPECT_THAT(FieldsOf(utf8.frames), ElementsAre("245 10$acaf\uFFFD au lait"));
  EXPECT_THAT(ReasonsOf(utf8), ElementsAre("INVALID_UTF8"));
  EXPECT_THAT(utf8.diagnostics[0].finding.message, HasSubstr("at byte 7 of the field: \\xe9 au"));
  EXPECT_EQ(RecordView::Parse(utf8.frames)->field(0).flags() & kEntryRepaired, kEntryRepaired);
  const Batch marc8 = read(
      "a\xFF"
      "b",
      ' ');
  EXPECT_THAT(FieldsOf(marc8.frames), ElementsAre("245 10$aa\uFFFD"
                                                  "b"));
  EXPECT_THAT(ReasonsOf(marc8), ElementsAre("MARC8_INVALID"));
  reading.text.policy = TextPolicy::kForce;
  reading.text.encoding = Encoding::kSingleByte;
  reading.text.charset = Charset::Find("cp1252");
  const Batch cp1252 = read("a\x81\x93", 'a');
  EXPECT_THAT(FieldsOf(cp1252.frames), ElementsAre("245 10$aa\uFFFD\u201C"));
  EXPECT_THAT(ReasonsOf(cp1252), ElementsAre("ENCODING_INVALID"));
}

TEST(MendIso2709, MarkedWronglyIsReadRightly) {
  const std::string text =
      "10\x1f"
      "aCaf\xC3\xA9 fran\xC3\xA7"
      "ais";
  const Batch batch = Repair(MakeRecord({{"245", text}}, ' '));
  EXPECT_THAT(FieldsOf(batch.frames), ElementsAre("245 10$aCaf\u00E9 fran\u00E7"
                                                  "ais"));
  EXPECT_THAT(ReasonsOf(batch), ElementsAre("ENCODING_MISDECLARED"));
  EXPECT_EQ(batch.diagnostics[0].finding.disposition, Disposition::kNoted);
}

TEST(MendIso2709, UnimarcSaysInField100WhatItIsIn) {
  const std::string field_100 =
      "  \x1f"
      "a20001231d1996    |||y0itac50      ba";
  // U+00FD U+00FE alone: as MARC-8 or Latin-1 it is as likely.
  const std::string title =
      "1 \x1f"
      "a\xC3\xBD\xC3";
  const std::string record = MakeRecord({{"100", field_100}, {"200", title}}, ' ');
  EXPECT_THAT(Repaired(record)[1], "200 1 $a\u00FD\uFFFD");
  EXPECT_THAT(Reasons(record), ElementsAre("INVALID_UTF8"));
}

TEST(MendIso2709, FindingsOfOneReasonAreOne) {
  const std::vector<TestField> fields(500, {"500", "text without a delimiter"});
  const Batch batch = Repair(MakeRecord(fields));
  ASSERT_EQ(batch.diagnostics.size(), 1);
  EXPECT_THAT(batch.diagnostics[0].finding.message, HasSubstr("(and 499 more like it)"));
}

TEST(MendIso2709, OverlappingFieldsCannotGrowPastTheLimit) {
  std::string source =
      MakeRecord({{"500", "no delimiter" + std::string(4000, 'x')}, {"501", "  "}, {"502", "  "}});
  for (const size_t entry : {size_t{36}, size_t{48}}) source.replace(entry + 3, 9, source, 27, 9);
  Reading reading;
  reading.mode = RecoveryMode::kRepair;
  EXPECT_EQ(ReadAll(source, reading).ordinals.size(), 1);
  reading.max_record_bytes = 8000;
  const Batch batch = ReadAll(source, reading);
  EXPECT_THAT(batch.ordinals, IsEmpty());
  EXPECT_THAT(ReasonsOf(batch), ElementsAre("DECODED_SIZE_TOO_LARGE"));
}

TEST(MendIso2709, SourceBytesComeWithTheFrameOnRequest) {
  Reading reading;
  reading.mode = RecoveryMode::kRepair;
  reading.with_source = true;
  const std::string bad = Title("10Text");
  const Batch batch = ReadAll(bad + MakeBook(1), reading);
  const std::vector<std::string> frames = FramesOf(batch);
  const auto mended = RecordView::Parse(frames[0]);
  ASSERT_TRUE(mended.ok()) << mended.status();
  EXPECT_EQ(mended->source(), bad);
  EXPECT_EQ(mended->size(), 1);
  EXPECT_EQ(RecordView::Parse(frames[1])->source(), "");
}

TEST(MendIso2709, EveryByteDamagedIsAValidFrameOrExplained) {
  const std::string good = MakeRecord({{"001", "x1"},
                                       {"245",
                                        "10\x1f"
                                        "aT\xC3\xA9xt\x1f"
                                        "bmore"},
                                       {"650",
                                        " 0\x1f"
                                        "aC"}});
  for (size_t at = 0; at < good.size(); ++at) {
    for (const char value : std::string("\0\n 09a\x1b\x1d\x1e\x1f\x80\xC3\xFF", 13)) {
      const std::string damaged = Replaced(good, at, std::string(1, value));
      const Batch batch = Repair(damaged);
      for (const std::string& frame : FramesOf(batch)) {
        const auto record = RecordView::Parse(frame);
        ASSERT_TRUE(record.ok()) << at << " " << int{value} << ": " << record.status();
      }
      if (damaged != good && batch.ordinals.empty()) {
        ASSERT_FALSE(batch.diagnostics.empty() && batch.gaps.empty()) << at;
      }
    }
  }
}

}  // namespace
}  // namespace marcd
