#include "core/profile/distribution.h"

#include <gtest/gtest.h>

#include <limits>

namespace marcd {
namespace {

TEST(Distribution, BucketsDouble) {
  Distribution numbers;
  for (const uint64_t n : {0, 1, 2, 3, 4, 7, 8}) numbers.Add(n);
  EXPECT_EQ(numbers.buckets[0], 1);  // 0
  EXPECT_EQ(numbers.buckets[1], 1);  // 1
  EXPECT_EQ(numbers.buckets[2], 2);  // 2, 3
  EXPECT_EQ(numbers.buckets[3], 2);  // 4, 7
  EXPECT_EQ(numbers.buckets[4], 1);  // 8
  EXPECT_EQ(numbers.count, 7);
  EXPECT_EQ(numbers.sum, 25);
  EXPECT_EQ(numbers.min, 0);
  EXPECT_EQ(numbers.max, 8);
}

TEST(Distribution, HoldsTheLargestNumber) {
  Distribution numbers;
  numbers.Add(std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(numbers.buckets[64], 1);
}

TEST(Distribution, MergesWithAnEmptyOne) {
  Distribution numbers, empty;
  numbers.Add(5);
  empty.Merge(numbers);
  empty.Merge(Distribution());
  EXPECT_EQ(empty.min, 5);
  EXPECT_EQ(empty.max, 5);
  EXPECT_EQ(empty.count, 1);
}

}  // namespace
}  // namespace marcd
