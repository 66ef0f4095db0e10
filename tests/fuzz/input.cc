#include "tests/fuzz/input.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace marcd {

FuzzInput::FuzzInput(const uint8_t* data, size_t size)
    : left_(reinterpret_cast<const char*>(data), size) {}

size_t FuzzInput::Choose(size_t bound) {
  if (left_.empty()) return 0;
  const size_t chosen = static_cast<unsigned char>(left_[0]) % bound;
  left_.remove_prefix(1);
  return chosen;
}

absl::string_view FuzzInput::Rest() {
  rest_.reset(new char[left_.size()]);
  std::copy(left_.begin(), left_.end(), rest_.get());
  return {rest_.get(), left_.size()};
}

}  // namespace marcd

// libFuzzer calls it once, first. It sees an abort, but no failed expectation.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  testing::GTEST_FLAG(throw_on_failure) = true;
  return 0;
}
