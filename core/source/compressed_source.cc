#include "core/source/compressed_source.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/base/status.h"

namespace marcd {

absl::StatusOr<std::unique_ptr<CompressedSource>> CompressedSource::Create(
    std::unique_ptr<Source> compressed, const Compression& compression, std::string path,
    uint64_t start_offset, const CompressedSourceOptions& options) {
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
                                   uint64_t start_offset, const CompressedSourceOptions& options)
    : compressed_(std::move(compressed)),
      compression_(compression),
      decompressor_(std::move(decompressor)),
      path_(std::move(path)),
      options_(options),
      left_out_(start_offset) {
  offset_ = start_offset;
}

absl::Status CompressedSource::Fill() {
  if (at_end_) return absl::OkStatus();
  MARCD_RETURN_IF_ERROR(PassOver());
  MARCD_RETURN_IF_ERROR(fault_);
  const absl::string_view tail = window();
  if (tail.size() >= options_.max_window_bytes) {
    return MakeError(
        absl::StatusCode::kResourceExhausted, "WINDOW_FULL",
        absl::StrCat("what begins at byte ", offset_, " of the bytes that ", path_,
                     " holds is longer than the limit of ", options_.max_window_bytes, " bytes"),
        {{"path", path_}, {"offset", absl::StrCat(offset_)}});
  }
  const size_t room = std::min(ChunkSize(), options_.max_window_bytes - tail.size());
  // Not make_shared<char[]>: it would write zeros first.
  std::shared_ptr<char[]> data(new char[tail.size() + room]);
  tail.copy(data.get(), tail.size());
  size_t size = tail.size();
  while (size < tail.size() + room && !at_end_) {
    const absl::StatusOr<size_t> given = Decompress(data.get() + size, tail.size() + room - size);
    if (!given.ok()) {
      // What came before is given first.
      fault_ = given.status();
      if (size == tail.size()) return fault_;
      break;
    }
    at_end_ = *given == 0;
    size += *given;
  }
  chunk_ = room;
  buffer_ = {std::move(data), size};
  begin_ = 0;
  filled_at_ = offset_;
  return absl::OkStatus();
}

// As FileSource's: a window that did not move holds a piece of one long record.
size_t CompressedSource::ChunkSize() const {
  const bool moved = chunk_ == 0 || offset_ != filled_at_;
  return moved ? options_.chunk_bytes : std::min(2 * chunk_, options_.max_window_bytes);
}

absl::Status CompressedSource::PassOver() {
  if (left_out_ == 0) return absl::OkStatus();
  std::vector<char> some(options_.chunk_bytes);
  while (left_out_ > 0) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(left_out_, some.size()));
    MARCD_ASSIGN_OR_RETURN(const size_t given, Decompress(some.data(), wanted));
    if (given == 0) {
      return MakeError(absl::StatusCode::kOutOfRange, "OFFSET_PAST_END",
                       absl::StrCat("cannot read ", path_, " from byte ", offset_,
                                    ": decompressed it has only ", offset_ - left_out_, " bytes"),
                       {{"path", path_}, {"offset", absl::StrCat(offset_)}});
    }
    left_out_ -= given;
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> CompressedSource::Decompress(char* to, size_t size) {
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
                   absl::StrCat("the ", compression_.name, " data of ", path_,
                                " cannot be read on at byte ", at, ": ", what),
                   {{"path", path_}, {"offset", absl::StrCat(at)}});
}

}  // namespace marcd
