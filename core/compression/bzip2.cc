#include "core/compression/bzip2.h"

#include <bzlib.h>

#include <algorithm>
#include <limits>
#include <string>

#include "absl/status/status.h"

namespace marcd {
namespace {

// libbz2 counts in unsigned int.
unsigned Count(size_t n) {
  return static_cast<unsigned>(std::min<size_t>(n, std::numeric_limits<unsigned>::max()));
}

class Bunzip2 final : public Decompressor {
 public:
  Bunzip2() { Init(); }
  ~Bunzip2() override { End(); }
  Bunzip2(const Bunzip2&) = delete;
  Bunzip2& operator=(const Bunzip2&) = delete;

  bool ready() const { return ready_; }

  Step Run(absl::string_view in, absl::Span<char> out) override {
    // libbz2 reads there, and does not write.
    stream_.next_in = const_cast<char*>(in.data());
    stream_.avail_in = Count(in.size());
    stream_.next_out = out.data();
    stream_.avail_out = Count(out.size());
    const unsigned asked = stream_.avail_in;
    const unsigned room = stream_.avail_out;
    const int code = BZ2_bzDecompress(&stream_);
    Step step{asked - stream_.avail_in, room - stream_.avail_out, code == BZ_STREAM_END};
    if (code == BZ_MEM_ERROR) {
      step.fault = absl::ResourceExhaustedError("there is no memory for its blocks");
    } else if (code == BZ_DATA_ERROR) {
      step.fault = absl::DataLossError("a block or its checksum is wrong");
    } else if (code != BZ_OK && code != BZ_STREAM_END) {
      step.fault = absl::DataLossError("not bzip2's");
    }
    return step;
  }

  absl::Status Begin() override {
    End();
    Init();
    return ready_ ? absl::OkStatus() : absl::ResourceExhaustedError("no memory for bzip2");
  }

 private:
  void Init() {
    stream_ = {};
    ready_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK;
  }
  void End() {
    if (ready_) BZ2_bzDecompressEnd(&stream_);
  }

  bz_stream stream_ = {};
  bool ready_ = false;
};

class Bzip2 final : public Compressor {
 public:
  // Blocks of 900 kB.
  Bzip2() : ready_(BZ2_bzCompressInit(&stream_, 9, 0, 0) == BZ_OK) {}
  ~Bzip2() override {
    if (ready_) BZ2_bzCompressEnd(&stream_);
  }
  Bzip2(const Bzip2&) = delete;
  Bzip2& operator=(const Bzip2&) = delete;

  bool ready() const { return ready_; }

 private:
  absl::Status Run(absl::string_view in, bool end, std::string* out) override {
    int code = end ? BZ_FINISH_OK : BZ_RUN_OK;
    while (code == (end ? BZ_FINISH_OK : BZ_RUN_OK) && (end || !in.empty())) {
      stream_.next_in = const_cast<char*>(in.data());
      stream_.avail_in = Count(in.size());
      const unsigned asked = stream_.avail_in;
      OutputChunk chunk(out);
      stream_.next_out = chunk.data();
      stream_.avail_out = OutputChunk::kBytes;
      code = BZ2_bzCompress(&stream_, end ? BZ_FINISH : BZ_RUN);
      chunk.Cut(stream_.avail_out);
      in.remove_prefix(asked - stream_.avail_in);
    }
    return code == (end ? BZ_STREAM_END : BZ_RUN_OK) ? absl::OkStatus()
                                                     : absl::InternalError("libbz2");
  }

  bz_stream stream_ = {};
  const bool ready_;
};

}  // namespace

std::unique_ptr<Compressor> MakeBzip2() {
  auto bzip2 = std::make_unique<Bzip2>();
  if (!bzip2->ready()) return nullptr;
  return bzip2;
}

std::unique_ptr<Decompressor> MakeBunzip2() {
  auto bunzip2 = std::make_unique<Bunzip2>();
  if (!bunzip2->ready()) return nullptr;
  return bunzip2;
}

}  // namespace marcd
