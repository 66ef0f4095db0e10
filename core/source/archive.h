// Archives of files: tar (also compressed) and zip, by libarchive.
#ifndef MARCD_CORE_SOURCE_ARCHIVE_H_
#define MARCD_CORE_SOURCE_ARCHIVE_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/compression/decompressor.h"
#include "core/source/file_identity.h"
#include "core/source/source.h"
#include "core/source/unique_fd.h"

struct archive;
struct archive_entry;

namespace marcd {

// What kind of archive begins with `head`, the first 512 bytes or more of what a file holds once
// it is decompressed: `tar`, `zip`, or empty for what is none. (A tar file of before POSIX
// 1003.1-1988 does not say that it is one, and is not recognised.)
absl::string_view ArchiveKind(absl::string_view head);

// A regular file in an archive.
struct ArchiveMember {
  // Its path in the archive, as UTF-8, or `(no name)`, but never empty. Behind one that a member
  // before has, or was given, stands the first of ` (2)`, ` (3)` and so on that makes it another
  // than all before.
  std::string name;
  // In bytes; 0 where the archive does not say it beforehand.
  uint64_t size = 0;
};

// What the names of an archive's members may take in memory: those of a million, about.
constexpr size_t kMaxNameBytes = 128 << 20;

struct ArchiveOptions {
  // How the archive is compressed; null if it is not.
  const Compression* compression = nullptr;
  size_t max_name_bytes = kMaxNameBytes;
};

// Goes through an archive from its beginning. Memory does not grow with what members hold, and
// with their names up to a limit. What comes before a fault is given first.
// Blocks on the disk. Not thread-safe.
class ArchiveReader {
 public:
  // Reads `fd`, a regular file whose identity is `identity`. `path` is for errors.
  //   RESOURCE_EXHAUSTED NO_MEMORY
  //   DATA_LOSS ARCHIVE_DAMAGED     what is wrong, and where.
  static absl::StatusOr<std::unique_ptr<ArchiveReader>> Open(UniqueFd fd, std::string path,
                                                             const FileIdentity& identity,
                                                             const ArchiveOptions& options = {});
  ~ArchiveReader();
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;

  // The next member, or nullopt at the end. Directories, links and devices are passed over.
  //   DATA_LOSS ARCHIVE_DAMAGED, and those of FileSource and CompressedSource
  //   DATA_LOSS ARCHIVE_TRAILING          what follows the archive's end is none.
  //   FAILED_PRECONDITION FILE_CHANGED
  //   RESOURCE_EXHAUSTED ARCHIVE_NAMES    the names would take more than is allowed.
  absl::StatusOr<std::optional<ArchiveMember>> Next();

  // Writes up to `size` bytes of that member; how many, 0 at its end alone. Errors as Next().
  absl::StatusOr<size_t> Read(char* to, size_t size);

  // Has Next() give `member`, which it gave last and of which nothing was read, once more.
  void PutBack(ArchiveMember member);

  // How many members Next() has given.
  uint64_t passed() const { return passed_; }
  // Whether Next() has given the member of that name.
  bool HasPassed(const std::string& name) const;

  const std::string& path() const { return path_; }
  const FileIdentity& identity() const { return identity_; }

 private:
  ArchiveReader(UniqueFd fd, std::string path, const FileIdentity& identity,
                const ArchiveOptions& options, archive* handle);

  absl::Status Begin();
  absl::Status Decompress();
  static ssize_t Give(archive* handle, void* self, const void** buffer);
  absl::StatusOr<absl::string_view> NextChunk();
  static int64_t Seek(archive* handle, void* self, int64_t offset, int whence);

  absl::StatusOr<std::optional<ArchiveMember>> FindNext();
  absl::StatusOr<std::optional<ArchiveMember>> Describe(archive_entry* entry);
  // Makes it a name that no member before has.
  absl::Status TellApart(std::string* name);
  // Makes `block_` and `hole_` what comes next of the member.
  absl::Status NextBlock();

  bool IsZip() const;
  // Whether a tar's end, blocks of zeros, is what was read last but for `behind` bytes.
  bool HasTarEnd(int64_t behind) const;
  absl::Status CheckEnd() const;
  absl::Status CheckZipEnd() const;
  absl::Status CheckUnchanged() const;
  absl::Status Damaged() const;
  absl::Status Unreadable() const;
  absl::Status DamagedAt(uint64_t at, absl::string_view why) const;
  absl::Status Trailing(uint64_t at) const;

  const UniqueFd fd_;
  const std::string path_;
  const FileIdentity identity_;
  const ArchiveOptions options_;
  archive* const archive_;
  // Whether it is a zip archive with nothing before and behind it.
  bool whole_zip_ = false;
  // What the file holds, if it is compressed.
  std::unique_ptr<Source> decompressed_;
  // If not: where the next bytes for libarchive lie.
  uint64_t place_ = 0;
  std::unique_ptr<char[]> chunk_;
  // Why the file could not be read; libarchive only knows that it could not.
  absl::Status io_error_;

  // Of the member: the bytes that libarchive has given, so many zeros before them, where they end
  // in it, and what is wrong behind them.
  absl::string_view block_;
  uint64_t hole_ = 0;
  uint64_t block_end_ = 0;
  bool at_end_ = false;
  absl::Status fault_;

  // The names that members have, or were given, each with the number that was last put behind it.
  std::unordered_map<std::string, size_t> names_;
  size_t name_bytes_ = 0;
  uint64_t passed_ = 0;
  std::optional<ArchiveMember> put_back_;
};

}  // namespace marcd

#endif  // MARCD_CORE_SOURCE_ARCHIVE_H_
