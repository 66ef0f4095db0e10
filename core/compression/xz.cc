#include "core/compression/xz.h"

#include <lzma.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace marcd {
namespace {

// What `xz -9` needs is 65 MiB.
constexpr uint64_t kMaxMemory = uint64_t{128} << 20;

absl::Status FaultOf(lzma_ret code) {
  switch (code) {
    case LZMA_OK:
    case LZMA_BUF_ERROR:
    case LZMA_STREAM_END:
      return absl::OkStatus();
    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR:
      return absl::ResourceExhaustedError(
          absl::StrCat("it wants more than ", kMaxMemory >> 20, " MiB of memory"));
    case LZMA_OPTIONS_ERROR:
      return absl::DataLossError("it uses what this xz does not know");
    case LZMA_FORMAT_ERROR:
      return absl::DataLossError("not xz's");
    default:
      return absl::DataLossError("a block or its checksum is wrong");
  }
}

class Unxz final : public Decompressor {
 public:
  Unxz() : ready_(Init()) {}
  ~Unxz() override { lzma_end(&stream_); }
  Unxz(const Unxz&) = delete;
  Unxz& operator=(const Unxz&) = delete;

  bool ready() const { return ready_; }

  Step Run(absl::string_view in, absl::Span<char> out) override {
    stream_.next_in = reinterpret_cast<const uint8_t*>(in.data());
    stream_.avail_in = in.size();
    stream_.next_out = reinterpret_cast<uint8_t*>(out.data());
    stream_.avail_out = out.size();
    const lzma_ret code = lzma_code(&stream_, LZMA_RUN);
    return {in.size() - stream_.avail_in, out.size() - stream_.avail_out, code == LZMA_STREAM_END,
            FaultOf(code)};
  }

  absl::Status Begin() override {
    return Init() ? absl::OkStatus() : absl::ResourceExhaustedError("no memory for xz");
  }

 private:
  bool Init() { return lzma_stream_decoder(&stream_, kMaxMemory, 0) == LZMA_OK; }

  lzma_stream stream_ = LZMA_STREAM_INIT;
  const bool ready_;
};

class Xz final : public Compressor {
 public:
  Xz() : ready_(lzma_easy_encoder(&stream_, LZMA_PRESET_DEFAULT, LZMA_CHECK_CRC64) == LZMA_OK) {}
  ~Xz() override { lzma_end(&stream_); }
  Xz(const Xz&) = delete;
  Xz& operator=(const Xz&) = delete;

  bool ready() const { return ready_; }

 private:
  absl::Status Run(absl::string_view in, bool end, std::string* out) override {
    stream_.next_in = reinterpret_cast<const uint8_t*>(in.data());
    stream_.avail_in = in.size();
    lzma_ret code = LZMA_OK;
    while (code == LZMA_OK && (end || stream_.avail_in > 0)) {
      OutputChunk chunk(out);
      stream_.next_out = reinterpret_cast<uint8_t*>(chunk.data());
      stream_.avail_out = OutputChunk::kBytes;
      code = lzma_code(&stream_, end ? LZMA_FINISH : LZMA_RUN);
      chunk.Cut(stream_.avail_out);
    }
    if (code == (end ? LZMA_STREAM_END : LZMA_OK)) return absl::OkStatus();
    return code == LZMA_MEM_ERROR ? absl::ResourceExhaustedError("no memory for xz")
                                  : absl::InternalError("liblzma");
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
  const bool ready_;
};

}  // namespace

std::unique_ptr<Compressor> MakeXz() {
  auto xz = std::make_unique<Xz>();
  if (!xz->ready()) return nullptr;
  return xz;
}

std::unique_ptr<Decompressor> MakeUnxz() {
  auto unxz = std::make_unique<Unxz>();
  if (!unxz->ready()) return nullptr;
  return unxz;
}

}  // namespace marcd
