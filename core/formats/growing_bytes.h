// Bytes that are appended in a great many small pieces, which std::string takes a call
// each for.
#ifndef MARCD_CORE_FORMATS_GROWING_BYTES_H_
#define MARCD_CORE_FORMATS_GROWING_BYTES_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>

#include "absl/strings/string_view.h"

namespace marcd {

// Not thread-safe.
class GrowingBytes {
 public:
  size_t size() const { return size_; }
  char* data() { return bytes_.get(); }
  const char* data() const { return bytes_.get(); }
  absl::string_view view() const { return {bytes_.get(), size_}; }

  void Append(absl::string_view text) {
    if (capacity_ - size_ < text.size()) Grow(text.size());
    CopyShort(text.data(), text.size(), bytes_.get() + size_);
    size_ += text.size();
  }

  void Push(char c) {
    if (capacity_ == size_) Grow(1);
    bytes_[size_++] = c;
  }

  // To at most its size.
  void Truncate(size_t size) { size_ = size; }

 private:
  static constexpr size_t kFirst = 1024;

  // Most pieces have up to 32 bytes: then two moves, which may overlap, do it.
  static void CopyShort(const char* from, size_t n, char* to) {
    if (n > 32) {
      std::memcpy(to, from, n);
    } else if (n >= 16) {
      CopyEnds<16>(from, n, to);
    } else if (n >= 8) {
      CopyEnds<8>(from, n, to);
    } else if (n >= 4) {
      CopyEnds<4>(from, n, to);
    } else {
      for (size_t i = 0; i < n; ++i) to[i] = from[i];
    }
  }

  template <size_t kBytes>
  static void CopyEnds(const char* from, size_t n, char* to) {
    char first[kBytes], last[kBytes];
    std::memcpy(first, from, kBytes);
    std::memcpy(last, from + n - kBytes, kBytes);
    std::memcpy(to, first, kBytes);
    std::memcpy(to + n - kBytes, last, kBytes);
  }

  void Grow(size_t more) {
    capacity_ = std::max({2 * capacity_, size_ + more, kFirst});
    std::unique_ptr<char[]> grown(new char[capacity_]);
    if (size_ > 0) std::memcpy(grown.get(), bytes_.get(), size_);
    bytes_ = std::move(grown);
  }

  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_GROWING_BYTES_H_
