#include <gtest/gtest.h>

#include "core/record/record_builder.h"
#include "tests/core/formats/lines_testing.h"

namespace marcd {
namespace {

TEST(Text, IsWhatPymarcWrites) {
  RecordBuilder record("00000nam a2200000 i 4500");
  record.AddControlField("001", "a b");
  record.AddDataField("245", '1', ' ', {{'a', "T {x} $5\n\u00E9"}, {'b', ""}});
  record.AddDataField("500", ' ', ' ', {});
  std::string frame;
  ASSERT_TRUE(record.AppendTo(&frame).ok());
  EXPECT_EQ(Write(kText, frame).text,
            "=LDR  00000nam a2200000 i 4500\n=001  a\\b\n=245  1\\$aT {x} $5\n\u00E9$b\n"
            "=500  \\\\\n");
}

TEST(Text, AnEmptyLineStandsBetweenRecords) {
  const Document document = FindFormat(kText)->document({});
  EXPECT_EQ(document.begin, "");
  EXPECT_EQ(document.between, "\n");
  EXPECT_EQ(document.end, "");
}

TEST(Text, IsNotRead) {
  EXPECT_EQ(FindFormat(kText)->sniff, nullptr);
  EXPECT_EQ(FindFormat(kText)->decode, nullptr);
}

}  // namespace
}  // namespace marcd
