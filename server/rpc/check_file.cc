#include "server/rpc/check_file.h"

#include <grpcpp/support/slice.h>

#include <algorithm>
#include <cassert>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "core/profile/account.h"
#include "core/profile/profile.h"
#include "server/wire/encode_findings.h"
#include "server/wire/encode_report.h"

namespace marcd {
namespace {

// How often progress is told, at least, while there is any.
constexpr uint64_t kProgressBytes = 8 * 1024 * 1024;
constexpr std::chrono::seconds kProgressInterval{1};

// One check. Blocks are worked on in parallel: each adds its records to a profile
// that no other thread has just then, for it does not matter to which. The accounts,
// whose order matters, are added up as the batches would be written.
class Check {
 public:
  Check(const Daemon& daemon, OpenedRange range, bool with_source)
      : clock_(daemon.clock), range_(std::move(range)), with_source_(with_source) {}

  // Decodes and counts a block. Thread-safe.
  EncodedBatch Work(const Block& block) {
    const Batch batch = DecodeBlock(block, range_.settings.plan);
    auto part = std::make_shared<Part>();
    part->account = AccountOf(batch);
    part->end = batch.end;
    if (with_source_) part->bad = EncodeBad(block, batch);
    std::unique_ptr<Profile> profile = TakeProfile();
    profile->Add(batch);
    ReturnProfile(std::move(profile));

    EncodedBatch encoded;
    encoded.error = WithPath(batch.error, range_.path);
    encoded.bytes = part->bad.size();
    encoded.payload = std::move(part);
    return encoded;
  }

  // What is to be written for the next batch, in order; null where nothing is due.
  std::shared_ptr<grpc::ByteBuffer> Fold(const EncodedBatch& batch) {
    Part& part = *std::static_pointer_cast<Part>(batch.payload);
    account_.Merge(std::move(part.account));
    v1::CheckFileResponse response;
    if (part.end) {
      SetReport(response.mutable_report());
    } else if (part.bad.empty() && !ProgressIsDue()) {
      return nullptr;
    }
    SetProgress(response.mutable_progress());
    // Messages end to end are one message with the fields of all.
    grpc::Slice slices[] = {grpc::Slice(response.SerializeAsString()), grpc::Slice(part.bad)};
    return std::make_shared<grpc::ByteBuffer>(slices, part.bad.empty() ? 1 : 2);
  }

 private:
  // What a block comes to, beside its profile.
  struct Part {
    Account account;
    std::string bad;  // a CheckFileResponse with nothing else
    bool end = false;
  };

  // The findings about bad records, with their bytes.
  static std::string EncodeBad(const Block& block, const Batch& batch) {
    v1::CheckFileResponse response;
    ForEachFound(batch, [&](RecordFindings findings) {
      if (DispositionOf(findings) == Disposition::kNoted) return;
      const Diagnostic& first = findings.front();
      const absl::string_view source = block.buffer.view().substr(
          block.buffer_offset + (first.offset - block.offset), first.length);
      for (const Diagnostic& each : findings) {
        v1::Diagnostic* const added = response.add_bad();
        SetDiagnostic(each, added);
        added->set_index(-1);  // it is in no batch
        if (&each == &first) added->set_source(source.data(), source.size());
      }
    });
    return response.SerializeAsString();
  }

  std::unique_ptr<Profile> TakeProfile() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (profiles_.empty()) return std::make_unique<Profile>();
    std::unique_ptr<Profile> profile = std::move(profiles_.back());
    profiles_.pop_back();
    return profile;
  }

  void ReturnProfile(std::unique_ptr<Profile> profile) {
    const std::lock_guard<std::mutex> lock(mutex_);
    profiles_.push_back(std::move(profile));
  }

  bool ProgressIsDue() const {
    return !progressed_ || account_.bytes() - progress_bytes_ >= kProgressBytes ||
           clock_.Now() - progress_time_ >= kProgressInterval;
  }

  void SetProgress(v1::CheckProgress* progress) {
    progressed_ = true;
    progress_bytes_ = account_.bytes();
    progress_time_ = clock_.Now();
    progress->set_bytes_done(account_.bytes());
    progress->set_file_size(range_.size());
    progress->set_records(account_.records());
    progress->set_bad_records(account_.bad_records());
  }

  // All blocks have been worked on: every profile is back.
  void SetReport(v1::Report* report) {
    Profile all;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      for (const auto& profile : profiles_) all.Merge(*profile);
    }
    const uint64_t end_offset = std::max(range_.start_offset, account_.end_offset);
    assert(account_.bytes() == end_offset - range_.start_offset);
    report->set_start_offset(range_.start_offset);
    report->set_end_offset(end_offset);
    report->set_start_ordinal(range_.start_ordinal);
    report->set_next_ordinal(range_.start_ordinal + account_.records());
    marcd::SetReport(account_, all, range_.settings.plan.text, report);
  }

  const Clock& clock_;
  const OpenedRange range_;
  const bool with_source_;

  std::mutex mutex_;
  std::vector<std::unique_ptr<Profile>> profiles_;  // those that no thread has

  // Of Fold() alone.
  Account account_;
  bool progressed_ = false;
  uint64_t progress_bytes_ = 0;
  Clock::Time progress_time_;
};

}  // namespace

absl::StatusOr<OpenedRead> OpenCheck(const Daemon& daemon, const v1::CheckFileRequest& request) {
  if (request.options().recovery_mode() == v1::RECOVERY_MODE_PYMARC) {
    return MakeError(absl::StatusCode::kInvalidArgument, "MODE_UNFIT",
                     "RECOVERY_MODE_PYMARC leaves it to the client to decode what is odd, so there "
                     "is nothing to be told of it; check in RECOVERY_MODE_REPAIR");
  }
  v1::ReadRecordsRequest wanted;
  *wanted.mutable_file() = request.file();
  *wanted.mutable_options() = request.options();
  wanted.mutable_options()->set_view(v1::VIEW_FRAMES);
  wanted.mutable_options()->set_with_source(false);  // the bytes are taken from the blocks
  wanted.set_start_offset(request.start_offset());
  if (request.has_end_offset()) wanted.set_end_offset(request.end_offset());
  wanted.set_start_ordinal(request.start_ordinal());
  MARCD_ASSIGN_OR_RETURN(OpenedRange range, OpenRange(daemon, wanted));

  OpenedRead read;
  read.batch_bytes = range.settings.plan.batch_bytes;
  read.input.source = std::move(range.source);
  read.input.framer = std::move(range.framer);
  const auto check =
      std::make_shared<Check>(daemon, std::move(range), request.options().with_source());
  read.input.work = [check](const Block& block, bool) { return check->Work(block); };
  read.fold = [check](const EncodedBatch& batch) { return check->Fold(batch); };
  return read;
}

}  // namespace marcd
