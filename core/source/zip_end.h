// Where a zip file says that it ends.
#ifndef MARCD_CORE_SOURCE_ZIP_END_H_
#define MARCD_CORE_SOURCE_ZIP_END_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace marcd {

// Whether the file, of `size` bytes, is one zip archive from its first byte to its last, by what
// stands at its end. (Such a file may be read by its directory; of others, that is of a part.)
// `path` is for errors: those of ReadAt().
absl::StatusOr<bool> IsWholeZip(int fd, const std::string& path, uint64_t size);

// The end of the archive whose members end before byte `from`; nullopt where it has none.
absl::StatusOr<std::optional<uint64_t>> FindZipEnd(int fd, const std::string& path, uint64_t size,
                                                   uint64_t from);

}  // namespace marcd

#endif  // MARCD_CORE_SOURCE_ZIP_END_H_
