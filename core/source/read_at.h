// Reading a stretch of a file whole.
#ifndef MARCD_CORE_SOURCE_READ_AT_H_
#define MARCD_CORE_SOURCE_READ_AT_H_

#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace marcd {

// pread(2), or a test's own.
using PreadFunction = ssize_t (*)(int fd, void* to, size_t size, off_t offset);

// Reads `size` bytes at `offset` of `fd` into `to` and returns how many there
// were: fewer than `size` only where the file ends. Interrupted and short reads
// are gone on with. Blocks as long as the disk does. `path` is for the error:
//   DATA_LOSS READ_FAILED  the system could not read; metadata path, offset.
absl::StatusOr<size_t> ReadAt(int fd, absl::string_view path, uint64_t offset, size_t size,
                              char* to, PreadFunction pread = ::pread);

}  // namespace marcd

#endif  // MARCD_CORE_SOURCE_READ_AT_H_
