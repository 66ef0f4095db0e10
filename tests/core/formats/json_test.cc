// MARC-in-JSON in and out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/formats/format.h"
#include "core/formats/json/decode.h"
#include "core/formats/json/parse_plain.h"
#include "core/record/record_builder.h"
#include "core/record/record_view.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr absl::string_view kLeader = "00000nam a2200000 i 4500";

const Format& Json() { return *FindFormat(3); }
const Format& JsonLines() { return *FindFormat(4); }

std::string Record(absl::string_view fields) {
  return absl::StrCat(R"({"leader":")", kLeader, R"(","fields":[)", fields, "]}");
}

std::string Title(absl::string_view text) {
  return absl::StrCat(R"({"245":{"ind1":"1","ind2":"0","subfields":[{"a":")", text, R"("}]}})");
}

Batch Repair(const std::string& document, Reading reading = {}) {
  reading.format = &Json();
  reading.mode = RecoveryMode::kRepair;
  const Batch batch = ReadAll(document, reading);
  EXPECT_EQ(AccountedBytes(batch), document.size()) << document;
  return batch;
}

std::vector<std::string> Fields(const std::string& document) {
  return FieldsOf(Repair(document).frames);
}

std::vector<std::string> Reasons(const std::string& document) {
  return ReasonsOf(Repair(document));
}

void ExpectRepaired(const std::string& record, const std::vector<std::string>& fields,
                    const std::string& reason) {
  SCOPED_TRACE(record);
  const Batch batch = Repair(record);
  ASSERT_EQ(batch.ordinals.size(), 1);
  EXPECT_EQ(FieldsOf(batch.frames), fields);
  ASSERT_FALSE(batch.diagnostics.empty());
  EXPECT_EQ(ReasonsOf(batch)[0], reason);
  EXPECT_EQ(batch.diagnostics[0].finding.disposition, Disposition::kRepaired);
  Reading skip;
  skip.format = &Json();
  EXPECT_THAT(ReadAll(record, skip).ordinals, IsEmpty());
}

void ExpectNoted(const std::string& record, const std::vector<std::string>& fields) {
  SCOPED_TRACE(record);
  const Batch batch = Repair(record);
  EXPECT_EQ(FieldsOf(batch.frames), fields);
  ASSERT_THAT(ReasonsOf(batch), ElementsAre("NOT_MARC_SHAPED"));
  EXPECT_EQ(batch.diagnostics[0].finding.disposition, Disposition::kNoted);
}

std::string Encode(absl::string_view frame, const Format& format = Json()) {
  std::string out;
  std::vector<Finding> notes;
  const auto view = RecordView::Parse(frame);
  EXPECT_TRUE(view.ok()) << view.status();
  EXPECT_FALSE(format.encode(*view, {}, &out, &notes).has_value());
  EXPECT_THAT(notes, IsEmpty());
  return out;
}

std::string Frame(absl::string_view control, const std::vector<SubfieldView>& subfields) {
  RecordBuilder builder(kLeader);
  builder.AddControlField("001", control);
  builder.AddDataField("245", '1', '"', subfields);
  std::string frame;
  EXPECT_TRUE(builder.AppendTo(&frame).ok());
  return frame;
}

TEST(JsonSniff, DocumentsAreToldFromLines) {
  const std::string record = Record(Title("T"));
  for (const std::string& head : {"[" + record, "\xEF\xBB\xBF [\n" + record, std::string("[]"),
                                  std::string("[1"), "{\"records\":[" + record,
                                  std::string("{\n\"leader\":\"x\""), "{\"a\":1,\n\"b\":[" + record,
                                  "// by hand\n/* [\n*/ [" + record, "[ // by hand\n" + record}) {
    EXPECT_EQ(SniffFormat(head), &Json()) << head;
  }
  for (const std::string& head :
       {record, record + "\n" + record, "\x1E" + record, record.substr(0, 30),
        std::string(" {\"a\":1}\n{"), "// by hand\n" + record}) {
    EXPECT_EQ(SniffFormat(head), &JsonLines()) << head;
  }
}

TEST(JsonSniff, OtherThingsAreNot) {
  for (const std::string& head :
       {MakeBook(1), std::string("<a/>"), std::string("=LDR  00000nam"), std::string(),
        std::string("{x"), std::string("[x"), std::string("{{"), std::string("text {\"leader\""),
        std::string("//"), std::string("/* {\"leader\""), std::string("/ {\"leader\"")}) {
    EXPECT_FALSE(Json().sniff(head) || JsonLines().sniff(head)) << head;
  }
}

TEST(JsonDecode, MembersMayComeInAnyOrder) {
  const std::vector<std::string> expected = {"001 x1", "245 10$aA$bB"};
  for (const std::string& record :
       {Record(R"({"001":"x1"},{"245":{"ind1":"1","ind2":"0","subfields":[{"a":"A"},{"b":"B"}]}})"),
        Record(R"({"001":"x1"},{"245":{"subfields":[{"a":"A"},{"b":"B"}],"ind2":"0","ind1":"1"}})"),
        absl::StrCat(R"({"fields":[{"001":"x1"},{"245":{"subfields":[{"a":"A"},{"b":"B"}],)",
                     R"("ind2":"0","ind1":"1"}}], "leader":")", kLeader, "\"}\n")}) {
    EXPECT_EQ(Fields(record), expected) << record;
    EXPECT_THAT(Reasons(record), IsEmpty()) << record;
  }
}

TEST(JsonDecode, OtherShapesAreRead) {
  const std::vector<std::string> expected = {"001 x1", "245 10$aA$bB"};
  const std::string standard =
      Record(R"({"001":"x1"},{"245":{"ind1":"1","ind2":"0","subfields":[{"a":"A"},{"b":"B"}]}})");
  for (const std::string& record :
       {// MARC-HASH.
        absl::StrCat(R"({"type":"marc-hash","version":[1,0],"leader":")", kLeader,
                     R"(","fields":[["001","x1"],["245","1","0",[["a","A"],["b","B"]]]]})"),
        // The draft of 2010.
        absl::StrCat(R"({"leader":")", kLeader, R"(","controlfield":[{"tag":"001","data":"x1"}],)",
                     R"("datafield":[{"tag":"245","ind":"10","subfield":[{"code":"a","data":"A"},)",
                     R"({"code":"b","data":"B"}]}]})"),
        // FOLIO's.
        absl::StrCat(R"({"id":"7","recordType":"MARC","parsedRecord":{"id":"8","content":)",
                     standard, R"(},"deleted":false})"),
        absl::StrCat(R"({"records":[{"parsedRecord":{"content":)", standard,
                     R"(}}],"totalRecords":1})"),
        // Objects by tags and by codes.
        absl::StrCat(R"({"leader":")", kLeader, R"(","fields":{"001":"x1","245":{"ind1":"1",)",
                     R"("ind2":"0","subfields":{"a":"A","b":"B"}}}})")}) {
    EXPECT_EQ(Fields(record), expected) << record;
    EXPECT_THAT(Reasons(record), IsEmpty()) << record;
  }
}

TEST(JsonDecode, RepeatedFieldsUnderOneTagAreFields) {
  EXPECT_THAT(Fields(absl::StrCat(R"({"leader":")", kLeader, R"(","fields":{"003":["a","b"],)",
                                  R"("650":[{"ind1":" ","ind2":"0","subfields":[{"a":"A"}]},)",
                                  R"({"ind1":" ","ind2":"1","subfields":[{"a":"B"}]}]}})")),
              ElementsAre("003 a", "003 b", "650  0$aA", "650  1$aB"));
}

TEST(JsonDecode, EscapesAreText) {
  EXPECT_THAT(Fields(Record(Title(R"(\"\\\/\b\f\n\r\t\u00e9\u00C9\ud83d\ude00 é)"))),
              ElementsAre("245 10$a\"\\/\b\f\n\r\t\u00e9\u00c9\U0001F600 \u00e9"));
  const std::string nul = Fields(Record(Title(R"(a\u0000b)"))).at(0);
  EXPECT_EQ(nul, std::string("245 10$aa\0b", 11));
  ExpectRepaired(Record(Title(R"(a\u001fb)")), {"245 10$aa b"}, "CONTROL_CHARACTER");
}

TEST(JsonDecode, WhatIsNotMarcShapedIsNotedOrRepaired) {
  const std::string title = "245 10$aT";
  ExpectNoted(absl::StrReplaceAll(Record(Title("T")), {{"{\"leader", "{\"x\":[{}],\"leader"}}),
              {title});
  ExpectNoted(absl::StrReplaceAll(Record(Title("T")), {{"\"1\"", "1"}}), {title});
  ExpectNoted(Record(R"({"001":12345678901234567890123456789012345678901234567890.5})"),
              {"001 12345678901234567890123456789012345678901234567890.5"});
  ExpectRepaired(Record(absl::StrReplaceAll(Title("T"), {{"\"T\"", "null"}})), {"245 10$a"},
                 "NOT_MARC_SHAPED");
  ExpectRepaired(Record(absl::StrReplaceAll(Title("T"), {{"\"T\"", "{\"x\":1}"}})), {"245 10$a"},
                 "NOT_MARC_SHAPED");
  ExpectRepaired(Record(absl::StrReplaceAll(Title("T"), {{"\"ind1\":\"1\",", ""}})), {"245  0$aT"},
                 "INDICATOR_MISSING");
  ExpectRepaired(Record(absl::StrReplaceAll(Title("T"), {{"\"1\"", "\"\""}})), {"245  0$aT"},
                 "INDICATOR_MISSING");
  ExpectRepaired(Record(absl::StrReplaceAll(Title("T"), {{"245", "24500"}})), {title},
                 "TAG_INVALID");
  ExpectRepaired(Record(Title("T") + ",7"), {title}, "NOT_MARC_SHAPED");
  ExpectRepaired(R"({"fields":[]})", {}, "LEADER_INVALID");
  ExpectRepaired(absl::StrCat(R"({"leader":")", kLeader, R"(","fields":7})"), {},
                 "NOT_MARC_SHAPED");
}

// The values of which there is one: the last counts, as with most parsers.
TEST(JsonDecode, WhatIsThereTwiceAndCountsOnceIsRepaired) {
  const auto draft = [](absl::string_view members) {
    return absl::StrCat(R"({"leader":")", kLeader, R"(",)", members, "}");
  };
  for (const std::string doubled :
       {R"("tag":"x","tag":"245","ind":"10")", R"("tag":"245","ind":"23","ind":"10")",
        R"("tag":"245","ind1":"2","ind1":"1","ind2":"0")",
        R"("tag":"245","ind":"13","ind2":"0")"}) {
    ExpectRepaired(draft(absl::StrCat(R"("datafield":[{)", doubled,
                                      R"(,"subfield":[{"code":"a","data":"T"}]}])")),
                   {"245 10$aT"}, "NOT_MARC_SHAPED");
  }
  ExpectRepaired(draft(R"("controlfield":[{"tag":"001","data":"a","data":"b"}])"), {"001 b"},
                 "NOT_MARC_SHAPED");
  for (const std::string doubled :
       {R"("code":"b","code":"a","data":"T")", R"("code":"a","data":"U","data":"T")"}) {
    ExpectRepaired(draft(absl::StrCat(R"("datafield":[{"tag":"245","ind":"10","subfield":[{)",
                                      doubled, "}]}]")),
                   {"245 10$aT"}, "NOT_MARC_SHAPED");
  }
  ExpectRepaired(Record(R"({"245":{"tag":"246","ind":"10","subfields":[{"a":"T"}]}})"),
                 {"246 10$aT"}, "NOT_MARC_SHAPED");
  // Nothing is lost of one that says the same.
  EXPECT_THAT(Reasons(draft(R"("controlfield":[{"tag":"001","data":"a","data":"a"}])")), IsEmpty());
}

TEST(JsonDecode, ListsThatAreThereTwiceCountTwice) {
  const std::string record = absl::StrCat(
      R"({"leader":")", kLeader, R"(","fields":[{"001":"x"}],"fields":[{"245":{"ind1":"1",)",
      R"("ind2":"0","subfields":[{"a":"A"}],"subfields":[{"b":"B"}]}}]})");
  EXPECT_THAT(Fields(record), ElementsAre("001 x", "245 10$aA$bB"));
  EXPECT_THAT(Reasons(record), IsEmpty());
}

TEST(JsonDecode, MoreElementsThanMarcHashHasAreRepaired) {
  for (const std::string field :
       {R"(["245","1","0",[["a","T","lost"]]])", R"(["245","1","0",[["a","T",["lost"]]]])",
        R"(["245","1","0",[["a","T"]],"lost"])", R"(["245","1","0",[["a","T"]],{"lost":1}])"}) {
    ExpectRepaired(Record(field), {"245 10$aT"}, "NOT_MARC_SHAPED");
  }
}

TEST(JsonDecode, NumbersOfAnySizeAreTheirText) {
  for (const std::string number : {"5e999", "-5E+99999999999", "0.1e-999", "0", "12.50"}) {
    ExpectNoted(Record(R"({"001":)" + number + "}"), {"001 " + number});
  }
}

TEST(JsonDecode, LeaderAndFieldsAreNotedAsOfXml) {
  const auto noted = [](const std::string& record) {
    DecodeOptions options;
    options.notes = true;
    std::string frames;
    std::vector<Finding> notes;
    EXPECT_FALSE(Json().decode(record, options, &frames, &notes).has_value());
    std::vector<std::string> names;
    for (const Finding& each : notes) names.emplace_back(RowOf(each.reason).name);
    return names;
  };
  const std::string odd = absl::StrReplaceAll(Record(Title("T")), {{"nam", "xam"}});
  const std::string none = Record("");
  for (const std::string blank : {"", " "}) {
    EXPECT_THAT(noted(absl::StrReplaceAll(odd, {{":", ":" + blank}})), ElementsAre("LEADER_VALUE"));
    EXPECT_THAT(noted(absl::StrReplaceAll(none, {{":", ":" + blank}})), ElementsAre("NO_FIELDS"));
  }
  EXPECT_THAT(noted(absl::StrCat(R"({"fields":[],"leader":")", kLeader, "\"}")),
              ElementsAre("NO_FIELDS"));
}

TEST(JsonDecode, ContentMayBeARecordInAString) {
  const auto folio = [](absl::string_view content) {
    return absl::StrCat(R"({"id":"7","parsedRecord":{"id":"8","content":")",
                        absl::StrReplaceAll(content, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"}}");
  };
  const std::string record = Record(Title(R"(a \"b\" \u00e9)"));
  EXPECT_THAT(Fields(folio(record)), ElementsAre("245 10$aa \"b\" \u00e9"));
  EXPECT_THAT(Reasons(folio(record)), IsEmpty());
  ExpectRepaired(folio(record.substr(0, record.size() - 2)), {"245 10$aa \"b\" \u00e9"},
                 "NOT_WELL_FORMED");
  ExpectRepaired(R"({"leader":")" + std::string(kLeader) + R"(","parsedRecord":7})", {},
                 "NOT_MARC_SHAPED");
}

// Decoded by the short way, if it is one, and by RapidJSON.
void ExpectSameEitherWay(const std::string& record) {
  SCOPED_TRACE(record);
  DecodeOptions options;
  options.notes = true;
  std::string plain, any;
  std::vector<Finding> plain_notes, any_notes;
  const auto plain_fault = DecodeJson(record, options, &plain, &plain_notes);
  if (plain_fault.has_value() && plain_fault->reason == Reason::kInvalidUtf8) return;
  const auto any_fault = json::DecodeAny(record, options, &any, &any_notes);
  ASSERT_EQ(plain_fault.has_value(), any_fault.has_value());
  if (any_fault.has_value()) {
    ASSERT_EQ(plain_fault->message, any_fault->message);
  }
  ASSERT_EQ(plain, any);
  ASSERT_EQ(plain_notes.size(), any_notes.size());
  for (size_t i = 0; i < any_notes.size(); ++i) {
    ASSERT_EQ(plain_notes[i].message, any_notes[i].message);
  }
}

bool IsPlain(const std::string& record) {
  const DecodeOptions options;
  LooseRecord loose(options);
  return json::ParsePlain(record, options, &loose);
}

TEST(JsonPlain, WhatIsPlainIsReadAsRapidJsonReadsIt) {
  const std::string record =
      Record(R"({"001":"x\ty"},{"24":""},)" + Title(R"(A \u00e9\u0000\ud83d\ude00 \"\\\/ é)") +
             R"(,{"650":{"ind1":" ","ind2":"","subfields":[]}})");
  const std::string spaced = absl::StrReplaceAll(record, {{":", " : "}, {",", ",\n"}});
  const std::string values("\0\n {}[],:\"\\x\x1f\xC3\xFFu1d", 19);
  for (const std::string& each : {record, spaced + " ,\n"}) {
    EXPECT_TRUE(IsPlain(each)) << each;
    ExpectSameEitherWay(each);
    for (size_t at = 0; at < each.size(); ++at) {
      std::string damaged = each;
      for (const char value : values) {
        damaged[at] = value;
        ExpectSameEitherWay(damaged);
      }
      ExpectSameEitherWay(each.substr(0, at));
      ExpectSameEitherWay(each.substr(0, at) + each.substr(at + 1));
    }
  }
  for (const std::string& frame : FramesOf(ReadAll(MakeBooks(20)))) {
    EXPECT_TRUE(IsPlain(Encode(frame)));
    ExpectSameEitherWay(Encode(frame));
  }
}

TEST(JsonDecode, JsonWithoutMarcHasNoRecordsAndAllOfItIsTold) {
  for (const std::string bytes :
       {R"({"name":"x","list":[1,2,{"a":"b"}]})", "[]", "[[[1]]]", "{}"}) {
    const Batch batch = Repair(bytes);
    EXPECT_THAT(batch.ordinals, IsEmpty());
    EXPECT_FALSE(batch.gaps.empty());
  }
}

TEST(JsonDecode, CommentsBeforeRecordsAreToldAndCostNone) {
  for (const std::string comment : {"// by hand\n", "/* by hand */"}) {
    const Batch batch = Repair(absl::StrCat(comment, "[", comment, Record(Title("T")), "]"));
    EXPECT_THAT(FieldsOf(batch.frames), ElementsAre("245 10$aT"));
    EXPECT_EQ(batch.gaps[0].reason, Reason::kNotARecord);
  }
}

TEST(JsonMend, WhatIsWrongInsideOfStringsCostsNothingElse) {
  ExpectRepaired(Record(Title("a\tb")), {"245 10$aa\tb"}, "NOT_WELL_FORMED");
  ExpectRepaired(Record(Title("a\nb")), {"245 10$aa\nb"}, "NOT_WELL_FORMED");
  ExpectRepaired(Record(Title(R"(a\xb)")), {R"(245 10$aa\xb)"}, "NOT_WELL_FORMED");
  ExpectRepaired(Record(Title(R"(a\u12b)")), {R"(245 10$aa\u12b)"}, "NOT_WELL_FORMED");
  ExpectRepaired(Record(Title("caf\xE9 x")), {"245 10$acaf\uFFFD x"}, "INVALID_UTF8");
  for (const std::string half : {R"(\ud83d)", R"(\ude00)", R"(\ud83dx)", R"(\ud83d\u0041)"}) {
    const std::string rest = half.size() > 7 ? "A" : half.size() > 6 ? "x" : "";
    ExpectRepaired(Record(Title(half)), {"245 10$a\uFFFD" + rest}, "INVALID_UTF8");
  }
}

TEST(JsonMend, CommasTooManyAreLeftOut) {
  ExpectRepaired(Record(Title("T") + ","), {"245 10$aT"}, "NOT_WELL_FORMED");
}

TEST(JsonMend, WhatStandsBeforeTheFaultIsDelivered) {
  for (const std::string bad : {R"({"650" "x"})", R"({"650":tru})", "{650:1}", R"({"650":"x"])"}) {
    SCOPED_TRACE(bad);
    const Batch batch =
        Repair("[" + Record(Title("T") + "," + bad) + "," + Record(Title("next")) + "]");
    const std::vector<std::string> frames = FramesOf(batch);
    ASSERT_EQ(frames.size(), 2);
    EXPECT_EQ(FieldsOf(frames[0]).at(0), "245 10$aT");
    EXPECT_THAT(FieldsOf(frames[1]), ElementsAre("245 10$anext"));
    EXPECT_THAT(ReasonsOf(batch), testing::Contains("NOT_WELL_FORMED"));
  }
}

TEST(JsonMend, RecordCutAnywhereIsDeliveredAsFarAsItGoes) {
  const std::string record = Record(Title("Long title") + "," + Title("more"));
  for (size_t size = 1; size < record.size(); ++size) {
    const Batch batch = Repair(Record(Title("T")) + "\n" + record.substr(0, size));
    SCOPED_TRACE(record.substr(0, size));
    ASSERT_GE(batch.ordinals.size(), 1);
    EXPECT_THAT(FieldsOf(FramesOf(batch)[0]), ElementsAre("245 10$aT"));
    EXPECT_EQ(ReasonsOf(batch)[0], "TRUNCATED_RECORD");
    if (size > record.find("more")) {
      EXPECT_EQ(FieldsOf(FramesOf(batch).at(1)).at(0), "245 10$aLong title");
    }
  }
}

TEST(JsonDecode, DepthIsBounded) {
  for (const std::string open : {"[", "{\"x\":"}) {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += open;
    for (const std::string& record :
         {Record(Title("T") + "," + deep), absl::StrCat(R"({"leader":")", deep),
          absl::StrCat(R"({"x":)", deep, R"(,"leader":"x")")}) {
      std::string frames;
      std::vector<Finding> findings;
      EXPECT_TRUE(Json().decode(record, {}, &frames, &findings).has_value());
      Json().mend(record, {}, &frames, &findings);
      EXPECT_FALSE(findings.empty());
      Repair(record);
    }
  }
}

TEST(JsonDamage, EveryByteDamagedIsAValidFrameOrExplainedAndCostsNoNeighbour) {
  const std::string record = Record(R"({"001":"x"},)" + Title(R"(A \u00e9 é)"));
  for (size_t at = 0; at < record.size(); ++at) {
    for (const char value : std::string("\0\n {}[],:\"\\x\x1f\xC3\xFF", 16)) {
      std::string damaged = record;
      damaged[at] = value;
      const Batch batch =
          Repair("[" + Record(Title("1")) + "," + damaged + "," + Record(Title("3")) + "]");
      SCOPED_TRACE(damaged);
      const std::vector<std::string> frames = FramesOf(batch);
      for (const std::string& frame : frames) ASSERT_TRUE(RecordView::Parse(frame).ok());
      ASSERT_GE(frames.size(), 2);
      ASSERT_THAT(FieldsOf(frames.front()), ElementsAre("245 10$a1"));
      ASSERT_THAT(FieldsOf(frames.back()), ElementsAre("245 10$a3"));
      ASSERT_TRUE(frames.size() == 3 || !batch.diagnostics.empty() || batch.gaps.size() > 2);
    }
  }
}

TEST(JsonEncode, BytesAreThoseOfPymarc) {
  const std::string frame =
      Frame("a\"\\/\n\r\t\b\f\x01\x7f\u00e9\uFFFF\U0001F600", {{'a', ""}, {'"', "T"}});
  const std::string expected =
      absl::StrCat(R"({"leader":")", kLeader,
                   R"(","fields":[{"001":"a\"\\/\n\r\t\b\f\u0001\u007f\u00e9\uffff\ud83d\ude00"},)",
                   R"({"245":{"ind1":"1","ind2":"\"","subfields":[{"a":""},{"\"":"T"}]}}]})");
  EXPECT_EQ(Encode(frame), expected);
  EXPECT_EQ(Encode(frame, JsonLines()), expected + "\n");
  EXPECT_THAT(Encode(Frame("", {})), HasSubstr(R"({"001":""},{"245":{"ind1":"1","ind2":"\"",)"
                                               R"("subfields":[]}})"));
  EXPECT_EQ(Json().document({}).begin, "[");
  EXPECT_EQ(Json().document({}).between, ",");
  EXPECT_EQ(Json().document({}).end, "]");
}

TEST(JsonRoundTrip, EveryCharacterComesBackFromEveryPlace) {
  std::string text;
  for (char c = 0; c < 0x7F; ++c) {
    if (c < 0x1D || c > 0x1F) text += c;
  }
  text += "\x7F\u0080\u07FF\u0800\uD7FF\uE000\uFFFF\U00010000\U0010FFFF";
  for (size_t before = 0; before < 40; ++before) {
    const std::string padded = std::string(before, '-') + text;
    const std::string frame = Frame(padded, {{'a', padded}, {'~', ""}, {'!', "x"}});
    ASSERT_EQ(Repair(Encode(frame)).frames, frame);
  }
  const std::string large = Frame(std::string(20'000, '\n'), {{'a', std::string(50'000, 'x')}});
  EXPECT_EQ(Repair(Encode(large)).frames, large);
}

TEST(JsonRoundTrip, BooksComeBack) {
  const Batch books = ReadAll(MakeBooks(50));
  std::string lines;
  for (const std::string& frame : FramesOf(books)) lines += Encode(frame, JsonLines());
  const Batch back = Repair(lines);
  ASSERT_EQ(back.ordinals.size(), 50);
  EXPECT_THAT(back.gaps, IsEmpty());
  for (size_t i = 0; i < 50; ++i) {
    EXPECT_EQ(FieldsOf(FramesOf(back)[i]), FieldsOf(FramesOf(books)[i]));
  }
}

}  // namespace
}  // namespace marcd
