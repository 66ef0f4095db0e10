#include "core/compression/zstd.h"

#include <zstd.h>
#include <zstd_errors.h>

#include "absl/status/status.h"

namespace marcd {
namespace {

// 128 MiB, zstd's own limit for who does not ask for more (`zstd --long=27`).
constexpr int kMaxWindowLog = 27;

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
    if (ZSTD_getErrorCode(left) == ZSTD_error_frameParameter_windowTooLarge) {
      step.fault = absl::ResourceExhaustedError("it wants more than 128 MiB of memory");
    } else if (ZSTD_isError(left)) {
      step.fault = absl::DataLossError(ZSTD_getErrorName(left));
    }
    return step;
  }

  absl::Status Begin() override {
    ZSTD_DCtx_reset(stream_, ZSTD_reset_session_only);
    return absl::OkStatus();
  }

 private:
  ZSTD_DStream* const stream_;
};

}  // namespace

std::unique_ptr<Decompressor> MakeUnzstd() {
  auto unzstd = std::make_unique<Unzstd>();
  if (!unzstd->ready()) return nullptr;
  return unzstd;
}

}  // namespace marcd
