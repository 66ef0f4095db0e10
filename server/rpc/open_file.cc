#include "server/rpc/open_file.h"

#include <fcntl.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"
#include "core/source/archive_source.h"
#include "core/source/compressed_source.h"
#include "core/source/file_source.h"
#include "core/source/read_at.h"

namespace marcd {
namespace {

// A window must hold the longest record, the longest length that a leader can
// claim, and one chunk behind them.
constexpr size_t kWindowSlack = (1 << 20) + 200'000;

bool IsDecompressed(const v1::ReadOptions& options) {
  return options.source_compression() == v1::SOURCE_COMPRESSION_UNSPECIFIED;
}

// pymarc's reader takes text in UTF-16 for what it is not.
bool IsConverted(const v1::ReadOptions& options) {
  return options.recovery_mode() != v1::RECOVERY_MODE_PYMARC;
}

UniqueFd Duplicate(const UniqueFd& fd) { return UniqueFd(fcntl(fd.get(), F_DUPFD_CLOEXEC, 0)); }

// A source over the member's bytes as they stand in the archive.
absl::StatusOr<std::unique_ptr<Source>> OpenMember(const Daemon& daemon, const IdentifiedFile& file,
                                                   uint64_t start_offset,
                                                   const ForwardSourceOptions& options) {
  MARCD_ASSIGN_OR_RETURN(std::unique_ptr<ArchiveReader> reader,
                         OpenArchive(daemon, file, [&file](const ArchiveReader& waiting) {
                           return !waiting.HasPassed(file.member);
                         }));
  return ArchiveSource::Create(
      std::move(reader), file.path, file.member,
      [&daemon](std::unique_ptr<ArchiveReader> done) {
        daemon.archives.Keep(std::move(done), daemon.clock.Now());
      },
      start_offset, options);
}

// What the file's bytes, or the member's, are wrapped in: `source` as what it holds, from its
// beginning or from `start_offset`, at which it already is where nothing is.
absl::StatusOr<std::unique_ptr<Source>> Unwrap(const IdentifiedFile& file,
                                               std::unique_ptr<Source> source,
                                               uint64_t start_offset,
                                               const ForwardSourceOptions& options) {
  if (file.compression != nullptr) {
    MARCD_ASSIGN_OR_RETURN(
        source, CompressedSource::Create(std::move(source), *file.compression, file.path,
                                         file.utf16.has_value() ? 0 : start_offset, options));
  }
  if (file.utf16.has_value()) {
    source = std::make_unique<Utf16Source>(std::move(source), *file.utf16, file.path, start_offset,
                                           options);
  }
  return source;
}

// The source from its beginning, or from `start_offset`.
absl::StatusOr<std::unique_ptr<Source>> OpenAnew(const Daemon& daemon, const IdentifiedFile& file,
                                                 uint64_t start_offset, size_t max_window_bytes) {
  ForwardSourceOptions forward;
  forward.max_window_bytes = max_window_bytes;
  const bool wrapped = file.compression != nullptr || file.utf16.has_value();
  const uint64_t within = wrapped ? 0 : start_offset;
  std::unique_ptr<Source> source;
  if (!file.member.empty()) {
    MARCD_ASSIGN_OR_RETURN(source, OpenMember(daemon, file, within, forward));
  } else {
    FileSourceOptions options;
    options.max_window_bytes = max_window_bytes;
    MARCD_ASSIGN_OR_RETURN(
        source, FileSource::Create(Duplicate(file.fd), file.path, file.identity, within, options));
  }
  return Unwrap(file, std::move(source), start_offset, forward);
}

std::string HeadOf(const Source& source) {
  return std::string(source.window().substr(0, kHeadBytes));
}

// The first bytes of what the file holds; none where they cannot be had, and whoever reads it
// learns why.
std::string ReadHead(const Daemon& daemon, const IdentifiedFile& file) {
  const auto source = OpenAnew(daemon, file, 0, kWindowSlack);
  return source.ok() && (*source)->Fill().ok() ? HeadOf(**source) : "";
}

// Makes `begun` what it is wrapped in, and `head` what that begins with.
absl::Status WrapBegun(std::unique_ptr<Source> wrapped, IdentifiedFile* file) {
  file->begun = std::move(wrapped);
  MARCD_RETURN_IF_ERROR(file->begun->Fill());
  file->head = HeadOf(*file->begun);
  return absl::OkStatus();
}

// Finds the member, and what it is. Goes through the archive once.
absl::Status BeginMember(const Daemon& daemon, const v1::ReadOptions& options,
                         IdentifiedFile* file) {
  if (file->archive.empty()) return NotAnArchive(*file);
  ForwardSourceOptions forward;
  forward.max_window_bytes = daemon.max_record_bytes + kWindowSlack;
  MARCD_ASSIGN_OR_RETURN(std::unique_ptr<Source> member, OpenMember(daemon, *file, 0, forward));
  MARCD_RETURN_IF_ERROR(WrapBegun(std::move(member), file));
  file->compression = IsDecompressed(options) ? FindCompression(file->head) : nullptr;
  if (file->compression != nullptr) {
    MARCD_ASSIGN_OR_RETURN(
        member, CompressedSource::Create(std::move(file->begun), *file->compression, file->path, 0,
                                         forward));
    MARCD_RETURN_IF_ERROR(WrapBegun(std::move(member), file));
  }
  if (IsConverted(options)) file->utf16 = DocumentUtf16(file->head);
  if (!file->utf16.has_value()) return absl::OkStatus();
  return WrapBegun(
      std::make_unique<Utf16Source>(std::move(file->begun), *file->utf16, file->path, 0, forward),
      file);
}

}  // namespace

absl::Status NotAnArchive(const IdentifiedFile& file) {
  return MakeError(absl::StatusCode::kInvalidArgument, "NOT_AN_ARCHIVE",
                   absl::StrCat(file.path, " is no archive (tar or zip), and has no members"),
                   {{"path", file.path}});
}

absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenArchive(
    const Daemon& daemon, const IdentifiedFile& file,
    const std::function<bool(const ArchiveReader&)>& fits) {
  std::unique_ptr<ArchiveReader> waiting = daemon.archives.Take(file.path, file.identity, fits);
  if (waiting != nullptr) return waiting;
  return ArchiveReader::Open(Duplicate(file.fd), file.path, file.identity,
                             {file.archive_compression});
}

absl::StatusOr<IdentifiedFile> OpenFile(const Daemon& daemon, const v1::FileReference& file,
                                        const v1::ReadOptions& options) {
  MARCD_ASSIGN_OR_RETURN(OpenedFile opened, daemon.roots.Open(file.name()));
  if (file.has_seen()) {
    const FileView seen{file.seen().device(), file.seen().inode(), file.seen().size(),
                        file.seen().modified_ns()};
    MARCD_RETURN_IF_ERROR(CompareSeen(opened, seen));
  }
  IdentifiedFile identified;
  identified.path = std::move(opened.path);
  identified.fd = std::move(opened.fd);
  MARCD_ASSIGN_OR_RETURN(identified.identity,
                         ComputeIdentity(identified.fd.get(), identified.path));
  identified.head.resize(kHeadBytes);
  MARCD_ASSIGN_OR_RETURN(const size_t head, ReadAt(identified.fd.get(), identified.path, 0,
                                                   kHeadBytes, &identified.head[0]));
  identified.head.resize(head);
  if (IsDecompressed(options)) identified.compression = FindCompression(identified.head);
  if (identified.compression != nullptr) identified.head = ReadHead(daemon, identified);
  identified.archive = std::string(ArchiveKind(identified.head));
  if (!identified.archive.empty()) identified.archive_compression = identified.compression;
  if (!file.member().empty()) {
    identified.member = file.member();
    MARCD_RETURN_IF_ERROR(BeginMember(daemon, options, &identified));
  } else if (IsConverted(options)) {
    identified.utf16 = DocumentUtf16(identified.head);
    if (identified.utf16.has_value()) identified.head = ReadHead(daemon, identified);
  }
  return identified;
}

absl::StatusOr<std::unique_ptr<Source>> OpenSource(const Daemon& daemon, IdentifiedFile* file,
                                                   uint64_t start_offset) {
  if (file->begun != nullptr && start_offset == 0) return std::move(file->begun);
  return OpenAnew(daemon, *file, start_offset, daemon.max_record_bytes + kWindowSlack);
}

absl::Status WithPath(absl::Status status, const std::string& path) {
  if (status.ok()) return status;
  ErrorMetadata metadata = GetErrorMetadata(status);
  for (const auto& [key, value] : metadata) {
    if (key == "path") return status;
  }
  metadata.emplace_back("path", path);
  return MakeError(status.code(), ErrorReason(status), absl::StrCat(status.message(), ": ", path),
                   metadata);
}

}  // namespace marcd
