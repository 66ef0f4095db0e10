// A source of bytes in memory that come in pieces.
#ifndef MARCD_TESTS_SUPPORT_CHUNKED_SOURCE_H_
#define MARCD_TESTS_SUPPORT_CHUNKED_SOURCE_H_

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "core/source/source.h"

namespace marcd {

// Hands out `chunk` bytes a Fill and tells of the end when nothing is left, as a pipe does;
// 0: all at once, and the end with them, as a file does.
// `bytes` must outlive it.
class ChunkedSource : public Source {
 public:
  ChunkedSource(const std::string& bytes, size_t chunk, uint64_t start)
      : bytes_(bytes), chunk_(chunk == 0 ? bytes.size() + 1 : chunk), filled_(start) {
    offset_ = start;
    at_end_ = filled_ == bytes_.size();
  }

  absl::Status Fill() override {
    const size_t more = std::min(chunk_, bytes_.size() - filled_);
    const std::string tail(window());
    std::shared_ptr<char[]> data(new char[tail.size() + more]);
    std::memcpy(data.get(), tail.data(), tail.size());
    std::memcpy(data.get() + tail.size(), bytes_.data() + filled_, more);
    buffer_ = {data, tail.size() + more};
    begin_ = 0;
    filled_ += more;
    at_end_ = more < chunk_;
    return absl::OkStatus();
  }

 private:
  const std::string& bytes_;
  const size_t chunk_;
  size_t filled_;
};

}  // namespace marcd

#endif  // MARCD_TESTS_SUPPORT_CHUNKED_SOURCE_H_
