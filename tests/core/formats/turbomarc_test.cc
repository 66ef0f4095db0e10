// Turbomarc in and out: what it has of its own; the rest is marcxml_test.cc's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/formats/format.h"
#include "core/record/record_builder.h"
#include "core/record/record_view.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr absl::string_view kLeader = "00000nam a2200000 i 4500";

const Format& Turbomarc() { return *FindFormat(8); }

Batch Repair(const std::string& document) {
  Reading reading;
  reading.format = &Turbomarc();
  reading.mode = RecoveryMode::kRepair;
  const Batch batch = ReadAll(document, reading);
  EXPECT_EQ(AccountedBytes(batch), document.size());
  return batch;
}

std::string Record(absl::string_view inside) {
  return absl::StrCat("<r xmlns=\"http://www.indexdata.com/turbomarc\">\n  <l>", kLeader, "</l>\n",
                      inside, "</r>\n");
}

std::string Encode(absl::string_view frame, const EncodeOptions& options = {}) {
  std::string out;
  std::vector<Finding> notes;
  EXPECT_FALSE(Turbomarc().encode(*RecordView::Parse(frame), options, &out, &notes).has_value());
  return out;
}

TEST(Turbomarc, IsToldFromMarcXml) {
  EXPECT_EQ(SniffFormat(Record("")), &Turbomarc());
  EXPECT_EQ(SniffFormat("<collection><r><l>x</l></r>"), &Turbomarc());
  EXPECT_EQ(SniffFormat("<collection><record><leader>"), FindFormat(2));
  EXPECT_FALSE(Turbomarc().sniff("<html><r>text</r>"));
}

TEST(Turbomarc, TagsAndCodesAreNamesOrAttributes) {
  const Batch batch = Repair(Record(R"(<c001>x1</c001><c tag="00A">y</c>)"
                                    R"(<d245 i1="1" i2="0"><sa>T</sa><s code="$">p</s></d245>)"
                                    R"(<d tag="2 5" i1=" " i2=" "><s9/></d>)"));
  EXPECT_THAT(FieldsOf(batch.frames),
              ElementsAre("001 x1", "00A   $ y", "245 10$aT$$p", "2 5   $9"));
}

TEST(Turbomarc, OddElementsAndAttributesAreTold) {
  const auto reasons = [](absl::string_view inside) { return ReasonsOf(Repair(Record(inside))); };
  EXPECT_THAT(reasons("<d245 i1='1' i2='0'><sa>T</sa></d245><note/>"),
              ElementsAre("NOT_MARC_SHAPED"));
  EXPECT_THAT(reasons("<d245 i1='1' i2='0' i3='2'><sa>T</sa></d245>"),
              ElementsAre("NOT_MARC_SHAPED"));
  EXPECT_THAT(reasons("<d245 i1='1'><sa>T</sa></d245>"), ElementsAre("INDICATOR_MISSING"));
  EXPECT_THAT(reasons("<d2455 i1='1' i2='0'><sab>T</sab></d2455>"),
              ElementsAre("TAG_INVALID", "SUBFIELD_CODE_INVALID"));
  EXPECT_THAT(reasons("<d245 i1='1' i2='0'><sa id='x'>T</sa></d245>"), IsEmpty());
}

TEST(Turbomarc, ShapeIsThatOfYazMarcdump) {
  RecordBuilder builder(kLeader);
  builder.AddControlField("001", "x<1");
  builder.AddDataField("24a", '"', ' ', {{'a', "T"}, {'$', "p&"}});
  builder.AddDataField("500", ' ', ' ', {});
  std::string frame;
  ASSERT_TRUE(builder.AppendTo(&frame).ok());
  EXPECT_EQ(Encode(frame), absl::StrCat("<r>\n  <l>", kLeader, "</l>\n",
                                        "  <c001>x&lt;1</c001>\n"
                                        "  <d24a i1=\"&quot;\" i2=\" \">\n"
                                        "    <sa>T</sa>\n"
                                        "    <s code=\"$\">p&amp;</s>\n"
                                        "  </d24a>\n"
                                        "  <d500 i1=\" \" i2=\" \">\n"
                                        "  </d500>\n"
                                        "</r>\n"));
  EncodeOptions single;
  single.single = true;
  EXPECT_THAT(Encode(frame, single), HasSubstr("<r xmlns=\"http://www.indexdata.com/turbomarc\">"));
}

TEST(Turbomarc, EveryCodeAndIndicatorComesBack) {
  for (char c = 0x20; c < 0x7F; ++c) {
    RecordBuilder builder(kLeader);
    builder.AddControlField("001", " x ");
    builder.AddDataField(std::string("2") + (c == ' ' ? '!' : c) + "5", c, c,
                         {{c, "a \u00E9 & <b>]]>\r\n"}, {c, ""}});
    std::string frame;
    ASSERT_TRUE(builder.AppendTo(&frame).ok());
    const Document document = Turbomarc().document({});
    const Batch back = Repair(absl::StrCat(document.begin, Encode(frame), document.end));
    ASSERT_EQ(back.frames, frame) << c;
    ASSERT_THAT(back.diagnostics, IsEmpty());
  }
}

TEST(Turbomarc, EveryCutIsReadAsFarAsItGoes) {
  const std::string record = Record("<c001>x1</c001><d245 i1=\"1\" i2=\"0\"><sa>T</sa></d245>");
  for (size_t size = 0; size < record.size(); ++size) Repair(record.substr(0, size));
  const Batch batch = Repair(record.substr(0, record.size() - 5) + record);
  ASSERT_EQ(batch.ordinals.size(), 2);
  EXPECT_THAT(FieldsOf(FramesOf(batch)[0]), ElementsAre("001 x1", "245 10$aT"));
}

}  // namespace
}  // namespace marcd
