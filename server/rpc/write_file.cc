#include "server/rpc/write_file.h"

#include <sys/stat.h>
#include <zlib.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"
#include "core/formats/format.h"
#include "core/record/frame.h"
#include "server/rpc/write_options.h"
#include "server/wire/encode_findings.h"

namespace marcd {
namespace {

using absl::StatusCode;

constexpr int kMaxDiagnostics = 1000;

const v1::WriteRecordsRequest& RequestOf(const WritePart& part) {
  return *static_cast<const v1::WriteRecordsRequest*>(part.content.get());
}

// Whether the directory is the one that the client sees.
absl::Status CompareDirectory(const OpenedTarget& target, const v1::WriteHeader& header) {
  if (!header.has_seen_directory()) return absl::OkStatus();
  struct stat facts;
  if (fstat(target.directory.get(), &facts) == 0 &&
      facts.st_dev == header.seen_directory().device() &&
      facts.st_ino == header.seen_directory().inode()) {
    return absl::OkStatus();
  }
  return MakeError(
      StatusCode::kFailedPrecondition, "FILE_MISMATCH",
      absl::StrCat("the daemon sees another directory than the client where \"", target.path,
                   "\" is to be: it is in another container, mount or machine"),
      {{"path", target.path}});
}

absl::Status CheckBatch(const v1::WriteBatch& batch) {
  if (batch.frame_version() != kFrameVersion) {
    return MakeError(StatusCode::kInvalidArgument, "FRAME_VERSION",
                     absl::StrCat("the frames are of version ", batch.frame_version(),
                                  "; this daemon knows version ", kFrameVersion));
  }
  const auto crc = static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(batch.data().data()), batch.data().size()));
  if (crc == batch.crc32()) return absl::OkStatus();
  return MakeError(StatusCode::kDataLoss, "CHECKSUM_MISMATCH",
                   "the checksum of a batch is not that of its bytes: they were changed on "
                   "the way");
}

}  // namespace

absl::Status WriteFile::Open(const WritePart& part) {
  const v1::WriteHeader& header = RequestOf(part).header();
  MARCD_RETURN_IF_ERROR(CheckRequestId(header.request_id()));
  MARCD_ASSIGN_OR_RETURN(plan_, CompileWriteOptions(header.options(), header.name()));
  MARCD_ASSIGN_OR_RETURN(SinkOptions options, CompileSinkOptions(header, daemon_.new_mode));
  MARCD_ASSIGN_OR_RETURN(OpenedTarget target, daemon_.roots.OpenTarget(header.name()));
  MARCD_RETURN_IF_ERROR(CompareDirectory(target, header));
  SinkTarget place{std::move(target.directory), target.name, target.path};
  MARCD_ASSIGN_OR_RETURN(sink_, FileSink::Create(std::move(place), std::move(options)));
  response_.set_name(header.name());
  if (plan_.format->document == nullptr) return absl::OkStatus();
  return sink_->Append(plan_.format->document(plan_.options).begin);
}

EncodedPart WriteFile::Encode(const WritePart& part, uint64_t first_record) const {
  const v1::WriteBatch& batch = RequestOf(part).batch();
  EncodedPart encoded;
  encoded.error = CheckBatch(batch);
  if (!encoded.error.ok()) return encoded;
  const absl::Span<const uint32_t> lengths(batch.frame_lengths().data(),
                                           static_cast<size_t>(batch.frame_lengths_size()));
  auto records =
      std::make_shared<EncodedRecords>(EncodeFrames(batch.data(), lengths, first_record, plan_));
  encoded.error = records->error;
  encoded.bytes = records->text.size();
  encoded.content = std::move(records);
  return encoded;
}

absl::Status WriteFile::Append(const EncodedPart& part) {
  const auto& records = *static_cast<const EncodedRecords*>(part.content.get());
  response_.set_diagnostic_count(response_.diagnostic_count() + records.diagnostics.size());
  for (const Diagnostic& diagnostic : records.diagnostics) {
    if (response_.diagnostics_size() == kMaxDiagnostics) break;
    v1::Diagnostic* const added = response_.add_diagnostics();
    SetDiagnostic(diagnostic, added);
    added->set_index(-1);  // no batch goes with it
  }
  return sink_->Append(records.text);
}

absl::Status WriteFile::Commit(uint64_t records, bool) {
  if (plan_.format->document != nullptr) {
    MARCD_RETURN_IF_ERROR(sink_->Append(plan_.format->document(plan_.options).end));
  }
  MARCD_ASSIGN_OR_RETURN(const FileIdentity published, sink_->Publish());
  response_.set_records(records);
  response_.set_size(sink_->size());
  response_.set_crc32(sink_->crc32());
  response_.set_etag(FormatEtag(published));
  return absl::OkStatus();
}

}  // namespace marcd
