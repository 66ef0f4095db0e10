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
  if (!batch.has_crc32()) return absl::OkStatus();
  const auto crc = static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(batch.data().data()), batch.data().size()));
  if (crc == batch.crc32()) return absl::OkStatus();
  return MakeError(StatusCode::kDataLoss, "CHECKSUM_MISMATCH",
                   "the checksum of a batch is not that of its bytes: they were changed on "
                   "the way");
}

absl::Status RequestPublished(const std::string& name) {
  return MakeError(StatusCode::kAlreadyExists, "REQUEST_PUBLISHED",
                   absl::StrCat("an earlier stream of this request_id has published \"", name,
                                "\": send the commit without batches to have its answer"));
}

absl::Status WriteUnknown() {
  return MakeError(StatusCode::kNotFound, "WRITE_UNKNOWN",
                   "no write of this request_id was published: send all of it again");
}

absl::Status NoSingleRecord() {
  return MakeError(StatusCode::kInvalidArgument, "NOT_SINGLE",
                   "the document was to be one record, and none was sent");
}

absl::Status NoMemory() {
  return MakeError(StatusCode::kResourceExhausted, "NO_MEMORY",
                   "there is no memory to compress the file with");
}

Document DocumentOf(const EncodePlan& plan) {
  return plan.format->document == nullptr ? Document{} : plan.format->document(plan.options);
}

}  // namespace

WriteFile::~WriteFile() {
  sink_.reset();
  entry_.reset();
  if (running_) daemon_.writes.Forget(request_id_);
}

absl::Status WriteFile::Open(const WritePart& part) {
  const v1::WriteHeader& header = RequestOf(part).header();
  MARCD_RETURN_IF_ERROR(CheckRequestId(header.request_id()));
  MARCD_ASSIGN_OR_RETURN(settings_, CompileWriteOptions(header.options(), header.name()));
  request_id_ = header.request_id();
  MARCD_ASSIGN_OR_RETURN(earlier_, daemon_.writes.Begin(request_id_, header.name()));
  if (earlier_.has_value()) return absl::OkStatus();
  running_ = true;
  return Begin(header);
}

absl::Status WriteFile::Begin(const v1::WriteHeader& header) {
  MARCD_ASSIGN_OR_RETURN(SinkOptions options, CompileSinkOptions(header, daemon_.new_mode));
  MARCD_ASSIGN_OR_RETURN(OpenedTarget target, daemon_.roots.OpenTarget(header.name()));
  MARCD_RETURN_IF_ERROR(CompareDirectory(target, header));
  SinkTarget place{std::move(target.directory), target.name, target.path};
  MARCD_ASSIGN_OR_RETURN(sink_, FileSink::Create(std::move(place), std::move(options)));
  if (const WriteJournal* const journal = daemon_.writes.journal(); journal != nullptr) {
    MARCD_ASSIGN_OR_RETURN(entry_, journal->Begin(request_id_, *sink_));
  }
  if (settings_.compression != nullptr) {
    compressor_ = settings_.compression->make_compressor();
    if (compressor_ == nullptr) return NoMemory();
  }
  response_.set_name(header.name());
  return Write(DocumentOf(settings_.plan).begin);
}

EncodedPart WriteFile::Encode(const WritePart& part, uint64_t first_record) const {
  const v1::WriteBatch& batch = RequestOf(part).batch();
  EncodedPart encoded;
  encoded.error = earlier_.has_value() ? RequestPublished(earlier_->name) : CheckBatch(batch);
  if (!encoded.error.ok()) return encoded;
  const absl::Span<const uint32_t> lengths(batch.frame_lengths().data(),
                                           static_cast<size_t>(batch.frame_lengths_size()));
  auto records = std::make_shared<EncodedRecords>(
      EncodeFrames(batch.data(), lengths, first_record, settings_.plan));
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
  return Write(records.text);
}

absl::Status WriteFile::Write(absl::string_view text) {
  if (compressor_ == nullptr) return sink_->Append(text);
  std::string compressed;
  MARCD_RETURN_IF_ERROR(compressor_->Add(text, &compressed));
  return sink_->Append(compressed);
}

absl::Status WriteFile::Finish() {
  MARCD_RETURN_IF_ERROR(Write(DocumentOf(settings_.plan).end));
  if (compressor_ == nullptr) return absl::OkStatus();
  std::string compressed;
  MARCD_RETURN_IF_ERROR(compressor_->End(&compressed));
  return sink_->Append(compressed);
}

absl::Status WriteFile::Commit(uint64_t records, bool batches) {
  if (earlier_.has_value()) {
    if (batches) return RequestPublished(earlier_->name);
    Answer(*earlier_);
    return absl::OkStatus();
  }
  if (records > 0 && !batches) return WriteUnknown();
  if (records == 0 && settings_.plan.options.single) return NoSingleRecord();
  MARCD_RETURN_IF_ERROR(Finish());
  return Publish(records);
}

absl::Status WriteFile::Publish(uint64_t records) {
  PublishedWrite write;
  write.name = response_.name();
  write.records = records;
  write.size = sink_->size();
  write.crc32 = sink_->crc32();
  write.diagnostic_count = response_.diagnostic_count();
  const auto note = [this, &write]() -> absl::Status {
    if (entry_ == nullptr) return absl::OkStatus();
    MARCD_ASSIGN_OR_RETURN(const FileIdentity temporary, sink_->Stat());
    return entry_->Committing(write, temporary);
  };
  MARCD_ASSIGN_OR_RETURN(const FileSink::Published published, sink_->Publish(note));
  write.etag = FormatEtag(published.identity);
  if (entry_ != nullptr) entry_->Published(write.etag);
  Answer(write);
  running_ = false;
  daemon_.writes.Published(request_id_, std::move(write));
  return published.flushed;
}

void WriteFile::Answer(const PublishedWrite& write) {
  response_.set_name(write.name);
  response_.set_records(write.records);
  response_.set_size(write.size);
  response_.set_crc32(write.crc32);
  response_.set_etag(write.etag);
  response_.set_diagnostic_count(write.diagnostic_count);
}

}  // namespace marcd
