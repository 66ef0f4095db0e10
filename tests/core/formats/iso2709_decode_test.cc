#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/formats/format.h"
#include "core/formats/iso2709/decode.h"
#include "core/record/record_view.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

constexpr size_t kNoLimit = 64 << 20;

std::string Decode(const std::string& record) {
  std::string frame;
  std::vector<Finding> notes;
  const auto fault = DecodeIso2709(record, {}, &frame, &notes);
  EXPECT_FALSE(fault.has_value()) << fault->message;
  EXPECT_TRUE(notes.empty());
  return frame;
}

// The reason of the fault, and the tag if it names one.
std::string FaultOf(const std::string& record, size_t max_payload = kNoLimit) {
  std::string frames = "before";
  std::vector<Finding> notes;
  DecodeOptions options;
  options.max_payload = max_payload;
  const auto fault = DecodeIso2709(record, options, &frames, &notes);
  EXPECT_TRUE(notes.empty());
  EXPECT_EQ(frames == "before", fault.has_value());
  if (!fault.has_value()) return "";
  return std::string(RowOf(fault->reason).name) + (fault->tag.empty() ? "" : " " + fault->tag);
}

std::string Replaced(std::string record, size_t at, const std::string& bytes) {
  return record.replace(at, bytes.size(), bytes);
}

TEST(DecodeIso2709, KeepsEveryFieldInTheOrderOfTheDirectory) {
  const std::string frame = Decode(MakeRecord({{"500",
                                                "  \x1f"
                                                "alater"},
                                               {"001", "x"},
                                               {"FMT",
                                                "BK\x1f"
                                                "aq"},
                                               {"500", "  "}}));
  const auto record = RecordView::Parse(frame);
  ASSERT_TRUE(record.ok()) << record.status();
  ASSERT_EQ(record->size(), 4);
  EXPECT_EQ(record->field(0).tag(), "500");
  EXPECT_EQ(record->field(1).payload(), "x");
  EXPECT_EQ(record->field(2).tag(), "FMT");
  EXPECT_EQ(record->field(3).payload(), "  ");
}

TEST(DecodeIso2709, VerbatimFrameGivesTheSourceBack) {
  for (const std::string& source : {MakeBook(1), MakeRecord({}), MakeRecordOfSize(99'999),
                                    MakeRecord({{"245", std::string("10\x1f"
                                                                    "aa\0\n\x1b\x1f"
                                                                    "b\x1f"
                                                                    "c",
                                                                    12)}})}) {
    const std::string frame = Decode(source);
    const auto record = RecordView::Parse(frame);
    ASSERT_TRUE(record.ok()) << record.status();
    std::string again;
    ASSERT_TRUE(record->AppendVerbatim(&again));
    EXPECT_EQ(again, source);
  }
}

TEST(DecodeIso2709, MarkAtTheBeginningOfAValueIsNotComposedWithTheCode) {
  DecodeOptions options;
  options.text.nfc = true;
  std::string frame;
  std::vector<Finding> notes;
  const std::string value = "\xCC\x81xe\xCC\x81";
  DecodeIso2709(MakeRecord({{"245",
                             "10\x1F"
                             "a" +
                                 value}}),
                options, &frame, &notes);
  EXPECT_EQ(RecordView::Parse(frame)->payloads(),
            "10\x1F"
            "a\xCC\x81x\xC3\xA9");
}

TEST(DecodeIso2709, FieldsOutOfOrderAreReadButNotVerbatim) {
  std::string source = MakeRecord({{"001", "one"}, {"003", "two"}});
  std::swap_ranges(source.begin() + 27, source.begin() + 36, source.begin() + 39);
  const std::string frame = Decode(source);
  const auto record = RecordView::Parse(frame);
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->field(0).payload(), "two");
  EXPECT_EQ(record->flags() & kRecordVerbatim, 0);
}

TEST(DecodeIso2709, BytesThatNoFieldClaimsMakeItNotVerbatim) {
  // The directory gives "one" three bytes fewer, after a field terminator of its own.
  std::string source = MakeRecord({{"001", "one\x1etwo"}});
  source = Replaced(source, 27, "0004");
  const std::string frame = Decode(source);
  const auto record = RecordView::Parse(frame);
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->field(0).payload(), "one");
  EXPECT_EQ(record->flags() & kRecordVerbatim, 0);
}

TEST(DecodeIso2709, EachFaultHasItsReason) {
  const std::string good = MakeBook(1);
  EXPECT_EQ(FaultOf(good), "");
  EXPECT_EQ(FaultOf(good.substr(0, 25)), "LEADER_TOO_SHORT");
  EXPECT_EQ(FaultOf(Replaced(good, 8, "\xe9")), "LEADER_INVALID");
  EXPECT_EQ(FaultOf(Replaced(good, 12, "0006x")), "BASE_ADDRESS_INVALID");
  EXPECT_EQ(FaultOf(Replaced(good, 12, "00024")), "BASE_ADDRESS_INVALID");
  EXPECT_EQ(FaultOf(Replaced(good, 12, "99999")), "BASE_ADDRESS_INVALID");
  EXPECT_EQ(FaultOf(Replaced(good, 12, "00060")), "BASE_ADDRESS_INVALID");
  EXPECT_EQ(FaultOf(Replaced(good, 59, "\x1e")), "DIRECTORY_ENTRY_INVALID 650");
  EXPECT_EQ(FaultOf(Replaced(good, 24, "0\n1")), "TAG_INVALID");
  EXPECT_EQ(FaultOf(Replaced(good, 39, "9999")), "FIELD_OUT_OF_BOUNDS 245");
  EXPECT_EQ(FaultOf(Replaced(good, 39, "0000")), "FIELD_OUT_OF_BOUNDS 245");
  EXPECT_EQ(FaultOf(Replaced(good, 39, "0012")), "FIELD_TERMINATOR_MISSING 245");
  EXPECT_EQ(FaultOf(MakeRecord({{"245",
                                 "10\x1f"
                                 "aa\x1e"
                                 "b"}})),
            "FIELD_TERMINATOR_EMBEDDED 245");
  EXPECT_EQ(FaultOf(MakeRecord({{"245",
                                 "10\x1f"
                                 "aa\x1d"
                                 "b"}})),
            "RECORD_TERMINATOR_EMBEDDED 245");
  EXPECT_EQ(FaultOf(MakeRecord({{"245", "1"}})), "INDICATOR_MISSING 245");
  EXPECT_EQ(FaultOf(MakeRecord({{"245",
                                 "1\n\x1f"
                                 "ax"}})),
            "INDICATOR_INVALID 245");
  EXPECT_EQ(FaultOf(MakeRecord({{"245", "10text"}})), "SUBFIELD_DELIMITER_MISSING 245");
  EXPECT_EQ(FaultOf(MakeRecord({{"245", "10\x1f"}})), "SUBFIELD_CODE_MISSING 245");
  EXPECT_EQ(FaultOf(MakeRecord({{"245",
                                 "10\x1f\x1f"
                                 "ax"}})),
            "SUBFIELD_CODE_MISSING 245");
  EXPECT_EQ(FaultOf(MakeRecord({{"008",
                                 "a\x1f"
                                 "b"}})),
            "CONTROL_FIELD_DELIMITED 008");
  EXPECT_EQ(FaultOf(MakeRecord({{"245",
                                 "10\x1f"
                                 "a\xff"}})),
            "INVALID_UTF8 245");
}

TEST(DecodeIso2709, FaultShowsWhatItFound) {
  std::string frames;
  std::vector<Finding> notes;
  const auto fault = DecodeIso2709(Replaced(MakeBook(1), 27,
                                            std::string("0\xd4"
                                                        "05",
                                                        4)),
                                   {}, &frames, &notes);
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->message,
            "Field 001 (directory entry 0): length and start are '0\\xd40500000', not nine digits");
}

TEST(DecodeIso2709, OverlappingFieldsCannotGrowPastTheLimit) {
  const std::string payload =
      "  \x1f"
      "a" +
      std::string(4000, 'x');
  std::string source = MakeRecord({{"500", payload}, {"501", "  "}, {"502", "  "}});
  // All three entries point to the first field.
  for (const size_t entry : {size_t{36}, size_t{48}}) source.replace(entry + 3, 9, source, 27, 9);
  EXPECT_EQ(FaultOf(source), "");
  EXPECT_EQ(FaultOf(source, 8000), "DECODED_SIZE_TOO_LARGE");
}

TEST(DecodeIso2709, EveryDamagedRecordIsAFaultOrAValidFrame) {
  const std::string good = MakeBook(1);
  for (size_t at = 0; at < good.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string frame;
      const std::string damaged = Replaced(good, at, std::string(1, static_cast<char>(value)));
      std::vector<Finding> notes;
      if (DecodeIso2709(damaged, {}, &frame, &notes).has_value()) continue;
      const auto record = RecordView::Parse(frame);
      ASSERT_TRUE(record.ok()) << at << " " << value << ": " << record.status();
      std::string again;
      // The last byte is the framer's business.
      if (record->AppendVerbatim(&again) && at + 1 < good.size()) {
        ASSERT_EQ(again, damaged);
      }
    }
  }
}

// The record with a byte behind its first field that no field claims.
std::string WithHole(const std::string& record) {
  const size_t data = record.find('\x1e') + 1;
  std::string longer = record;
  for (size_t start = 24 + 12 + 7; start < data; start += 12) {
    longer.replace(start, 5, absl::StrFormat("%05d", std::stoi(record.substr(start, 5)) + 1));
  }
  const size_t first = std::stoul(record.substr(24 + 3, 4));
  longer.insert(data + first, 1, '?');
  return longer;
}

// The frame without the record's flags, or why there is none.
std::string Outcome(const std::string& record, bool raw) {
  std::string frame;
  std::vector<Finding> notes;
  DecodeOptions options;
  options.text.raw = raw;
  const auto fault = DecodeIso2709(record, options, &frame, &notes);
  return fault.has_value() ? absl::StrCat(RowOf(fault->reason).name, " ", fault->tag)
                           : frame.substr(4);
}

TEST(DecodeIso2709, FieldsLookedAtTogetherAreWhatTheyAreOneByOne) {
  const std::string sep = "\x1f";
  const std::string record = MakeRecord({{"001", "ocm1"},
                                         {"008", "s2026"},
                                         {"245", "10" + sep + "aA" + sep + "c\xC3\xA9"},
                                         {"500", "  "},
                                         {"009", "late"},
                                         {"650", " 0" + sep + "aB"},
                                         {"700", "1 " + sep + "a" + std::string(150, 'x')}});
  const size_t data = record.find('\x1e') + 1;
  for (size_t at = data; at + 1 < record.size(); ++at) {
    for (const char byte : {'\x00', '\x1b', '\x1c', '\x1d', '\x1e', '\x1f', ' ', '~', '\x7f',
                            '\x80', '\xC3', '\xFF'}) {
      const std::string one = Replaced(record, at, std::string(1, byte));
      for (const bool raw : {false, true}) {
        ASSERT_EQ(Outcome(one, raw), Outcome(WithHole(one), raw))
            << "byte " << at << " is " << static_cast<int>(byte) << ", raw " << raw;
      }
    }
  }
}

TEST(Formats, LeaderTellsIso2709AndTextDoesNot) {
  ASSERT_NE(SniffFormat(MakeBook(1)), nullptr);
  EXPECT_EQ(SniffFormat(MakeBook(1))->name, "iso2709");
  EXPECT_EQ(SniffFormat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"), nullptr);
  EXPECT_EQ(SniffFormat(""), nullptr);
}

}  // namespace
}  // namespace marcd
