#include "core/source/compressed_source.h"

#include <algorithm>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "core/base/status.h"

namespace marcd {

absl::StatusOr<std::unique_ptr<CompressedSource>> CompressedSource::Create(
    std::unique_ptr<Source> compressed, const Compression& compression, std::string path,
    uint64_t start_offset, const ForwardSourceOptions& options) {
  std::unique_ptr<Decompressor> decompressor = compression.make();
  if (decompressor == nullptr) {
    return MakeError(absl::StatusCode::kResourceExhausted, "NO_MEMORY",
                     absl::StrCat("there is no memory to decompress ", path), {{"path", path}});
  }
  return absl::WrapUnique(new CompressedSource(std::move(compressed), compression,
                                               std::move(decompressor), std::move(path),
                                               start_offset, options));
}

CompressedSource::CompressedSource(std::unique_ptr<Source> compressed,
                                   const Compression& compression,
                                   std::unique_ptr<Decompressor> decompressor, std::string path,
                                   uint64_t start_offset, const ForwardSourceOptions& options)
    : ForwardSource(std::move(path), start_offset, options),
      compressed_(std::move(compressed)),
      compression_(compression),
      decompressor_(std::move(decompressor)) {}

absl::StatusOr<size_t> CompressedSource::Read(char* to, size_t size) {
  while (true) {
    MARCD_RETURN_IF_ERROR(fault_);
    if (!in_member_) {
      MARCD_ASSIGN_OR_RETURN(const bool found, FindMember());
      if (!found) return 0;
    }
    const Decompressor::Step step =
        decompressor_->Run(compressed_->window(), absl::MakeSpan(to, size));
    compressed_->Consume(step.taken);
    in_member_ = !step.ended;
    if (!step.fault.ok()) {
      const bool memory = absl::IsResourceExhausted(step.fault);
      fault_ = Fault(step.fault.code(), memory ? "COMPRESSION_MEMORY" : "COMPRESSION_DAMAGED",
                     step.fault.message());
    }
    if (step.given > 0) return step.given;
    if (!fault_.ok() || step.ended || step.taken > 0) continue;
    if (compressed_->at_end()) {
      return Fault(absl::StatusCode::kDataLoss, "COMPRESSION_CUT", "it ends there, and should not");
    }
    MARCD_RETURN_IF_ERROR(compressed_->Fill());
  }
}

absl::StatusOr<bool> CompressedSource::FindMember() {
  while (true) {
    absl::string_view ahead = compressed_->window();
    const size_t zeros = std::min(ahead.find_first_not_of('\0'), ahead.size());
    compressed_->Consume(zeros);
    ahead.remove_prefix(zeros);
    if (compression_.begins(ahead)) break;
    if (compressed_->at_end() && ahead.empty()) return false;
    if (compressed_->at_end() || ahead.size() >= kMemberHeadBytes) {
      return Fault(absl::StatusCode::kDataLoss, "COMPRESSION_TRAILING",
                   "what follows there is not compressed");
    }
    MARCD_RETURN_IF_ERROR(compressed_->Fill());
  }
  if (!first_member_) MARCD_RETURN_IF_ERROR(decompressor_->Begin());
  first_member_ = false;
  in_member_ = true;
  return true;
}

absl::Status CompressedSource::Fault(absl::StatusCode code, absl::string_view reason,
                                     absl::string_view what) const {
  const uint64_t at = compressed_->offset();
  return MakeError(code, reason,
                   absl::StrCat("the ", compression_.name, " data of ", holder(),
                                " cannot be read on at byte ", at, ": ", what),
                   {{"path", holder()}, {"offset", absl::StrCat(at)}});
}

}  // namespace marcd
