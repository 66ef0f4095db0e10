// Framing of MARC records in JSON.
#include "core/framing/json_framer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
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

constexpr char kMarkup[] = "gap MARKUP";
constexpr char kNotARecord[] = "gap NOT_A_RECORD";
constexpr char kBroken[] = "record NOT_WELL_FORMED";

Walking InJson() {
  Walking walking;
  walking.make_framer = [](const FramerOptions& options) {
    return std::make_unique<JsonFramer>(options);
  };
  return walking;
}

std::vector<std::string> ToldOf(const std::string& bytes) { return Told(bytes, InJson()); }

std::string Record(int number) {
  return absl::StrCat(R"({"leader":"00000nam a2200000 i 4500","fields":[{"001":")", number,
                      R"("},{"245":{"ind1":"1","ind2":"0","subfields":[{"a":"A {\"b} [,"}]}}]})");
}

// As Elasticsearch's hits and Solr's documents have it.
std::string Hit(int number) {
  return absl::StrCat(R"({"_id":")", number, R"(","_source":{"marc":)", Record(number),
                      R"(,"x":[1]}})");
}

// As FOLIO's source records have it.
std::string Folio(int number) {
  return absl::StrCat(R"({"id":"f)", number, R"(","rawRecord":{"id":"r","content":"00000{"},)",
                      R"("parsedRecord":{"id":"p","content":)", Record(number), "}}");
}

std::string Array(const std::vector<std::string>& records) {
  return absl::StrCat("[", absl::StrJoin(records, ","), "]");
}

std::vector<std::string> RecordsIn(const std::string& bytes) {
  std::vector<std::string> records;
  for (const Stretch& each : WalkOver(bytes, InJson()).stretches) {
    if (each.is_record) records.push_back(bytes.substr(each.offset, each.length));
  }
  return records;
}

void ExpectSameHoweverCut(const std::string& bytes, const std::vector<size_t>& chunks,
                          Walking walking = InJson()) {
  const Walk whole = WalkOver(bytes, walking);
  for (const size_t chunk : chunks) {
    walking.chunk = chunk;
    walking.block_bytes = chunk * 3;
    const Walk cut = WalkOver(bytes, walking);
    ASSERT_EQ(Told(cut), Told(whole)) << chunk << " bytes at once: " << bytes;
    ASSERT_EQ(cut.stretches, whole.stretches) << chunk << " bytes at once: " << bytes;
    ASSERT_EQ(cut.next_offset, whole.next_offset);
  }
}

void ExpectSameHoweverCut(const std::string& bytes, const Walking& walking = InJson()) {
  ExpectSameHoweverCut(bytes, {1, 2, 3, 7, 16, 61, 500}, walking);
}

std::string Pretty(const std::string& record) {
  return absl::StrReplaceAll(record, {{"{\"", "{\n  \""}, {"},", "},\n"}, {"\":", "\" : "}});
}

std::vector<std::string> Documents() {
  const std::string a = Record(1), b = Record(2);
  return {Array({a, b, Record(3)}),
          absl::StrCat("\xEF\xBB\xBF [\r\n", a, "\n,\n", b, "\n]\n"),
          a,
          absl::StrCat(a, "\n", b, "\r\n\n", a),
          absl::StrCat("\x1E", a, "\n\x1E", b, "\n"),
          Pretty(a) + Pretty(b),
          absl::StrCat(R"({"totalRecords":2,"sourceRecords":)", Array({Folio(1), Folio(2)}), "}"),
          absl::StrCat(R"({"records":)", Array({Folio(1), Folio(2)}), R"(,"totalRecords":2})"),
          absl::StrCat(R"({"result":{"hits":)", Array({a, b}), R"(},"took":1.5e3,"x":null})"),
          absl::StrCat(R"({"hits":{"total":{"value":2},"hits":)", Array({Hit(1), Hit(2)}), "}}"),
          absl::StrCat(R"({"1":)", a, R"(,"2":)", b, "}"),
          Hit(1).substr(0, 90) + "\n" + Hit(2),
          Folio(1) + "\n" + Folio(2) + "\n",
          R"([1,"x",{"no":"marc"},[],{},true])",
          Array({a.substr(0, a.size() - 1), b}),
          Array({a.substr(0, 60), b}),
          a.substr(0, 100) + "\n" + b,
          a + "\n" + b.substr(0, 100),
          Array({With(a, 3, "\""), b}),
          Folio(1).substr(0, 90) + "\n" + Folio(2),
          "{\"",
          "{ ",
          "no JSON {\"leader\" or [",
          ""};
}

TEST(JsonFramer, RecordsOfAnArrayFollowEachOtherWithoutAGap) {
  const std::string bytes = absl::StrCat("[ ", Record(1), " ,\n", Record(2), "\n]");
  EXPECT_THAT(ToldOf(bytes), ElementsAre(kMarkup, "record", "record", kMarkup));
  EXPECT_THAT(RecordsIn(bytes), ElementsAre(Record(1) + " ,\n", Record(2) + "\n"));
}

TEST(JsonFramer, ObjectsFollowEachOtherOnLinesOrMarkedOrNot) {
  const std::string a = Record(1), b = Record(2);
  EXPECT_THAT(ToldOf(a + "\n" + b + "\n"), ElementsAre("record", "record"));
  EXPECT_THAT(ToldOf(Pretty(a) + "\n" + Pretty(b)), ElementsAre("record", "record"));
  EXPECT_THAT(ToldOf("\x1E" + a + "\n\x1E" + b + "\n"), ElementsAre(kMarkup, "record", "record"));
  EXPECT_THAT(RecordsIn(a + b), ElementsAre(a, b));
}

TEST(JsonFramer, WrappersOfFolioAreMarkup) {
  const std::string records = Array({Folio(1), Folio(2)});
  for (const std::string& bytes :
       {absl::StrCat(R"({"sourceRecords":)", records, R"(,"totalRecords":2})"),
        absl::StrCat(R"({"totalRecords":2,"records" : )", records, "}"),
        absl::StrCat(R"({"a":{"b":[)", Record(1), ",", Record(2), "]}}")}) {
    EXPECT_THAT(ToldOf(bytes), ElementsAre(kMarkup, "record", "record", kMarkup)) << bytes;
  }
  EXPECT_THAT(RecordsIn(Folio(1) + "\n" + Folio(2)), ElementsAre(Folio(1) + "\n", Folio(2)));
}

TEST(JsonFramer, RecordsThatAreMembersOfOtherObjectsAreFound) {
  const std::string a = Record(1), b = Record(2);
  for (const std::string& bytes :
       {absl::StrCat(R"({"1":)", a, R"( ,"2" : )", b, "}"),
        absl::StrCat(R"({"took":1,"hits":{"total":{"value":2},"hits":)", Array({Hit(1), Hit(2)}),
                     "}}"),
        absl::StrCat(R"({"response":{"docs":)", Array({Hit(1), Hit(2)}), R"(},"status":0})"),
        absl::StrCat(R"({"docs":[{"p":{"q":)", a, R"(}},{"p":{"q":)", b, "}}]}"),
        Hit(1) + "\n" + Hit(2) + "\n"}) {
    EXPECT_THAT(ToldOf(bytes), ElementsAre(kMarkup, "record", kMarkup, "record", kMarkup)) << bytes;
  }
  EXPECT_THAT(RecordsIn(absl::StrCat(R"({"a":)", a, "}")), ElementsAre(a));
  const std::string sorted = R"({"fields":[],"leader":"x"})";
  EXPECT_THAT(RecordsIn(absl::StrCat(R"({"a":{"b":)", sorted, "}}")), ElementsAre(sorted));
}

// Not what a record's own members hold.
TEST(JsonFramer, MembersOfARecordAreNoRecords) {
  const std::string record = absl::StrCat(R"({"leader":"x","a":)", Record(1), "}");
  EXPECT_THAT(RecordsIn(record), ElementsAre(record));
  EXPECT_THAT(RecordsIn(Folio(1)), ElementsAre(Folio(1)));
}

TEST(JsonFramer, ObjectsWithoutMarcAreNoRecords) {
  EXPECT_THAT(ToldOf(R"([{"title":"T","tags":["245"]},{}])"),
              ElementsAre(kMarkup, kNotARecord, kMarkup));
  EXPECT_THAT(ToldOf("{\"error\":1}\n" + Record(1)), ElementsAre(kNotARecord, "record"));
}

TEST(JsonFramer, RecordThatIsNotClosedEndsBeforeTheNext) {
  const std::string a = Record(1), b = Record(2);
  for (const size_t lost : {1, 2, 4, 7, 30, 80}) {
    const std::string open = a.substr(0, a.size() - lost);
    EXPECT_THAT(RecordsIn(Array({open, b})), ElementsAre(open + ",", b)) << open;
    EXPECT_THAT(RecordsIn(open + "\n" + b), ElementsAre(open + "\n", b)) << open;
    const std::string folio = Folio(1).substr(0, Folio(1).size() - lost);
    EXPECT_THAT(RecordsIn(folio + "\n" + Folio(2)), ElementsAre(folio + "\n", Folio(2))) << folio;
  }
}

TEST(JsonFramer, LineEndInAStringBreaksNoOtherRecord) {
  const std::string broken = absl::StrReplaceAll(Record(1), {{"A ", "A\n"}});
  EXPECT_THAT(ToldOf(broken + "\n" + Record(2)), ElementsAre(kBroken, "record"));
  EXPECT_THAT(ToldOf(Array({Record(0), broken, Record(2)})),
              ElementsAre(kMarkup, "record", kBroken, "record", kMarkup));
}

TEST(JsonFramer, RecordThatTheSourceEndsInIsTruncatedAndReadAgainFromItsBegin) {
  const std::string first = Record(1) + "\n";
  for (const size_t size : {1, 5, 12, 60, 100}) {
    const Walk walk = WalkOver(first + Record(2).substr(0, size), InJson());
    EXPECT_THAT(Told(walk), ElementsAre("record", "record TRUNCATED_RECORD")) << size;
    EXPECT_EQ(walk.next_offset, first.size());
    EXPECT_EQ(walk.next_ordinal, 1);
  }
}

TEST(JsonFramer, PiecesDoNotDependOnHowTheSourceIsCut) {
  for (const std::string& document : Documents()) {
    ExpectSameHoweverCut(document);
    Walking walking = InJson();
    walking.options.max_record_bytes = 80;
    ExpectSameHoweverCut(document, walking);
  }
}

TEST(JsonFramer, WalkGoesOnFromAnyRecord) {
  for (const std::string& document : Documents()) {
    const Walk whole = WalkOver(document, InJson());
    for (size_t i = 0; i < whole.stretches.size(); ++i) {
      if (!whole.stretches[i].is_record) continue;
      Walking later = InJson();
      later.start_offset = whole.stretches[i].offset;
      later.options.first_ordinal = whole.stretches[i].ordinal;
      const std::vector<Stretch> expected(whole.stretches.begin() + i, whole.stretches.end());
      EXPECT_EQ(WalkOver(document, later).stretches, expected) << document;
    }
  }
}

TEST(JsonFramer, RecordOverTheLimitIsTooLargeAndCostsNoNeighbour) {
  const std::string large = absl::StrReplaceAll(Record(1), {{"A ", std::string(5000, 'x')}});
  Walking walking = InJson();
  walking.options.max_record_bytes = 1000;
  const std::string bytes = Array({Record(0), large, Record(2)});
  const std::vector<std::string> told = Told(bytes, walking);
  EXPECT_EQ(std::count(told.begin(), told.end(), "record"), 2);
  EXPECT_EQ(told[2], "record RECORD_TOO_LARGE");
  walking.chunk = 100;
  EXPECT_LT(WalkOver(bytes, walking).most_in_view, 2000);
}

void ExpectStreams(const std::string& bytes, uint64_t records) {
  Walking walking = InJson();
  walking.chunk = walking.block_bytes = 64 * 1024;
  const Walk walk = WalkOver(bytes, walking);
  EXPECT_EQ(walk.next_ordinal, records);
  EXPECT_LT(walk.most_in_view, 200'000);
}

TEST(JsonFramer, ArrayOfAnyLengthStreams) {
  std::string bytes = "{\"records\":[";
  for (int i = 0; i < 20'000; ++i) absl::StrAppend(&bytes, i > 0 ? "," : "", Record(i));
  ExpectStreams(bytes + "]}", 20'000);
}

TEST(JsonFramer, EnvelopeOfAnyLengthStreams) {
  std::string bytes = R"({"took":1,"hits":{"hits":[)";
  for (int i = 0; i < 10'000; ++i) absl::StrAppend(&bytes, i > 0 ? "," : "", Hit(i));
  ExpectStreams(bytes + "]}}", 10'000);
}

// What tells that it is a record is further away than is looked.
TEST(JsonFramer, OfALongObjectTheRecordInItIsDelivered) {
  const std::string large = absl::StrReplaceAll(Folio(1), {{"00000{", std::string(300'000, 'x')}});
  const std::string bytes = Array({large, Folio(2), Folio(3)});
  const size_t second = large.size() + 2;
  ExpectSameHoweverCut(bytes, {1'000, 100'000, 262'144, 262'145, 262'200});
  const Walk walk = WalkOver(bytes, InJson());
  EXPECT_TRUE(Delivers(walk, bytes.find("{\"id\":\"p\""), Record(1).size() + 21));
  EXPECT_TRUE(Delivers(walk, second, Folio(2).size() + 1));
  EXPECT_TRUE(Delivers(walk, second + Folio(2).size() + 1, Folio(3).size()));
}

TEST(JsonFramer, HostileOpeningsTakeLinearTime) {
  for (const std::string part : {"{",
                                 "[",
                                 "{\"",
                                 "{\"a\":",
                                 "{\"leader\":",
                                 "{\"leader\":{\"x\":",
                                 "{\"a\":[{\"b",
                                 "\"",
                                 "{ ",
                                 "{\"leader\":\"\n",
                                 "{\"records\":{",
                                 "{\"leader\":\"\\\n",
                                 "{\"a\":\"\n\"",
                                 "x{",
                                 "\"\\",
                                 "{\"abc\":1,\"leader\":[",
                                 "{\"abc\":1,",
                                 "{\"content\":{",
                                 "{\"a\":{\"leader\":",
                                 "{\"a\":{\"leader\":\"\n",
                                 "{\"a\":{\"b\":1},",
                                 "{\"leader\":1,\n "}) {
    std::string bytes;
    while (bytes.size() < 500'000) bytes += part;
    Walking walking = InJson();
    WalkOver(bytes, walking);
    walking.chunk = 64 * 1024;
    WalkOver(bytes, walking);
  }
}

// The second of four records with each byte set to each of many values: the ones around it
// are delivered.
void ExpectNoNeighbourLost(std::string (*make)(int), bool lines,
                           const std::string& values = {"\0\n {}[],:\"\\x\xff", 14}) {
  const std::string a = make(1), b = make(2), c = make(3), d = make(4);
  const std::string separator = lines ? "\n" : ",";
  const std::string before = absl::StrCat(lines ? "" : "[", a, separator);
  const std::string after = absl::StrCat(separator, c, separator, d, lines ? "\n" : "]");
  const size_t third = before.size() + b.size() + 1;
  for (size_t at = 0; at < b.size(); ++at) {
    for (const char value : values) {
      const std::string bytes = before + With(b, at, {value}) + after;
      const Walk walk = WalkOver(bytes, InJson());
      SCOPED_TRACE(bytes);
      // A blank or a comma at its front belongs to the record before it.
      ASSERT_TRUE(Delivers(walk, before.size() - a.size() - 1, a.size() + 1) || at == 0);
      ASSERT_TRUE(Delivers(walk, third, c.size() + 1));
      ASSERT_TRUE(Delivers(walk, third + c.size() + 1, d.size() + lines));
    }
  }
}

TEST(JsonFramerDamage, EveryByteSetToManyValuesCostsNoNeighbour) {
  ExpectNoNeighbourLost(Record, /*lines=*/false);
  ExpectNoNeighbourLost(Record, /*lines=*/true);
  ExpectNoNeighbourLost(Folio, /*lines=*/true);
  // A bracket for a brace is more than shows.
  ExpectNoNeighbourLost(Folio, /*lines=*/false, std::string("\0\n {}],:\"\\x\xff", 13));
}

TEST(JsonFramerDamage, ABrokenMemberCostsNoNeighbour) {
  for (const std::string& bytes :
       {Array({Hit(1), absl::StrReplaceAll(Hit(2), {{"A ", "A\n"}}), Hit(3)}),
        Array({Hit(1), absl::StrReplaceAll(Hit(2), {{"A ", "A \""}}), Hit(3)}),
        Array({Hit(1), Hit(2).substr(0, 70), Hit(3)})}) {
    SCOPED_TRACE(bytes);
    const Walk walk = WalkOver(bytes, InJson());
    EXPECT_TRUE(Delivers(walk, bytes.find("{\"leader"), Record(1).size() + 1));
    EXPECT_TRUE(Delivers(walk, bytes.rfind("{\"leader"), Record(3).size() + 1));
    ExpectSameHoweverCut(bytes);
  }
}

TEST(JsonFramerDamage, EveryTruncationKeepsTheRecordsBeforeIt) {
  const std::string first = Record(1) + ",";
  const std::string bytes = "[" + first + Record(2) + "]";
  for (size_t size = 0; size < bytes.size(); ++size) {
    const Walk walk = WalkOver(bytes.substr(0, size), InJson());
    ASSERT_EQ(Delivers(walk, 1, first.size()), size > first.size()) << size;
    if (size > first.size() + 1 && size < bytes.size() - 1) {
      ASSERT_EQ(Told(walk).back(), "record TRUNCATED_RECORD") << size;
    }
  }
}

TEST(JsonFramerDamage, RandomPiecesAreAccountedForHoweverCut) {
  const std::vector<std::string> parts = {"{",
                                          "}",
                                          "[",
                                          "]",
                                          ",",
                                          ":",
                                          "\"",
                                          "\\",
                                          "\n",
                                          " ",
                                          "{\"leader\":",
                                          "{\"fields\":[",
                                          "{\"001\":",
                                          "\"x\"",
                                          "{\"a\":",
                                          "null",
                                          "{\"records\":[",
                                          "\x1E",
                                          "\xEF\xBB\xBF",
                                          "1.5",
                                          "{\"id\":1,",
                                          "text",
                                          Record(1)};
  for (unsigned seed = 0; seed < 600; ++seed) {
    std::mt19937 random(seed);
    std::string bytes;
    const size_t count = random() % 40;
    for (size_t i = 0; i < count; ++i) bytes += parts[random() % parts.size()];
    Walking walking = InJson();
    if (seed % 3 == 0) walking.options.max_record_bytes = 50;
    ExpectSameHoweverCut(bytes, walking);
  }
}

}  // namespace
}  // namespace marcd
