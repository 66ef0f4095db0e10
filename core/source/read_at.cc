#include "core/source/read_at.h"

#include <cerrno>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"

namespace marcd {

absl::StatusOr<size_t> ReadAt(int fd, absl::string_view path, uint64_t offset, size_t size,
                              char* to, PreadFunction pread) {
  size_t done = 0;
  while (done < size) {
    const ssize_t n = pread(fd, to + done, size - done, static_cast<off_t>(offset + done));
    if (n == 0) break;
    if (n > 0) {
      done += static_cast<size_t>(n);
    } else if (errno != EINTR) {
      const std::string why = std::strerror(errno);
      return MakeError(
          absl::StatusCode::kDataLoss, "READ_FAILED",
          absl::StrCat("cannot read ", path, " at byte ", offset + done, ": ", why),
          {{"path", std::string(path)}, {"offset", absl::StrCat(offset + done)}, {"error", why}});
    }
  }
  return done;
}

}  // namespace marcd
