// What fuzz targets share: the first bytes of an input choose how the rest is read.
//
// Targets claim by GoogleTest's EXPECT: the first that does not hold ends the run,
// and libFuzzer keeps the input.
#ifndef MARCD_TESTS_FUZZ_INPUT_H_
#define MARCD_TESTS_FUZZ_INPUT_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"

namespace marcd {

// Not thread-safe.
class FuzzInput {
 public:
  FuzzInput(const uint8_t* data, size_t size);

  // What the next byte chooses: a number below `bound`, which is at most 256; 0 where
  // there is no byte.
  size_t Choose(size_t bound);
  bool Flag() { return Choose(2) == 1; }

  // Takes the bytes that have chosen nothing, in memory of just their size: reading
  // before or behind them is seen. Good until the next call.
  absl::string_view Rest();

 private:
  absl::string_view left_;
  std::unique_ptr<char[]> rest_;
};

}  // namespace marcd

#endif  // MARCD_TESTS_FUZZ_INPUT_H_
