// What tells a file apart from another, or from itself after a change.
//
// The rules are those of docs/positions.md: a file is still the same when its
// size, modification time and two checksums are, or when it only grew.
// All functions may block on a disk and are safe to call from any thread.
#ifndef MARCD_CORE_SOURCE_FILE_IDENTITY_H_
#define MARCD_CORE_SOURCE_FILE_IDENTITY_H_

#include <time.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace marcd {

struct FileIdentity {
  // In bytes.
  uint64_t size = 0;
  // Time of last modification, in nanoseconds since the epoch.
  int64_t modified_ns = 0;
  // CRC-32 of the first and of the last 65,536 bytes; of all, if fewer.
  uint32_t head_crc32 = 0;
  uint32_t tail_crc32 = 0;
  // Of this machine and mount only: never compared by CheckSame().
  uint64_t device = 0;
  uint64_t inode = 0;
  // Time of last status change, in nanoseconds since the epoch.
  int64_t changed_ns = 0;
};

// `time` in nanoseconds; beyond the years 1678 to 2262 it wraps around.
int64_t ToNanoseconds(const timespec& time);

// FAILED_PRECONDITION FILE_CHANGED: `path` is not what it was, because `why`.
absl::Status FileChangedError(absl::string_view path, uint64_t offset, absl::string_view why);

// What fstat(2) says of the file open at `fd`; the checksums are 0. `path` is
// for the error, DATA_LOSS READ_FAILED.
absl::StatusOr<FileIdentity> StatIdentity(int fd, absl::string_view path);

// The identity of the regular file open at `fd`. `path` is for errors:
//   DATA_LOSS READ_FAILED             the system could not read.
//   FAILED_PRECONDITION FILE_CHANGED  the file shrank meanwhile.
absl::StatusOr<FileIdentity> ComputeIdentity(int fd, absl::string_view path);

// OK when the file open at `fd` is still the one `recorded`, or only grew since;
// else FAILED_PRECONDITION FILE_CHANGED, or DATA_LOSS READ_FAILED.
absl::Status CheckSame(const FileIdentity& recorded, int fd, absl::string_view path);

// All of `identity` as text: what differs in any of it is another state of the file. A change of
// mode or of the number of links counts, too: it moves changed_ns.
std::string FormatEtag(const FileIdentity& identity);

}  // namespace marcd

#endif  // MARCD_CORE_SOURCE_FILE_IDENTITY_H_
