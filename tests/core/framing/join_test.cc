// Records that continue each other, joined on request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/core/framing/walk.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A part of the record with this 001.
std::string Part(const std::string& number, int part) {
  return MakeRecord({{"001", number}, {"500", absl::StrCat("  \x1f", "apart ", part)}});
}

Walk Joined(const std::string& bytes, size_t chunk = 0) {
  Walking walking;
  walking.chunk = chunk;
  walking.options.join_continued = true;
  return WalkOver(bytes, walking);
}

TEST(Join, ConsecutiveRecordsOfANumberAreOne) {
  const std::string one = Part("a", 1), two = Part("a", 22), other = Part("b", 3);
  const Walk walk = Joined(one + two + other);
  EXPECT_THAT(Told(walk), ElementsAre("record", "record"));
  EXPECT_EQ(walk.stretches[0].length, one.size() + two.size());
  EXPECT_THAT(walk.stretches[0].parts, ElementsAre(one.size(), two.size()));
  EXPECT_THAT(walk.stretches[1].parts, IsEmpty());
  EXPECT_EQ(walk.stretches[1].ordinal, 1);
  EXPECT_EQ(walk.next_ordinal, 2);
}

TEST(Join, OnlyOnRequest) { EXPECT_EQ(Told(Part("a", 1) + Part("a", 2)).size(), 2); }

TEST(Join, RecordsApartStayApart) {
  EXPECT_EQ(Joined(Part("a", 1) + Part("b", 2) + Part("a", 3)).stretches.size(), 3);
  EXPECT_EQ(Joined(Part("a", 1) + "\n" + Part("a", 2)).stretches.size(), 3);
}

TEST(Join, RecordsWithoutANumberStayApart) {
  const std::string none = MakeRecord({{"500",
                                        "  \x1f"
                                        "ax"}});
  EXPECT_EQ(Joined(none + none).stretches.size(), 2);
  EXPECT_EQ(Joined(Part("", 1) + Part("", 2)).stretches.size(), 2);
  EXPECT_EQ(Joined(MakeRecord({}) + MakeRecord({})).stretches.size(), 2);
}

TEST(Join, DamagedRecordIsNotJoined) {
  const std::string part = Part("a", 1);
  EXPECT_THAT(Told(Joined(part + With(part, 0, "00044") + part)),
              ElementsAre("record", "record LENGTH_SHORT", "record"));
}

TEST(Join, GroupIsAsLargeAsTheLimitAtMost) {
  const std::string part = Part("a", 1);
  Walking walking;
  walking.options.join_continued = true;
  walking.options.max_record_bytes = 3 * part.size() - 1;
  const Walk walk = WalkOver(part + part + part + part + part, walking);
  EXPECT_THAT(Told(walk), ElementsAre("record", "record", "record"));
}

TEST(Join, NoDirectoryMakesItReadOutsideOfTheRecord) {
  const std::string part = Part("a", 1);
  for (size_t at = 5; at + 1 < part.size(); ++at) {
    for (const char value : {'\0', '0', '9', '\xff'}) {
      const std::string odd = With(part, at, std::string(1, value));
      EXPECT_LE(Joined(odd + odd).stretches.size(), 2);
    }
  }
}

TEST(Join, EveryCutIntoReadsAndBlocksGivesTheSameGroups) {
  std::mt19937 random(1);
  std::string file;
  for (int i = 0; i < 40; ++i) {
    for (int part = random() % 4; part >= 0; --part) file += Part(absl::StrCat(i), part);
    if (random() % 8 == 0) file += "junk";
  }
  const Walk whole = Joined(file);
  for (size_t chunk = 1; chunk < 400; chunk += 7) {
    Walking walking;
    walking.chunk = chunk;
    walking.block_bytes = 1 + random() % 300;
    walking.options.join_continued = true;
    ASSERT_EQ(WalkOver(file, walking).stretches, whole.stretches) << "reads of " << chunk;
  }
}

}  // namespace
}  // namespace marcd
