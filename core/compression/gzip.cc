#include "core/compression/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <string>

#include "absl/status/status.h"

namespace marcd {
namespace {

// zlib counts in unsigned int.
unsigned Count(size_t n) {
  return static_cast<unsigned>(std::min<size_t>(n, std::numeric_limits<unsigned>::max()));
}

class Gunzip final : public Decompressor {
 public:
  Gunzip() : ready_(inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK) {}  // 16: gzip's header
  ~Gunzip() override {
    if (ready_) inflateEnd(&stream_);
  }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  bool ready() const { return ready_; }

  Step Run(absl::string_view in, absl::Span<char> out) override {
    // zlib reads there, and does not write; its type is older than const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = Count(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = Count(out.size());
    const unsigned asked = stream_.avail_in;
    const unsigned room = stream_.avail_out;
    const int code = inflate(&stream_, Z_NO_FLUSH);
    Step step{asked - stream_.avail_in, room - stream_.avail_out, code == Z_STREAM_END};
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      step.fault = absl::DataLossError(stream_.msg != nullptr ? stream_.msg : "not gzip's");
    }
    return step;
  }

  absl::Status Begin() override {
    return inflateReset(&stream_) == Z_OK ? absl::OkStatus() : absl::InternalError("zlib");
  }

 private:
  z_stream stream_ = {};
  const bool ready_;
};

class Gzip final : public Compressor {
 public:
  // zlib's header has no time and no name in it.
  Gzip()
      : ready_(deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8,
                            Z_DEFAULT_STRATEGY) == Z_OK) {}
  ~Gzip() override {
    if (ready_) deflateEnd(&stream_);
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  bool ready() const { return ready_; }

 private:
  absl::Status Run(absl::string_view in, bool end, std::string* out) override {
    int code = Z_OK;
    // Z_BUF_ERROR: nothing was left to do, which is no error.
    do {
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
      stream_.avail_in = Count(in.size());
      const unsigned asked = stream_.avail_in;
      OutputChunk chunk(out);
      stream_.next_out = reinterpret_cast<Bytef*>(chunk.data());
      stream_.avail_out = OutputChunk::kBytes;
      code = deflate(&stream_, end ? Z_FINISH : Z_NO_FLUSH);
      chunk.Cut(stream_.avail_out);
      in.remove_prefix(asked - stream_.avail_in);
    } while (code == Z_OK && (!in.empty() || stream_.avail_out == 0 || end));
    const bool well = end ? code == Z_STREAM_END : code == Z_OK || code == Z_BUF_ERROR;
    return well ? absl::OkStatus() : absl::InternalError("zlib");
  }

  z_stream stream_ = {};
  const bool ready_;
};

}  // namespace

std::unique_ptr<Compressor> MakeGzip() {
  auto gzip = std::make_unique<Gzip>();
  if (!gzip->ready()) return nullptr;
  return gzip;
}

std::unique_ptr<Decompressor> MakeGunzip() {
  auto gunzip = std::make_unique<Gunzip>();
  if (!gunzip->ready()) return nullptr;
  return gunzip;
}

}  // namespace marcd
