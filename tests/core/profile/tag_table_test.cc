#include "core/profile/tag_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace marcd {
namespace {

// Each tag with its fields, and `other` with those of tags without a place.
std::vector<std::pair<std::string, uint64_t>> FieldsIn(const TagTable& table) {
  std::vector<std::pair<std::string, uint64_t>> fields;
  table.ForEach([&](absl::string_view tag, const TagTally& tally) {
    fields.emplace_back(std::string(tag), tally.occurrences);
  });
  fields.emplace_back("other", table.unplaced_fields());
  return fields;
}

TagTable TableOf(const std::vector<std::string>& tags) {
  TagTable table;
  uint64_t record = 0;
  for (const std::string& tag : tags) table.Find(tag.data()).AddField(++record);
  return table;
}

// Far more tags than have a place, some of them often.
std::vector<std::string> ManyTags() {
  std::mt19937_64 random(1);
  std::vector<std::string> tags;
  for (int i = 0; i < 20'000; ++i) {
    std::string tag;
    for (int k = 0; k < 3; ++k) tag += static_cast<char>('0' + random() % 20);
    tags.push_back(tag);
  }
  return tags;
}

TEST(TagTable, TagsOfThreeDigitsComeFirstThenTheOthersInOrder) {
  const TagTable table = TableOf({"CAT", "999", "   ", "000", "245", "24A", "CAT"});
  const std::vector<std::pair<std::string, uint64_t>> expected = {
      {"000", 1}, {"245", 1}, {"999", 1}, {"   ", 1}, {"24A", 1}, {"CAT", 2}, {"other", 0}};
  EXPECT_EQ(FieldsIn(table), expected);
}

TEST(TagTable, HasAPlaceForAThousandOtherTags) {
  std::vector<std::string> tags;
  for (char a = 'A'; a <= 'K'; ++a) {
    for (char b = 'A'; b <= 'J'; ++b) {
      for (char c = 'A'; c <= 'J'; ++c) tags.push_back({a, b, c});
    }
  }
  const auto fields = FieldsIn(TableOf(tags));
  ASSERT_EQ(fields.size(), TagTable::kMaxOtherTags + 1);
  EXPECT_EQ(fields[999].first, "JJJ");
  EXPECT_EQ(fields.back().second, 100);  // KAA to KJJ
}

TEST(TagTable, NeitherOrderNorMergingMatters) {
  std::vector<std::string> tags = ManyTags();
  const auto expected = FieldsIn(TableOf(tags));
  ASSERT_GT(expected.back().second, 1000) << "no tag was without a place";
  std::mt19937_64 random(2);
  for (int round = 0; round < 10; ++round) {
    std::shuffle(tags.begin(), tags.end(), random);
    const auto cut = tags.begin() + static_cast<ptrdiff_t>(random() % tags.size());
    TagTable table = TableOf({tags.begin(), cut});
    table.Merge(TableOf({cut, tags.end()}));
    EXPECT_EQ(FieldsIn(table), expected);
  }
}

TEST(TagTable, CountsARecordOnce) {
  TagTable table;
  for (const uint64_t record : {1, 1, 1, 2}) {
    TagTally& tally = table.Find("650");
    tally.AddField(record);
    tally.AddCode('a', record);
    tally.AddCode('x', 2);
  }
  const TagTally& tally = table.Find("650");
  EXPECT_EQ(tally.occurrences, 4);
  EXPECT_EQ(tally.records, 2);
  EXPECT_EQ(tally.codes[TagTally::Index('a')].records, 2);
  EXPECT_EQ(tally.codes[TagTally::Index('x')].records, 1);
}

TEST(TagTable, NoCharacterIsOutsideTheTallies) {
  for (int c = -128; c < 256; ++c) {
    EXPECT_LE(TagTally::Index(static_cast<char>(c)), kCharacters);
  }
  EXPECT_EQ(TagTally::Index(' '), 0);
  EXPECT_EQ(TagTally::Index('~'), kCharacters - 1);
  EXPECT_EQ(TagTally::Index('\x7F'), kCharacters);
  EXPECT_EQ(TagTally::Index('\0'), kCharacters);
}

}  // namespace
}  // namespace marcd
