// What fits no MARC record is repaired and told of; what fits is a frame as it stands.
#include "core/formats/loose_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/record/record_view.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr absl::string_view kLeader = "00000nam a2200000 i 4500";

using Fill = std::function<void(LooseRecord*)>;

struct Mended {
  std::vector<std::string> fields;
  std::vector<std::string> reasons;
  std::vector<Finding> findings;
  std::string frame;
};

Mended Mend(const Fill& fill, const DecodeOptions& options = {}) {
  LooseRecord record(options);
  record.SetLeader(kLeader);
  fill(&record);
  Mended mended;
  if (record.Mend("source", &mended.frame, &mended.findings))
    mended.fields = FieldsOf(mended.frame);
  for (const Finding& each : mended.findings) {
    mended.reasons.emplace_back(RowOf(each.reason).name);
  }
  return mended;
}

// Decoding says the first of what mending says, and gives nothing.
void ExpectFault(const Fill& fill, absl::string_view reason) {
  const DecodeOptions options;
  LooseRecord record(options);
  record.SetLeader(kLeader);
  fill(&record);
  std::string frames = "before";
  std::vector<Finding> notes;
  const std::optional<Finding> fault = record.Decode(&frames, &notes);
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(RowOf(fault->reason).name, reason);
  EXPECT_EQ(fault->disposition, Disposition::kSkipped);
  EXPECT_EQ(frames, "before");
  EXPECT_THAT(notes, IsEmpty());
}

void AddTitle(LooseRecord* record, absl::string_view tag, absl::string_view indicator,
              absl::string_view code, absl::string_view text) {
  record->BeginDataField(tag, indicator, "0");
  record->BeginSubfield(code);
  record->AppendText(text);
  record->EndField();
}

TEST(LooseRecord, WhatFitsIsAFrameAsItStands) {
  const DecodeOptions options;
  LooseRecord record(options);
  record.BeginControlField("001");
  record.AppendText("oc");
  record.AppendText("m1");
  record.EndField();
  record.SetLeader(kLeader);  // wherever the format has it
  record.BeginDataField("245", "1", "0");
  for (const char* const code : {"a", "b"}) {
    record.BeginSubfield(code);
    for (int i = 0; i < 40; ++i) record.AppendText(std::string(static_cast<size_t>(i), *code));
  }
  record.EndField();
  std::string frames;
  std::vector<Finding> notes;
  ASSERT_FALSE(record.Decode(&frames, &notes).has_value());
  EXPECT_THAT(FieldsOf(frames),
              ElementsAre("001 ocm1", absl::StrCat("245 10$a", std::string(780, 'a'), "$b",
                                                   std::string(780, 'b'))));
  const auto view = RecordView::Parse(frames);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->leader(), kLeader);
  EXPECT_EQ(view->field(1).flags(), kEntryAscii);
}

TEST(LooseRecord, EachMisfitIsRepairedWithItsReason) {
  struct Case {
    Fill fill;
    std::string field, reason;
  };
  const auto title = [](const std::string& tag, const std::string& indicator,
                        const std::string& code, const std::string& text) {
    return [=](LooseRecord* record) { AddTitle(record, tag, indicator, code, text); };
  };
  const std::vector<Case> cases = {
      {title("24", "1", "a", "T"), "24? 10$aT", "TAG_INVALID"},
      {title("2455", "1", "a", "T"), "245 10$aT", "TAG_INVALID"},
      {title("2\t5", "1", "a", "T"), "2?5 10$aT", "TAG_INVALID"},
      {title("", "1", "a", "T"), "??? 10$aT", "TAG_INVALID"},
      {title("245", "", "a", "T"), "245  0$aT", "INDICATOR_MISSING"},
      {title("245", "12", "a", "T"), "245  0$aT", "INDICATOR_INVALID"},
      {title("245", "\u00E9", "a", "T"), "245  0$aT", "INDICATOR_INVALID"},
      {title("245", "1", "", "T"), "245 10$ T", "SUBFIELD_CODE_MISSING"},
      {title("245", "1", "ab", "T"), "245 10$ T", "SUBFIELD_CODE_INVALID"},
      {title("245", "1", "a", "a\x1d\x1e\x1f!"), "245 10$aa   !", "CONTROL_CHARACTER"},
      {title("245", "1", "a", std::string(40, 'x') + "\x1f"),
       "245 10$a" + std::string(40, 'x') + " ", "CONTROL_CHARACTER"},
      {title("001", "1", "a", "T"), "001 T", "NOT_MARC_SHAPED"},
      {[](LooseRecord* record) {
         record->BeginControlField("245");
         record->AppendText("T");
         record->EndField();
       },
       "245   $ T", "NOT_MARC_SHAPED"},
      {[](LooseRecord* record) {
         record->BeginDataField("245", "1", "0");
         record->AppendText("T");
         record->EndField();
       },
       "245 10$ T", "SUBFIELD_CODE_MISSING"},
  };
  for (const Case& each : cases) {
    const Mended mended = Mend(each.fill);
    EXPECT_THAT(mended.fields, ElementsAre(each.field)) << each.reason;
    EXPECT_EQ(mended.reasons[0], each.reason) << each.field;
    EXPECT_EQ(mended.findings[0].disposition, Disposition::kRepaired);
    ExpectFault(each.fill, each.reason);
  }
}

TEST(LooseRecord, LeaderIsMadeOf24PrintableCharacters) {
  const auto leader_of = [](absl::string_view text, std::vector<Finding>* findings) {
    const DecodeOptions options;
    LooseRecord record(options);
    record.SetLeader(text);
    std::string frame;
    record.Mend("", &frame, findings);
    return std::string(RecordView::Parse(frame)->leader());
  };
  std::vector<Finding> findings;
  EXPECT_EQ(leader_of("short", &findings), "short                   ");
  EXPECT_EQ(leader_of(absl::StrCat(kLeader, "more"), &findings), kLeader);
  EXPECT_EQ(leader_of("00000na\u00E9a2200000 i 4500", &findings).size(), kLeaderSize);
  EXPECT_THAT(findings, SizeIs(3));
  const DecodeOptions options;
  LooseRecord none(options);
  std::string frame;
  EXPECT_TRUE(none.Mend("", &frame, &findings));
  EXPECT_EQ(findings.back().reason, Reason::kLeaderInvalid);
  LooseRecord two(options);
  two.SetLeader(kLeader);
  two.SetLeader("00000cas a2200000 i 4500");
  frame.clear();
  EXPECT_TRUE(two.Mend("", &frame, &findings));
  EXPECT_EQ(RecordView::Parse(frame)->leader(), kLeader);
  EXPECT_THAT(findings.back().message, HasSubstr("second leader"));
}

TEST(LooseRecord, TextIsComposedOnRequest) {
  DecodeOptions options;
  options.text.nfc = true;
  const auto fill = [](LooseRecord* record) { AddTitle(record, "245", "1", "a", "Cafe\u0301"); };
  EXPECT_THAT(Mend(fill).fields, ElementsAre("245 10$aCafe\u0301"));
  EXPECT_THAT(Mend(fill, options).fields, ElementsAre("245 10$aCaf\u00E9"));
}

TEST(LooseRecord, FlagsSayWhatTheTextIs) {
  const Mended mended = Mend([](LooseRecord* record) {
    AddTitle(record, "245", "1", "a", std::string(20, 'x') + "\u00E9");
    AddTitle(record, "246", "1", "a", "plain");
    AddTitle(record, "247", "1", "a", "a\x1f");
  });
  const auto view = RecordView::Parse(mended.frame);
  EXPECT_EQ(view->field(0).flags(), 0);
  EXPECT_EQ(view->field(1).flags(), kEntryAscii);
  EXPECT_EQ(view->field(2).flags(), kEntryAscii | kEntryRepaired);
}

TEST(LooseRecord, ManyFindingsOfOneReasonAreAFewAndACount) {
  const Mended mended = Mend([](LooseRecord* record) {
    for (int i = 0; i < 500; ++i) AddTitle(record, "24", "1", "a", "T");
    AddTitle(record, "245", "", "a", "T");
  });
  EXPECT_THAT(mended.fields, SizeIs(501));
  EXPECT_THAT(mended.findings, SizeIs(9));
  EXPECT_THAT(mended.findings[7].message, HasSubstr("(and 492 more like it)"));
  EXPECT_EQ(mended.reasons[8], "INDICATOR_MISSING");
}

TEST(LooseRecord, SizeIsBounded) {
  DecodeOptions options;
  options.max_payload = 100;
  const auto fill = [](LooseRecord* record) {
    AddTitle(record, "245", "1", "a", std::string(97, 'x'));
  };
  const Mended large = Mend(fill, options);
  EXPECT_THAT(large.reasons, ElementsAre("DECODED_SIZE_TOO_LARGE"));
  EXPECT_EQ(large.frame, "");
  const Mended many = Mend([](LooseRecord* record) {
    for (uint32_t i = 0; i <= kMaxFrameEntries; ++i) {
      record->BeginControlField("001");
      record->EndField();
    }
  });
  EXPECT_THAT(many.reasons, ElementsAre("DECODED_SIZE_TOO_LARGE"));
}

TEST(LooseRecord, SourceComesWithTheFrameOnRequest) {
  DecodeOptions options;
  options.with_source = true;
  const auto fill = [](LooseRecord* record) { AddTitle(record, "24", "1", "a", "T"); };
  EXPECT_EQ(RecordView::Parse(Mend(fill, options).frame)->source(), "source");
  EXPECT_EQ(RecordView::Parse(Mend(fill).frame)->source(), "");
}

TEST(LooseRecord, SourceIsLeftOutWhereTheFrameHasNoEntryForIt) {
  DecodeOptions options;
  options.with_source = true;
  const auto fill = [](LooseRecord* record) {
    for (uint32_t i = 0; i < kMaxFrameEntries; ++i) AddTitle(record, "24", "1", "a", "T");
  };
  const auto record = RecordView::Parse(Mend(fill, options).frame);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->size(), kMaxFrameEntries);
}

}  // namespace
}  // namespace marcd
