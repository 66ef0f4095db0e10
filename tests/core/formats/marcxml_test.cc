// MARCXML in and out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/formats/format.h"
#include "core/formats/xml/parse_expat.h"
#include "core/formats/xml/parse_plain.h"
#include "core/record/record_builder.h"
#include "core/record/record_view.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr absl::string_view kLeader = "00000nam a2200000 i 4500";
constexpr absl::string_view kOpen = R"(<collection xmlns="http://www.loc.gov/MARC21/slim">)";
constexpr absl::string_view kClose = "</collection>";

const Format& MarcXml() { return *FindFormat(2); }

// A record with a leader and this inside.
std::string Record(absl::string_view inside) {
  return absl::StrCat("<record><leader>", kLeader, "</leader>", inside, "</record>");
}

std::string Title(absl::string_view text) {
  return absl::StrCat(R"(<datafield tag="245" ind1="1" ind2="0"><subfield code="a">)", text,
                      "</subfield></datafield>");
}

Batch Repair(const std::string& document, Reading reading = {}) {
  reading.format = &MarcXml();
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

// What STRICT and SKIP leave out, REPAIR mends.
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
  skip.format = &MarcXml();
  EXPECT_THAT(ReadAll(record, skip).ordinals, IsEmpty());
}

std::string Encode(absl::string_view frame, const EncodeOptions& options = {},
                   std::vector<Finding>* notes = nullptr) {
  std::string out;
  std::vector<Finding> unused;
  const auto view = RecordView::Parse(frame);
  EXPECT_TRUE(view.ok()) << view.status();
  EXPECT_FALSE(
      MarcXml().encode(*view, options, &out, notes == nullptr ? &unused : notes).has_value());
  return out;
}

std::string Frame(const std::vector<std::pair<std::string, std::string>>& controls,
                  const std::vector<SubfieldView>& subfields) {
  RecordBuilder builder(kLeader);
  for (const auto& [tag, text] : controls) builder.AddControlField(tag, text);
  builder.AddDataField("245", '1', '0', subfields);
  std::string frame;
  EXPECT_TRUE(builder.AppendTo(&frame).ok());
  return frame;
}

TEST(MarcXmlSniff, DocumentsAreToldByTheirElements) {
  const std::string record = Record(Title("T"));
  for (const std::string& head :
       {record, absl::StrCat("\xEF\xBB\xBF \n", record),
        absl::StrCat("<?xml version='1.0'?><!-- c --><!DOCTYPE x [<!ENTITY e '>'>]>", record),
        absl::StrCat("<collection>", std::string(70'000, ' ')), absl::StrCat(kOpen),
        std::string("<o:OAI-PMH xmlns:o='x'>"), "<a>" + record + "</a>",
        std::string("<m:x xmlns:m='http://www.loc.gov/MARC21/slim'>")}) {
    EXPECT_EQ(SniffFormat(head.substr(0, 65'536)), &MarcXml()) << head.substr(0, 100);
  }
  std::string wide = "\xFF\xFE";
  for (const char c : record) wide += {c, '\0'};
  EXPECT_EQ(SniffFormat(wide), &MarcXml());
}

TEST(MarcXmlSniff, OtherThingsAreNot) {
  for (const std::string& head :
       {MakeBook(1), std::string("<html><body>record</body></html>"), std::string("<mods><note/>"),
        std::string("=LDR  00000nam"), std::string("[{\"leader\":"), std::string("< 1"),
        std::string("<r><l>x</l></r>"), std::string(), std::string("<"), std::string(100, '<'),
        std::string("<collection xmlns=\"http://www.indexdata.com/turbomarc\">")}) {
    EXPECT_FALSE(MarcXml().sniff(head)) << head;
  }
}

TEST(MarcXmlDecode, RecordIsReadWhateverItsPrefix) {
  const std::string plain =
      Record(absl::StrCat(R"(<controlfield tag="001">x1</controlfield>)", Title("A &amp; B")));
  for (const std::string& record :
       {plain,
        absl::StrReplaceAll(plain, {{"</", "</m:"},
                                    {"<r", "<m:r"},
                                    {"<l", "<m:l"},
                                    {"<c", "<m:c"},
                                    {"<d", "<m:d"},
                                    {"<s", "<m:s"}}),
        absl::StrReplaceAll(plain, {{"><", ">\r\n  <"}}),
        absl::StrReplaceAll(plain, {{"\"", "'"}, {"=", " = "}, {"'>", "' >"}}),
        absl::StrReplaceAll(plain, {{"<record>",
                                     "<record type='Bibliographic' id='r1' "
                                     "xmlns:xsi='x' xsi:schemaLocation='a b'>"}})}) {
    EXPECT_THAT(Fields(record), ElementsAre("001 x1", "245 10$aA & B")) << record;
    EXPECT_THAT(Reasons(record), IsEmpty()) << record;
  }
}

TEST(MarcXmlDecode, TextIsWhatXmlSaysItIs) {
  const auto text = [](absl::string_view xml) {
    return Fields(Record(Title(xml))).at(0).substr(8);
  };
  EXPECT_EQ(text("&lt;&gt;&amp;&quot;&apos;&#233;&#x1F600;&#xe9;"), "<>&\"'\u00E9\U0001F600\u00E9");
  EXPECT_EQ(text("a<![CDATA[<b> & ]]>c"), "a<b> & c");
  EXPECT_EQ(text("a<!-- no -->b<?no no?>c"), "abc");
  EXPECT_EQ(text("a\r\nb\rc\td"), "a\nb\nc\td");
  EXPECT_EQ(text("a&#13;&#10;&#9;b"), "a\r\n\tb");
  EXPECT_EQ(text("  blanks  "), "  blanks  ");
  EXPECT_EQ(text("\u0105\uFF21]] >\uFFFD"), "\u0105\uFF21]] >\uFFFD");
  EXPECT_EQ(text(""), "");
}

TEST(MarcXmlDecode, AttributesMayComeInAnyOrderAndEmptyElementsBeShort) {
  EXPECT_THAT(
      Fields(Record(R"(<datafield ind2="0" tag="245" ind1="1"><subfield code="a"/></datafield>)"
                    R"(<controlfield tag="003"/><datafield tag="500" ind1=" " ind2=" "/>)")),
      ElementsAre("245 10$a", "003 ", "500   "));
}

TEST(MarcXmlDecode, WhatMarcHasNoPlaceForIsTold) {
  const std::string title = "245 10$aT";
  ExpectRepaired(Record(Title("T") + "<note>N</note>"), {title}, "NOT_MARC_SHAPED");
  ExpectRepaired(Record("stray" + Title("T")), {title}, "NOT_MARC_SHAPED");
  ExpectRepaired(Record(Title("<b>T</b>")), {title}, "NOT_MARC_SHAPED");
  ExpectRepaired(Record(absl::StrReplaceAll(Title("T"), {{"</datafield>", "x\n y </datafield>"}})),
                 {title + "$ x\n y"}, "NOT_MARC_SHAPED");
  ExpectRepaired(Record(absl::StrReplaceAll(Title("T"), {{"subfield", "subfeild"}})), {"245 10$ T"},
                 "NOT_MARC_SHAPED");
  ExpectRepaired(Record(Title("T") + "<subfield code='a'>loose</subfield>"), {title},
                 "NOT_MARC_SHAPED");
  ExpectRepaired(Record(absl::StrReplaceAll(Title("T"), {{" tag=\"245\"", ""}})), {"??? 10$aT"},
                 "TAG_INVALID");
  ExpectRepaired(Record(absl::StrReplaceAll(Title("T"), {{" ind1=\"1\"", ""}})), {"245  0$aT"},
                 "INDICATOR_MISSING");
  ExpectRepaired("<record></record>", {}, "LEADER_INVALID");
  // An attribute more does not change what is delivered.
  const Batch noted = Repair(Record(absl::StrReplaceAll(Title("T"), {{" tag", " odd='1' tag"}})));
  EXPECT_THAT(ReasonsOf(noted), ElementsAre("NOT_MARC_SHAPED"));
  EXPECT_EQ(noted.diagnostics[0].finding.disposition, Disposition::kNoted);
}

TEST(MarcXmlDecode, IndentationIsNoPartOfALeader) {
  const auto leader = [](absl::string_view text) {
    const Batch batch =
        Repair(absl::StrCat("<record><leader>", text, "</leader>", Title("T"), "</record>"));
    return std::string(RecordView::Parse(batch.frames)->leader());
  };
  EXPECT_EQ(leader(absl::StrCat("\n    ", kLeader, "\n  ")), kLeader);
  EXPECT_EQ(leader("     nam a22     4i 4500"), "     nam a22     4i 4500");
  EXPECT_EQ(leader("      Z   22 4500"), "      Z   22 4500       ");
  EXPECT_THAT(Reasons(absl::StrCat("<record><leader>", kLeader, "</leader><leader>", kLeader,
                                   "</leader></record>")),
              testing::Contains("LEADER_INVALID"));
}

TEST(MarcXmlDecode, NotesAreThoseOfIso2709) {
  EXPECT_THAT(Reasons(Record("")), ElementsAre("NO_FIELDS"));
  EXPECT_THAT(Reasons(absl::StrReplaceAll(Record(Title("T")), {{"nam", "xam"}})),
              ElementsAre("LEADER_VALUE"));
}

TEST(MarcXmlMend, WhatStandsBeforeTheFaultIsDelivered) {
  const std::string good = Title("T");
  for (const std::string bad :
       {"<x></y>", "<datafield tag='1' tag='2'/>", "&nothing;", "&#0;", "<"}) {
    SCOPED_TRACE(bad);
    const Batch batch =
        Repair(absl::StrCat(kOpen, Record(good + bad), Record(Title("next")), kClose));
    ASSERT_EQ(batch.ordinals.size(), 2);
    EXPECT_EQ(FieldsOf(FramesOf(batch)[0]).at(0), "245 10$aT");
    EXPECT_EQ(FieldsOf(FramesOf(batch)[1]).at(0), "245 10$anext");
    const Finding& finding = batch.diagnostics.back().finding;
    EXPECT_EQ(finding.reason, Reason::kNotWellFormed);
    EXPECT_THAT(finding.message, HasSubstr("at byte 1"));
    EXPECT_THAT(finding.message, HasSubstr("line 1"));
  }
}

TEST(MarcXmlMend, BytesThatAreNotUtf8AndControlsCostNothingElse) {
  ExpectRepaired(Record(Title("caf\xE9 au lait")), {"245 10$acaf\uFFFD au lait"}, "INVALID_UTF8");
  ExpectRepaired(Record(Title("a\x1f\uFFFE!")), {"245 10$aa\uFFFD\uFFFD!"}, "NOT_WELL_FORMED");
}

TEST(MarcXmlMend, RecordCutAnywhereIsDeliveredAsFarAsItGoes) {
  const std::string record = Record(Title("Long title") + Title("more"));
  for (size_t size = 8; size < record.size(); ++size) {
    const Batch batch = Repair(absl::StrCat(kOpen, Record(Title("T")), record.substr(0, size)));
    SCOPED_TRACE(record.substr(0, size));
    ASSERT_GE(batch.ordinals.size(), 1);
    EXPECT_EQ(FieldsOf(FramesOf(batch)[0]).at(0), "245 10$aT");
    EXPECT_EQ(ReasonsOf(batch)[0], "TRUNCATED_RECORD");
    if (size > record.find("more")) {
      EXPECT_EQ(FieldsOf(FramesOf(batch).at(1)).at(0), "245 10$aLong title");
    }
  }
}

TEST(MarcXmlMend, RecordsWithoutTheirTagsKeepTheirFields) {
  const std::string whole = Record(Title("T"));
  const Batch no_end =
      Repair(absl::StrCat(kOpen, whole.substr(0, whole.size() - 9), whole, kClose));
  const Batch no_start = Repair(absl::StrCat(kOpen, whole.substr(8), whole, kClose));
  for (const Batch& batch : {no_end, no_start}) {
    ASSERT_EQ(batch.ordinals.size(), 2);
    for (const std::string& frame : FramesOf(batch)) {
      EXPECT_THAT(FieldsOf(frame), ElementsAre("245 10$aT"));
    }
    EXPECT_EQ(ReasonsOf(batch)[0], "NOT_WELL_FORMED");
  }
}

TEST(MarcXmlContext, EncodingsAreThoseOfTheDeclaration) {
  const auto text = [](absl::string_view encoding, absl::string_view bytes) {
    const std::string document = absl::StrCat("<?xml version='1.0' encoding='", encoding, "'?>",
                                              kOpen, Record(Title(bytes)), kClose);
    const Batch batch = Repair(document);
    return batch.frames.empty() ? "" : FieldsOf(batch.frames)[0].substr(8);
  };
  EXPECT_EQ(text("UTF-8", "\u00E9"), "\u00E9");
  EXPECT_EQ(text("ISO-8859-1", "\xE9"), "\u00E9");
  EXPECT_EQ(text("windows-1252", "\x93\xE9\x94"), "\u201C\u00E9\u201D");
  EXPECT_EQ(text("koi8-r", "\xC4\xC1"), "\u0434\u0430");
  EXPECT_EQ(text("US-ASCII", "e"), "e");
  EXPECT_EQ(text("no-such", "e"), "");
  // The mark tells what the bytes are.
  EXPECT_THAT(Fields(absl::StrCat("\xEF\xBB\xBF<?xml version='1.0' encoding='latin1'?>",
                                  Record(Title("\u00E9")))),
              ElementsAre("245 10$a\u00E9"));
}

TEST(MarcXmlContext, DoctypeDeclaresEntitiesAndDefaults) {
  const std::string document = absl::StrCat(
      "<!DOCTYPE collection [<!ENTITY pub 'GPO &#169;'><!ATTLIST datafield ind1 CDATA '7'>]>",
      kOpen,
      Record(R"(<datafield tag="260" ind2=" "><subfield code="b">&pub;</subfield></datafield>)"),
      kClose);
  EXPECT_THAT(Fields(document), ElementsAre("260 7 $bGPO \u00A9"));
  EXPECT_THAT(Reasons(document), IsEmpty());
}

TEST(MarcXmlContext, NothingOutsideOfTheDocumentIsRead) {
  const std::string document = absl::StrCat(
      "<!DOCTYPE collection SYSTEM 'file:///etc/passwd' [<!ENTITY x SYSTEM 'file:///etc/passwd'>"
      "<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>",
      kOpen, Record(Title("a&x;b") + Title("c&y;d")), kClose);
  EXPECT_THAT(Fields(document), ElementsAre("245 10$aab", "245 10$acd"));
  EXPECT_THAT(Reasons(document), ElementsAre("NOT_WELL_FORMED", "NOT_WELL_FORMED"));
}

TEST(MarcXmlContext, EntitiesThatGrowAreBounded) {
  std::string dtd = "<!DOCTYPE c [<!ENTITY a0 'lololololololololololololololololololol'>";
  for (int i = 1; i < 12; ++i) {
    absl::StrAppend(&dtd, "<!ENTITY a", i, " '");
    for (int j = 0; j < 10; ++j) absl::StrAppend(&dtd, "&a", i - 1, ";");
    absl::StrAppend(&dtd, "'>");
  }
  const std::string document =
      absl::StrCat(dtd, "]>", kOpen, Record(Title("&a11;")), Record(Title("next")), kClose);
  Reading reading;
  reading.max_record_bytes = 100'000;
  const Batch batch = Repair(document, reading);
  EXPECT_THAT(FramesOf(batch), SizeIs(1));
  EXPECT_EQ(ReasonsOf(batch)[0], "DECODED_SIZE_TOO_LARGE");
  EXPECT_LT(Repair(document).frames.size(), 65 * 1024 * 1024);
}

TEST(MarcXmlDecode, DepthIsBounded) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<x>";
  const Batch batch = Repair(Record(Title("T") + deep));
  EXPECT_THAT(FieldsOf(batch.frames), ElementsAre("245 10$aT"));
  EXPECT_THAT(batch.diagnostics.back().finding.message, testing::Not(IsEmpty()));
}

TEST(MarcXmlDecode, CompositionIsDoneOnRequest) {
  Reading reading;
  reading.text.nfc = true;
  EXPECT_THAT(FieldsOf(Repair(Record(Title("Cafe\u0301")), reading).frames),
              ElementsAre("245 10$aCaf\u00E9"));
}

// Expat's word on a record, or what ParsePlain() says if `plain`: the frame and what
// was found.
std::string Parsed(const std::string& record, bool plain, bool* understood) {
  const auto read = [](absl::string_view name, absl::Span<const xml::Attribute> attributes) {
    xml::Element element;
    element.kind = name == "record"      ? xml::Element::kRecord
                   : name == "leader"    ? xml::Element::kLeader
                   : name == "datafield" ? xml::Element::kDataField
                   : name == "subfield"  ? xml::Element::kSubfield
                                         : xml::Element::kUnknown;
    for (const auto& each : attributes) {
      (each.name == "ind1"   ? element.indicator1
       : each.name == "ind2" ? element.indicator2
                             : element.value) = each.value;
    }
    return element;
  };
  const xml::Reader reader = {&xml::kMarcXml, read};
  const DecodeOptions options;
  LooseRecord loose(options);
  xml::RecordHandler handler(reader, options, &loose);
  *understood =
      plain ? xml::ParsePlain(record, &handler)
            : !xml::ParseByExpat(record, xml::Context(""), "", &handler, &loose).has_value();
  handler.Finish();
  std::string frame;
  std::vector<Finding> findings;
  loose.Mend("", &frame, &findings);
  for (const Finding& each : findings) absl::StrAppend(&frame, each.message, "\n");
  return frame;
}

void ExpectExpatAgrees(const std::string& record, size_t* plain_ones) {
  bool plain = false, whole = false;
  const std::string ours = Parsed(record, true, &plain);
  if (!plain) return;
  ++*plain_ones;
  const std::string expats = Parsed(record, false, &whole);
  ASSERT_TRUE(whole) << record;
  ASSERT_EQ(ours, expats) << record;
}

TEST(ParsePlain, UnderstandsNothingThatExpatDoesNot) {
  const std::string record = absl::StrReplaceAll(
      Record(Title("A&amp;b &#233;\u00E9]]\uFFFD>") + Title("c\n") + "<x/>"), {{"><d", "> \n<d"}});
  const std::vector<std::string> parts = {"&",        "<",           ">",
                                          "\"",       "'",           "=",
                                          "/",        " ",           "\n",
                                          "\r",       "\t",          ";",
                                          "]",        "]]>",         "&#0;",
                                          "&#xD800;", "&#x110000;",  "&lt;",
                                          "&#13;",    "\x01",        "\xEF\xBF\xBF",
                                          "\xC3",     "<!-- x -->",  "<![CDATA[x]]>",
                                          "<?x?>",    "</subfield>", "<subfield code='b'>",
                                          "a:",       ":",           "-",
                                          "1",        "\u00E9",      "&x;",
                                          "x",        "a='b'",       " a='b'"};
  size_t plain = 0;
  for (size_t at = 0; at <= record.size(); ++at) {
    for (const std::string& part : parts) {
      ExpectExpatAgrees(absl::StrCat(record.substr(0, at), part, record.substr(at)), &plain);
      if (at < record.size()) {
        ExpectExpatAgrees(absl::StrCat(record.substr(0, at), part, record.substr(at + 1)), &plain);
      }
    }
    ExpectExpatAgrees(record.substr(0, at), &plain);
    ExpectExpatAgrees(record.substr(at), &plain);
  }
  EXPECT_GT(plain, 1000);
  for (unsigned seed = 0; seed < 20'000; ++seed) {
    std::mt19937 random(seed);
    std::string damaged = record;
    for (int i = 0; i < 3; ++i) {
      damaged.insert(random() % damaged.size(), parts[random() % parts.size()]);
    }
    ExpectExpatAgrees(damaged, &plain);
  }
}

TEST(MarcXmlDamage, EveryByteDamagedIsAValidFrameOrExplainedAndCostsNoNeighbour) {
  const std::string record = Record(Title("A &lt; \u00E9"));
  for (size_t at = 0; at < record.size(); ++at) {
    for (const char value : std::string("\0\n <>&!/?\"'x\x1f\xC3\xFF", 15)) {
      std::string damaged = record;
      damaged[at] = value;
      const std::string document =
          absl::StrCat(kOpen, Record(Title("1")), damaged, Record(Title("3")), kClose);
      const Batch batch = Repair(document);
      SCOPED_TRACE(document);
      const std::vector<std::string> frames = FramesOf(batch);
      for (const std::string& frame : frames) ASSERT_TRUE(RecordView::Parse(frame).ok());
      ASSERT_GE(frames.size(), 2);
      ASSERT_THAT(FieldsOf(frames.front()), ElementsAre("245 10$a1"));
      ASSERT_THAT(FieldsOf(frames.back()), ElementsAre("245 10$a3"));
      ASSERT_TRUE(frames.size() == 3 || !batch.diagnostics.empty());
    }
  }
}

TEST(MarcXmlEncode, BytesAreThoseOfPymarc) {
  const std::string frame = Frame({{"001", "a<b>&\"c'"}, {"003", ""}}, {{'a', "T\n\t"}, {'"', ""}});
  EXPECT_EQ(Encode(frame),
            absl::StrCat("<record><leader>", kLeader,
                         R"(</leader><controlfield tag="001">a&lt;b&gt;&amp;"c'</controlfield>)"
                         R"(<controlfield tag="003" /><datafield ind1="1" ind2="0" tag="245">)",
                         "<subfield code=\"a\">T\n\t</subfield>",
                         R"(<subfield code="&quot;" /></datafield></record>)"));
  EXPECT_THAT(Encode(Frame({}, {})), HasSubstr(R"(<datafield ind1="1" ind2="0" tag="245" />)"));
  const Document document = MarcXml().document({});
  EXPECT_EQ(document.begin, absl::StrCat(R"(<?xml version="1.0" encoding="UTF-8"?>)", kOpen));
  EXPECT_EQ(document.end, kClose);
}

TEST(MarcXmlEncode, SingleRecordIsTheDocument) {
  EncodeOptions single;
  single.single = true;
  EXPECT_EQ(MarcXml().document(single).begin, R"(<?xml version="1.0" encoding="UTF-8"?>)");
  EXPECT_EQ(MarcXml().document(single).end, "");
  EXPECT_THAT(Encode(Frame({}, {}), single),
              testing::StartsWith(R"(<record xmlns="http://www.loc.gov/MARC21/slim"><leader>)"));
}

TEST(MarcXmlEncode, WhatXmlCannotHoldIsReplacedAndTold) {
  std::vector<Finding> notes;
  const std::string xml = Encode(Frame({{"001",
                                         "a\x01"
                                         "b\x1b"}},
                                       {{'a', "\uFFFE\uFFFF\uFFFD\uFF21"}}),
                                 {}, &notes);
  EXPECT_THAT(xml, HasSubstr(">a\uFFFDb\uFFFD<"));
  EXPECT_THAT(xml, HasSubstr(">\uFFFD\uFFFD\uFFFD\uFF21<"));
  ASSERT_THAT(notes, SizeIs(1));
  EXPECT_EQ(notes[0].reason, Reason::kCharacterNotAllowed);
  EXPECT_EQ(notes[0].disposition, Disposition::kRepaired);
  EXPECT_THAT(notes[0].message, HasSubstr("4 characters"));
}

TEST(MarcXmlRoundTrip, EveryCharacterThatXmlHasComesBack) {
  std::string text;
  for (char c = 0x20; c < 0x7F; ++c) text += c;
  text += "\t\n\r\r\n\x7F\u0080\u0085\u2028]]>\uD7FF\uE000\uFFFD\U00010000\U0010FFFF";
  for (char code = 0x20; code < 0x7F; ++code) {
    const std::string frame = Frame({{"001", text}}, {{code, text}, {code, ""}});
    const std::string document = absl::StrCat(MarcXml().document({}).begin, Encode(frame), kClose);
    ASSERT_EQ(Repair(document).frames, frame);
  }
}

TEST(MarcXmlRoundTrip, BooksComeBack) {
  const Batch books = ReadAll(MakeBooks(50));
  std::string document(MarcXml().document({}).begin);
  for (const std::string& frame : FramesOf(books)) document += Encode(frame);
  absl::StrAppend(&document, kClose);
  const Batch back = Repair(document);
  ASSERT_EQ(back.ordinals.size(), 50);
  for (size_t i = 0; i < 50; ++i) {
    EXPECT_EQ(FieldsOf(FramesOf(back)[i]), FieldsOf(FramesOf(books)[i]));
  }
}

}  // namespace
}  // namespace marcd
