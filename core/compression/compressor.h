// Bytes → one member in a compressed format, at its program's usual level. The same bytes give the
// same member, however they are cut into calls: it holds no time and no name.
#ifndef MARCD_CORE_COMPRESSION_COMPRESSOR_H_
#define MARCD_CORE_COMPRESSION_COMPRESSOR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace marcd {

// Not thread-safe. Takes up to 1 MiB of memory for gzip, about 4 for zstd, 8 for bzip2 and 94 for
// xz.
class Compressor {
 public:
  virtual ~Compressor() = default;

  // Takes all of `in` and appends to `out` what comes of it, perhaps nothing yet.
  absl::Status Add(absl::string_view in, std::string* out) { return Run(in, false, out); }

  // Appends what is still owed, and the member's end. Nothing comes after it.
  absl::Status End(std::string* out) { return Run("", true, out); }

 private:
  virtual absl::Status Run(absl::string_view in, bool end, std::string* out) = 0;
};

// Room for output behind what `out` holds, cut off again to what was used.
class OutputChunk {
 public:
  static constexpr size_t kBytes = 256 * 1024;

  explicit OutputChunk(std::string* out) : out_(*out), begin_(out->size()) {
    out_.resize(begin_ + kBytes);
  }
  char* data() { return &out_[begin_]; }
  // `left` bytes at its end were not used.
  void Cut(size_t left) { out_.resize(out_.size() - left); }

 private:
  std::string& out_;
  const size_t begin_;
};

}  // namespace marcd

#endif  // MARCD_CORE_COMPRESSION_COMPRESSOR_H_
