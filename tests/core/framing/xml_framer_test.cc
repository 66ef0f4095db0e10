// Where records begin and end in XML documents, whole ones and damaged ones.
#include "core/framing/xml_framer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tests/core/framing/walk.h"

namespace marcd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr absl::string_view kMarkup = "gap MARKUP";
constexpr absl::string_view kOpen = R"(<?xml version="1.0"?><collection>)";
constexpr absl::string_view kClose = "</collection>";
constexpr absl::string_view kNamespace = R"(xmlns="http://www.loc.gov/MARC21/slim")";

Walking InXml(const xml::Dialect& dialect = xml::kMarcXml) {
  Walking walking;
  walking.make_framer = [&dialect](const FramerOptions& options) {
    return std::make_unique<XmlFramer>(dialect, options);
  };
  return walking;
}

std::vector<std::string> ToldOf(const std::string& bytes) { return Told(bytes, InXml()); }

std::string Record(int number) {
  return absl::StrCat("<record><leader>00000nam a2200000 i 4500</leader>",
                      R"(<controlfield tag="001">)", number, "</controlfield>",
                      R"(<datafield tag="245" ind1="1" ind2="0"><subfield code="a">A &lt; b)",
                      R"(</subfield></datafield></record>)");
}

// As SRU answers with recordPacking=string.
std::string Escaped(const std::string& text) {
  return absl::StrReplaceAll(text, {{"<", "&lt;"}, {">", "&gt;"}, {"&", "&amp;"}});
}

std::string Sru(const std::string& record) {
  return absl::StrCat("<z:searchRetrieveResponse><z:record><z:recordData>", record,
                      "</z:recordData></z:record></z:searchRetrieveResponse>");
}

std::string Collection(const std::vector<std::string>& records) {
  return absl::StrCat(kOpen, absl::StrJoin(records, ""), kClose);
}

// The bytes of the records found.
std::vector<std::string> RecordsIn(const std::string& bytes, const Walking& walking = InXml()) {
  std::vector<std::string> records;
  for (const Stretch& each : WalkOver(bytes, walking).stretches) {
    if (each.is_record) records.push_back(bytes.substr(each.offset, each.length));
  }
  return records;
}

void ExpectSameHoweverCut(const std::string& bytes, Walking walking = InXml()) {
  const Walk whole = WalkOver(bytes, walking);
  for (const size_t chunk : {1, 2, 3, 5, 7, 16, 61, 500}) {
    walking.chunk = chunk;
    walking.block_bytes = chunk * 3;
    const Walk cut = WalkOver(bytes, walking);
    ASSERT_EQ(Told(cut), Told(whole)) << chunk << " bytes at once: " << bytes;
    ASSERT_EQ(cut.stretches, whole.stretches) << chunk << " bytes at once: " << bytes;
    ASSERT_EQ(cut.next_offset, whole.next_offset);
  }
}

// Documents of every kind that other tests of this file name.
std::vector<std::string> Documents() {
  const std::string record = Record(1);
  return {
      Collection({record, Record(2), Record(3)}),
      Collection({"\n  ", record, "\r\n\t", Record(2), "\n"}),
      record,
      absl::StrCat("\xEF\xBB\xBF", kOpen, record, kClose, "\n"),
      absl::StrCat("<!DOCTYPE collection [<!ENTITY x \"<record>]>'\"><!-- ]> --><?p ]>?>]>",
                   record),
      absl::StrCat("<a:record xmlns:a='http://www.loc.gov/MARC21/slim'></a:record>", record),
      "<zs:r><zs:record><zs:recordData>" + record + "</zs:recordData></zs:record></zs:r>",
      Sru(Escaped(Record(1))) + Sru("<![CDATA[" + Record(1) + "]]>") + record,
      "<c>&r; &amp; &#x3c;record " + record + "&lt;m:record</c>",
      "<o><record><header/><metadata>" + record + "</metadata></record></o>",
      "<o><record><header status='deleted'/></record></o>",
      Collection(
          {"<!-- ", record, " -->", Record(2), "<![CDATA[", record, "]]><?p ", record, "?>"}),
      Collection({record.substr(0, record.size() - 9), Record(2)}),
      Collection({record.substr(0, record.size() - 9)}),
      absl::StrCat(kOpen, record, record.substr(0, 70)),
      Collection({record.substr(8), Record(2)}),
      Collection({record.substr(60), Record(2)}),
      Collection({"<record/>", "<record></record>", "<record ", "<record>", record}),
      Collection(
          {absl::StrReplaceAll(record, {{"A ", "<!-- </record> --><![CDATA[</record>]]>"}})}),
      Collection({absl::StrReplaceAll(record, {{"A ", "<!-- "}}), Record(2)}),
      "no XML at all, but 1 < 2 and 3 > 2",
      "",
      "<",
  };
}

TEST(XmlFramer, RecordsOfACollectionFollowEachOtherWithoutAGap) {
  const std::string indented = Collection({"\n  ", Record(1), "\r\n  ", Record(2), "\n"});
  EXPECT_THAT(ToldOf(indented), ElementsAre(kMarkup, "record", "record", kMarkup));
  EXPECT_THAT(RecordsIn(indented), ElementsAre(Record(1) + "\r\n  ", Record(2) + "\n"));
}

TEST(XmlFramer, RecordMayStandAloneWithAnyPrefixAndWithNone) {
  for (const std::string prefix : {"", "marc:", "ns0:", "r\xC3\xA9:"}) {
    const std::string record =
        absl::StrReplaceAll(Record(1), {{"</", "</" + prefix}, {"<", "<" + prefix}});
    const std::string right = absl::StrReplaceAll(record, {{"<" + prefix + "/", "</"}});
    EXPECT_THAT(RecordsIn(right), ElementsAre(right));
    EXPECT_THAT(RecordsIn("\xEF\xBB\xBF <?xml version='1.0'?>\n" + right), ElementsAre(right));
  }
}

TEST(XmlFramer, EnvelopesHoldRecordsInElementsOfTheSameName) {
  const std::string record = Record(1);
  const std::string sru =
      "<zs:searchRetrieveResponse><zs:records><zs:record><zs:recordSchema>marcxml"
      "</zs:recordSchema><zs:recordData>" +
      record + "</zs:recordData></zs:record></zs:records></zs:searchRetrieveResponse>";
  EXPECT_THAT(RecordsIn(sru), ElementsAre(record));
  const std::string oai =
      "<OAI-PMH><ListRecords><record><header><identifier>x</identifier></header><metadata>" +
      record + "</metadata><about/></record><record><header status='deleted'/></record>" +
      "</ListRecords></OAI-PMH>";
  EXPECT_THAT(ToldOf(oai), ElementsAre(kMarkup, "record", kMarkup));
}

TEST(XmlFramer, EmptyElementIsARecordAndOneWithOtherElementsIsNot) {
  const std::string bound = absl::StrCat("<record ", kNamespace, " id='1'><x/></record>");
  EXPECT_THAT(RecordsIn(Collection({"<record/>", "<record> </record>", bound})),
              ElementsAre("<record/>", "<record> </record>", bound));
  EXPECT_THAT(ToldOf(Collection({"<record><title>Dublin Core</title></record>"})),
              ElementsAre(kMarkup));
}

TEST(XmlFramer, CommentsCdataAndInstructionsHideWhatTheyHold) {
  const std::string hidden = Record(9);
  for (const auto& [open, close] : std::vector<std::pair<std::string, std::string>>{
           {"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?x ", "?>"}}) {
    EXPECT_THAT(RecordsIn(Collection({open, hidden, close, Record(1)})), ElementsAre(Record(1)));
    const std::string inner =
        absl::StrReplaceAll(Record(2), {{"A ", open + hidden + "</collection>" + close}});
    EXPECT_THAT(ToldOf(Collection({inner, Record(3)})),
                ElementsAre(kMarkup, "record", "record", kMarkup));
    EXPECT_THAT(RecordsIn(inner), ElementsAre(inner));
  }
}

TEST(XmlFramer, DoctypeHidesWhatItHolds) {
  const std::string doctype =
      "<!DOCTYPE collection SYSTEM 'a>b' [<!-- ]> <record><leader/> --><!ENTITY x \"]><record>\">"
      "<?p ]> ?>]>";
  EXPECT_THAT(RecordsIn(doctype + Collection({Record(1)})), ElementsAre(Record(1)));
}

TEST(XmlFramer, QuotedSignsDoNotEndATag) {
  const std::string odd =
      absl::StrReplaceAll(Record(1), {{"<record>", "<record id='>/>' x=\"'\">"}});
  EXPECT_THAT(RecordsIn(Collection({odd})), ElementsAre(odd));
}

TEST(XmlFramer, RecordWithoutEndTagEndsBeforeTheNext) {
  const std::string open = Record(1).substr(0, Record(1).size() - 9);
  EXPECT_THAT(ToldOf(Collection({open, Record(2)})),
              ElementsAre(kMarkup, "record NOT_WELL_FORMED", "record", kMarkup));
  EXPECT_THAT(RecordsIn(Collection({open, Record(2)})), ElementsAre(open, Record(2)));
  EXPECT_THAT(ToldOf(Collection({Record(1), open})),
              ElementsAre(kMarkup, "record", "record NOT_WELL_FORMED", kMarkup));
  const std::string sru = "<z:record><z:d>" + open + "</z:d></z:record>" + Record(2);
  EXPECT_THAT(ToldOf(sru), ElementsAre(kMarkup, "record NOT_WELL_FORMED", kMarkup, "record"));
}

TEST(XmlFramer, RecordThatTheSourceEndsInIsTruncatedAndReadAgainFromItsBegin) {
  const std::string bytes = absl::StrCat(kOpen, Record(1), Record(2).substr(0, 80));
  const Walk walk = WalkOver(bytes, InXml());
  EXPECT_THAT(Told(walk), ElementsAre(kMarkup, "record", "record TRUNCATED_RECORD"));
  EXPECT_EQ(walk.next_offset, kOpen.size() + Record(1).size());
  EXPECT_EQ(walk.next_ordinal, 1);
}

TEST(XmlFramer, RecordWithoutStartTagIsFoundByItsLeader) {
  const std::string headless = "<rexord>" + Record(1).substr(8);
  EXPECT_THAT(ToldOf(Collection({headless, Record(2)})),
              ElementsAre(kMarkup, "record NOT_WELL_FORMED", "record", kMarkup));
  EXPECT_THAT(RecordsIn(Collection({headless}))[0], testing::StartsWith("<leader>"));
}

TEST(XmlFramer, FieldsWithoutARecordAreNoMarkup) {
  const std::string fields = Record(1).substr(Record(1).find("<controlfield"));
  EXPECT_THAT(ToldOf(Collection({fields, Record(2)})),
              ElementsAre(kMarkup, "gap NOT_A_RECORD", "record", kMarkup));
}

TEST(XmlFramer, CommentWithoutEndCostsNoRecord) {
  const std::string inner = absl::StrReplaceAll(Record(1), {{"A ", "<!-- "}});
  EXPECT_THAT(RecordsIn(Collection({inner, Record(2)})), ElementsAre(inner, Record(2)));
  EXPECT_THAT(RecordsIn(Collection({"<!-- ", Record(2)})), ElementsAre(Record(2)));
}

TEST(XmlFramer, TurbomarcIsFramedAlike) {
  const std::string record =
      R"(<r><l>00000nam</l><c001>x</c001><d245 i1="1"><sa>T</sa></d245></r>)";
  const std::string bytes = absl::StrCat("<collection>", record, "\n", record, "</collection>");
  const Walking walking = InXml(xml::kTurbomarc);
  EXPECT_THAT(RecordsIn(bytes, walking), ElementsAre(record + "\n", record));
  EXPECT_THAT(ToldOf(bytes), ElementsAre(kMarkup));
  ExpectSameHoweverCut(bytes, walking);
  ExpectSameHoweverCut(absl::StrCat("<r>", record.substr(0, 40), record), walking);
  EXPECT_THAT(RecordsIn("<r xmlns='http://www.indexdata.com/turbomarc'></r>", walking).size(), 1);
}

TEST(XmlFramer, Utf16IsOneGap) {
  std::string wide;
  for (const char c : Collection({Record(1)})) wide += {c, '\0'};
  for (const std::string& bytes : {"\xFF\xFE" + wide, wide, '\0' + wide}) {
    EXPECT_THAT(ToldOf(bytes), ElementsAre("gap UTF16"));
    ExpectSameHoweverCut(bytes);
  }
}

TEST(XmlFramer, PiecesDoNotDependOnHowTheSourceIsCut) {
  for (const std::string& document : Documents()) {
    ExpectSameHoweverCut(document);
    Walking walking = InXml();
    walking.options.max_record_bytes = 60;
    ExpectSameHoweverCut(document, walking);
  }
}

TEST(XmlFramer, RecordsThatAreTextAreNoMarkup) {
  const std::string prefixed = absl::StrReplaceAll(Record(1), {{"<", "<m:"}, {"<m:/", "</m:"}});
  for (const std::string& text :
       {Escaped(Record(1)), Escaped("<?xml version='1.0'?>\n" + prefixed),
        absl::StrReplaceAll(Record(1), {{"<", "&#x3C;"}}),
        absl::StrCat("<![CDATA[", Record(1), "]]>"),
        absl::StrCat("<![CDATA[", prefixed, std::string(2'000'000, 'x'), "]]>")}) {
    const Walk walk = WalkOver(Sru(text), InXml());
    SCOPED_TRACE(text.substr(0, 80));
    EXPECT_THAT(Told(walk), ElementsAre(kMarkup, "gap NOT_A_RECORD", kMarkup));
    EXPECT_THAT(walk.stretches[1].message, HasSubstr("recordPacking=xml"));
  }
}

TEST(XmlFramer, EntityOutsideOfRecordsIsNoMarkup) {
  const Walk walk = WalkOver(
      absl::StrCat("<!DOCTYPE c [<!ENTITY r '", Record(1), "'>]><c>&r;", Record(2), "&r;</c>"),
      InXml());
  EXPECT_THAT(Told(walk),
              ElementsAre(kMarkup, "gap NOT_A_RECORD", "record", "gap NOT_A_RECORD", kMarkup));
  EXPECT_THAT(walk.stretches[1].message, HasSubstr("entity"));
}

TEST(XmlFramer, OtherTextAroundRecordsIsMarkup) {
  for (const std::string text :
       {"a &amp; b &#65; &lt;b&gt; &lt;records> &quot;", "&", "& r;", "&;", "&amp", "&l t;",
        "<!-- &r; <record> -->", "<![CDATA[&r; <b> <records> </record2>]]>", "<?r &r;?>"}) {
    EXPECT_THAT(ToldOf(Sru(text)), ElementsAre(kMarkup)) << text;
  }
}

TEST(XmlFramer, WalkGoesOnFromAnyRecord) {
  for (const std::string& document : Documents()) {
    const Walk whole = WalkOver(document, InXml());
    for (size_t i = 0; i < whole.stretches.size(); ++i) {
      if (!whole.stretches[i].is_record) continue;
      Walking later = InXml();
      later.start_offset = whole.stretches[i].offset;
      later.options.first_ordinal = whole.stretches[i].ordinal;
      const Walk rest = WalkOver(document, later);
      const std::vector<Stretch> expected(whole.stretches.begin() + i, whole.stretches.end());
      EXPECT_EQ(rest.stretches, expected) << document;
    }
  }
}

TEST(XmlFramer, RecordOverTheLimitIsTooLargeAndCostsNoNeighbour) {
  const std::string large = absl::StrReplaceAll(Record(1), {{"A ", std::string(5000, 'x')}});
  Walking walking = InXml();
  walking.options.max_record_bytes = 1000;
  const std::string bytes = Collection({Record(0), large, Record(2)});
  EXPECT_THAT(Told(bytes, walking), ElementsAre(kMarkup, "record", "record RECORD_TOO_LARGE",
                                                kMarkup, "record", kMarkup));
  walking.chunk = 100;
  EXPECT_LT(WalkOver(bytes, walking).most_in_view, 2000);
}

TEST(XmlFramer, DocumentOfAnyLengthStreams) {
  std::string bytes(kOpen);
  for (const char* const part : {"<!--", "-->", "<![CDATA[", "]]>", "<?x ", "?>"}) {
    absl::StrAppend(&bytes, part, std::string(3'000'000, ' '));
  }
  for (int i = 0; i < 20'000; ++i) bytes += Record(i);
  Walking walking = InXml();
  walking.chunk = 64 * 1024;
  walking.block_bytes = 64 * 1024;
  const Walk walk = WalkOver(bytes, walking);
  EXPECT_EQ(walk.next_ordinal, 20'000);
  EXPECT_LT(walk.most_in_view, 2'000'000);
}

TEST(XmlFramer, HostileOpeningsTakeLinearTime) {
  for (const std::string part :
       {"<", "<!--", "<record>", "<record><!--", "<?", "<![CDATA[<record>", "<record><leader>",
        "<!DOCTYPE [", "<!DOCTYPE [<!--", "<a b='", "&", "&lt;", "&lt;record", "&x;"}) {
    std::string bytes;
    while (bytes.size() < 3'000'000) bytes += part;
    Walking walking = InXml();
    WalkOver(bytes, walking);
    walking.chunk = 256 * 1024;
    WalkOver(bytes, walking);
  }
}

std::string WithByte(std::string bytes, size_t at, char value) {
  bytes[at] = value;
  return bytes;
}

TEST(XmlFramerDamage, EveryByteSetToEightValuesCostsNoNeighbour) {
  const std::string a = Record(1) + "\n", b = Record(2) + "\n", c = Record(3) + "\n";
  const std::string before = absl::StrCat(kOpen, a), after = absl::StrCat(c, Record(4), kClose);
  for (size_t at = 0; at < b.size(); ++at) {
    for (const char value : std::string("\0\n <>&!/?\"'x\xff", 13)) {
      const std::string bytes = absl::StrCat(before, WithByte(b, at, value), after);
      const Walk walk = WalkOver(bytes, InXml());
      SCOPED_TRACE(bytes);
      ASSERT_TRUE(Delivers(walk, kOpen.size(), a.size()) || at == 0);
      ASSERT_TRUE(Delivers(walk, before.size() + b.size(), c.size()));
      ASSERT_TRUE(Delivers(walk, before.size() + b.size() + c.size(), Record(4).size()));
      // What is left of the record itself is told of, as a record.
      ASSERT_EQ(walk.next_ordinal, 4);
    }
  }
}

TEST(XmlFramerDamage, EveryTruncationKeepsTheRecordsBeforeIt) {
  const std::string bytes = Collection({Record(1), "\n", Record(2)});
  const size_t first = kOpen.size(), second = first + Record(1).size() + 1;
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::string cut = bytes.substr(0, size);
    const Walk walk = WalkOver(cut, InXml());
    ASSERT_EQ(Delivers(walk, first, second - first), size >= second) << cut;
    const bool inside = size >= second + 8 && size < second + Record(2).size();
    if (inside) {
      ASSERT_EQ(walk.stretches.back().reason, "TRUNCATED_RECORD") << cut;
    }
  }
}

TEST(XmlFramerDamage, RandomMarkupIsAccountedForHoweverCut) {
  const std::vector<std::string> parts = {"<record>",
                                          "</record>",
                                          "<leader>",
                                          "</leader>",
                                          "<controlfield tag='1'>",
                                          "<!--",
                                          "-->",
                                          "<![CDATA[",
                                          "]]>",
                                          "<?x",
                                          "?>",
                                          "<!DOCTYPE x [",
                                          "]>",
                                          "<record/>",
                                          "<m:record>",
                                          "</m:record>",
                                          "<x>",
                                          "</collection>",
                                          "'",
                                          "\"",
                                          "<",
                                          ">",
                                          "text",
                                          "&lt;record",
                                          "&",
                                          "&r;",
                                          "\n"};
  for (unsigned seed = 0; seed < 400; ++seed) {
    std::mt19937 random(seed);
    std::string bytes;
    const size_t count = random() % 40;
    for (size_t i = 0; i < count; ++i) bytes += parts[random() % parts.size()];
    Walking walking = InXml();
    if (seed % 3 == 0) walking.options.max_record_bytes = 50;
    ExpectSameHoweverCut(bytes, walking);
  }
}

}  // namespace
}  // namespace marcd
