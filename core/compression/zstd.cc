#include "core/compression/zstd.h"

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace marcd {
namespace {

// 128 MiB, zstd's own limit for who does not ask for more (`zstd --long=27`).
constexpr int kMaxWindowLog = 27;
// Magic number and frame header (RFC 8878, 3.1.1).
constexpr size_t kMaxHeadBytes = 18;

class Unzstd final : public Decompressor {
 public:
  Unzstd() : stream_(ZSTD_createDStream()) {
    if (stream_ != nullptr) ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, kMaxWindowLog);
  }
  ~Unzstd() override { ZSTD_freeDStream(stream_); }
  Unzstd(const Unzstd&) = delete;
  Unzstd& operator=(const Unzstd&) = delete;

  bool ready() const { return stream_ != nullptr; }

  Step Run(absl::string_view in, absl::Span<char> out) override {
    ZSTD_inBuffer from = {in.data(), in.size(), 0};
    ZSTD_outBuffer to = {out.data(), out.size(), 0};
    const size_t left = ZSTD_decompressStream(stream_, &to, &from);
    Step step{from.pos, to.pos, left == 0};
    head_.append(in.data(), std::min(from.pos, kMaxHeadBytes - head_.size()));
    given_ += to.pos;
    if (ZSTD_getErrorCode(left) == ZSTD_error_frameParameter_windowTooLarge) {
      step.fault = absl::ResourceExhaustedError("it wants more than 128 MiB of memory");
    } else if (ZSTD_isError(left)) {
      step.fault = absl::DataLossError(ZSTD_getErrorName(left));
    } else if (step.ended && !IsAllThere()) {
      step.fault = absl::DataLossError("it has fewer bytes than it says");
    }
    return step;
  }

  absl::Status Begin() override {
    ZSTD_DCtx_reset(stream_, ZSTD_reset_session_only);
    head_.clear();
    given_ = 0;
    return absl::OkStatus();
  }

 private:
  // Whether the frame gave as much as its header says, if that says it. The library looks at
  // it, but not where an empty block ends a frame that comes in pieces (1.5.4).
  bool IsAllThere() const {
    const uint64_t said = ZSTD_getFrameContentSize(head_.data(), head_.size());
    return said == ZSTD_CONTENTSIZE_UNKNOWN || said == ZSTD_CONTENTSIZE_ERROR || said == given_;
  }

  ZSTD_DStream* const stream_;
  std::string head_;  // of the frame
  uint64_t given_ = 0;
};

class Zstd final : public Compressor {
 public:
  // With a checksum, as its program has it.
  Zstd() : stream_(ZSTD_createCCtx()) {
    if (stream_ != nullptr) ZSTD_CCtx_setParameter(stream_, ZSTD_c_checksumFlag, 1);
  }
  ~Zstd() override { ZSTD_freeCCtx(stream_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  bool ready() const { return stream_ != nullptr; }

 private:
  absl::Status Run(absl::string_view in, bool end, std::string* out) override {
    ZSTD_inBuffer from = {in.data(), in.size(), 0};
    size_t left = 0;
    do {
      OutputChunk chunk(out);
      ZSTD_outBuffer to = {chunk.data(), OutputChunk::kBytes, 0};
      left = ZSTD_compressStream2(stream_, &to, &from, end ? ZSTD_e_end : ZSTD_e_continue);
      chunk.Cut(to.size - to.pos);
      if (ZSTD_isError(left)) return absl::InternalError(ZSTD_getErrorName(left));
    } while (end ? left > 0 : from.pos < from.size);
    return absl::OkStatus();
  }

  ZSTD_CCtx* const stream_;
};

}  // namespace

std::unique_ptr<Compressor> MakeZstd() {
  auto zstd = std::make_unique<Zstd>();
  if (!zstd->ready()) return nullptr;
  return zstd;
}

std::unique_ptr<Decompressor> MakeUnzstd() {
  auto unzstd = std::make_unique<Unzstd>();
  if (!unzstd->ready()) return nullptr;
  return unzstd;
}

}  // namespace marcd
