#include "core/source/file_identity.h"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"
#include "core/source/read_at.h"

namespace marcd {
namespace {

constexpr uint64_t kChecksummedBytes = 65536;

struct Checksums {
  uint32_t head;
  uint32_t tail;
};

absl::StatusOr<uint32_t> Crc32Of(int fd, absl::string_view path, uint64_t offset, size_t size) {
  const std::unique_ptr<char[]> bytes(new char[size]);
  MARCD_ASSIGN_OR_RETURN(const size_t n, ReadAt(fd, path, offset, size, bytes.get()));
  if (n < size) {
    return FileChangedError(path, offset + n, absl::StrCat("it ends at byte ", offset + n, " now"));
  }
  return crc32(0, reinterpret_cast<const Bytef*>(bytes.get()), static_cast<uInt>(size));
}

// The checksums of the file's first `size` bytes, whatever follows them.
absl::StatusOr<Checksums> ChecksumsOf(int fd, absl::string_view path, uint64_t size) {
  const uint64_t n = std::min(size, kChecksummedBytes);
  Checksums sums;
  MARCD_ASSIGN_OR_RETURN(sums.head, Crc32Of(fd, path, 0, n));
  MARCD_ASSIGN_OR_RETURN(sums.tail, Crc32Of(fd, path, size - n, n));
  return sums;
}

}  // namespace

int64_t ToNanoseconds(const timespec& time) {
  return static_cast<int64_t>(static_cast<uint64_t>(time.tv_sec) * 1'000'000'000u +
                              static_cast<uint64_t>(time.tv_nsec));
}

absl::Status FileChangedError(absl::string_view path, uint64_t offset, absl::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "FILE_CHANGED",
                   absl::StrCat(path, " has changed since reading began: ", why,
                                "; read it again from the start"),
                   {{"path", std::string(path)}, {"offset", absl::StrCat(offset)}});
}

absl::StatusOr<FileIdentity> StatIdentity(int fd, absl::string_view path) {
  struct stat facts;
  if (fstat(fd, &facts) != 0) {
    const std::string why = std::strerror(errno);
    return MakeError(absl::StatusCode::kDataLoss, "READ_FAILED",
                     absl::StrCat("cannot ask the size of ", path, ": ", why),
                     {{"path", std::string(path)}, {"error", why}});
  }
  FileIdentity identity;
  identity.size = static_cast<uint64_t>(facts.st_size);
  identity.modified_ns = ToNanoseconds(facts.st_mtim);
  identity.device = facts.st_dev;
  identity.inode = facts.st_ino;
  identity.changed_ns = ToNanoseconds(facts.st_ctim);
  return identity;
}

absl::StatusOr<FileIdentity> ComputeIdentity(int fd, absl::string_view path) {
  MARCD_ASSIGN_OR_RETURN(FileIdentity identity, StatIdentity(fd, path));
  MARCD_ASSIGN_OR_RETURN(const Checksums sums, ChecksumsOf(fd, path, identity.size));
  identity.head_crc32 = sums.head;
  identity.tail_crc32 = sums.tail;
  return identity;
}

absl::Status CheckSame(const FileIdentity& recorded, int fd, absl::string_view path) {
  MARCD_ASSIGN_OR_RETURN(const FileIdentity now, StatIdentity(fd, path));
  if (now.size < recorded.size) {
    return FileChangedError(
        path, now.size, absl::StrCat("it shrank from ", recorded.size, " to ", now.size, " bytes"));
  }
  if (now.size == recorded.size && now.modified_ns != recorded.modified_ns) {
    return FileChangedError(path, 0, "its modification time is another");
  }
  MARCD_ASSIGN_OR_RETURN(const Checksums sums, ChecksumsOf(fd, path, recorded.size));
  if (sums.head != recorded.head_crc32) {
    return FileChangedError(path, 0, "the checksum of its first 64 KiB is another");
  }
  if (sums.tail != recorded.tail_crc32) {
    return FileChangedError(
        path, recorded.size - std::min(recorded.size, kChecksummedBytes),
        absl::StrCat("the checksum of the 64 KiB before byte ", recorded.size, " is another"));
  }
  return absl::OkStatus();
}

std::string FormatEtag(const FileIdentity& identity) {
  return absl::StrCat("1-", absl::Hex(identity.size), "-", absl::Hex(identity.modified_ns), "-",
                      absl::Hex(identity.changed_ns), "-",
                      absl::Hex(identity.head_crc32, absl::kZeroPad8),
                      absl::Hex(identity.tail_crc32, absl::kZeroPad8), "-",
                      absl::Hex(identity.device), "-", absl::Hex(identity.inode));
}

}  // namespace marcd
