// From the name of a file to a source over what it holds.
#ifndef MARCD_SERVER_RPC_OPEN_FILE_H_
#define MARCD_SERVER_RPC_OPEN_FILE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/compression/decompressor.h"
#include "core/source/archive.h"
#include "core/source/file_identity.h"
#include "core/source/source.h"
#include "core/source/unique_fd.h"
#include "core/source/utf16_source.h"
#include "marcd/v1/file_service.pb.h"
#include "server/rpc/daemon.h"

namespace marcd {

// As much of a source's beginning as any format needs to be told by: an XML document's DOCTYPE may
// be long.
constexpr size_t kHeadBytes = 65536;

// A file of the roots, open for reading, and what it is.
struct IdentifiedFile {
  UniqueFd fd;
  std::string path;
  FileIdentity identity;
  // How it is compressed; null if it is not. Of a member of an archive: how that is.
  const Compression* compression = nullptr;
  // What kind of archive it is, `tar` or `zip`; empty if it is none.
  std::string archive;
  // How the archive itself is compressed; null if it is not.
  const Compression* archive_compression = nullptr;
  // Which member of it is wanted; empty for the file itself.
  std::string member;
  // In what order the bytes of UTF-16 are, where that is what it holds: it is read as UTF-8.
  std::optional<Utf16Order> utf16;
  // The first bytes of what it holds, enough to tell its format.
  std::string head;
  // Of a member: what it holds from its beginning, with `head` in its window.
  std::unique_ptr<Source> begun;

  // Whether it is read as it stands on the disk.
  bool is_plain() const { return compression == nullptr && member.empty() && !utf16.has_value(); }
};

// Goes through the archive that `file` is: one that waits in the daemon and that `fits` likes, or
// one at the archive's beginning. Errors are ArchiveReader's.
absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenArchive(
    const Daemon& daemon, const IdentifiedFile& file,
    const std::function<bool(const ArchiveReader&)>& fits);

// Opens `file` and compares it with what the client sees. Blocks on the disk.
// Errors are those of Roots::Open, CompareSeen, ComputeIdentity and ArchiveSource, and
// NotAnArchive, where a member is named of what has none.
absl::StatusOr<IdentifiedFile> OpenFile(const Daemon& daemon, const v1::FileReference& file,
                                        const v1::ReadOptions& options = {});

// INVALID_ARGUMENT NOT_AN_ARCHIVE of that file.
absl::Status NotAnArchive(const IdentifiedFile& file);

// A source over what the file holds, from an offset of it. Takes `fd` and `begun` out of it.
absl::StatusOr<std::unique_ptr<Source>> OpenSource(const Daemon& daemon, IdentifiedFile* file,
                                                   uint64_t start_offset);

// `status`, telling which file it is about.
absl::Status WithPath(absl::Status status, const std::string& path);

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_OPEN_FILE_H_
