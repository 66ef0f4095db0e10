#include "core/diagnostics/reason.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace marcd {
namespace {

TEST(Reason, EveryRowStandsInItsOwnPlace) {
  for (const ReasonRow& row : AllReasons()) EXPECT_EQ(&RowOf(row.reason), &row) << row.name;
  EXPECT_EQ(AllReasons().back().reason, Reason::kRecordsJoined);
}

TEST(Reason, NamesAreUniqueAndUpperSnake) {
  std::set<std::string> names;
  for (const ReasonRow& row : AllReasons()) {
    EXPECT_TRUE(names.insert(std::string(row.name)).second) << row.name;
    EXPECT_TRUE(std::all_of(row.name.begin(), row.name.end(), [](char c) {
      return c == '_' || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    })) << row.name;
    EXPECT_EQ(row.what.back(), '.') << row.name;
    EXPECT_EQ(row.advice.back(), '.') << row.name;
  }
}

}  // namespace
}  // namespace marcd
