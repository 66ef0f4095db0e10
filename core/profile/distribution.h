// How numbers are spread, in buckets that double.
#ifndef MARCD_CORE_PROFILE_DISTRIBUTION_H_
#define MARCD_CORE_PROFILE_DISTRIBUTION_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "absl/numeric/bits.h"

namespace marcd {

struct Distribution {
  uint64_t count = 0;
  uint64_t sum = 0;
  // Meaningless without a number.
  uint64_t min = std::numeric_limits<uint64_t>::max();
  uint64_t max = 0;
  // Element 0 counts zeros, element i the numbers from 2^(i-1) to 2^i - 1.
  std::array<uint64_t, 65> buckets{};

  void Add(uint64_t number) {
    ++count;
    sum += number;
    min = std::min(min, number);
    max = std::max(max, number);
    ++buckets[absl::bit_width(number)];
  }

  void Merge(const Distribution& other) {
    count += other.count;
    sum += other.sum;
    min = std::min(min, other.min);
    max = std::max(max, other.max);
    for (size_t i = 0; i < buckets.size(); ++i) buckets[i] += other.buckets[i];
  }
};

}  // namespace marcd

#endif  // MARCD_CORE_PROFILE_DISTRIBUTION_H_
