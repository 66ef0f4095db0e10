#include "core/sink/write_error.h"

#include <cerrno>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"

namespace marcd {

using absl::StatusCode;

absl::Status TargetError(StatusCode code, absl::string_view reason, absl::string_view path,
                         absl::string_view why) {
  return MakeError(code, reason, absl::StrCat("cannot write \"", path, "\": ", why),
                   {{"path", std::string(path)}});
}

absl::Status WriteError(int error, absl::string_view path) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return TargetError(StatusCode::kResourceExhausted, "DISK_FULL", path,
                         absl::StrCat(std::strerror(error), "; make room, or write elsewhere"));
    case ENOENT:
    case ENOTDIR:
      return TargetError(StatusCode::kNotFound, "DIRECTORY_NOT_FOUND", path,
                         "its directory does not exist");
    case EACCES:
    case EPERM:
    case EROFS:
      return TargetError(StatusCode::kPermissionDenied, "TARGET_UNWRITABLE", path,
                         error == EROFS ? "the file system is mounted for reading alone"
                                        : "the daemon has no permission to");
    case EMFILE:
    case ENFILE:
      return TargetError(StatusCode::kResourceExhausted, "OPEN_FILES_LIMIT", path,
                         "the daemon has as many files open as it may; try again later, or raise "
                         "its limit (ulimit -n)");
    default:
      return TargetError(StatusCode::kDataLoss, "WRITE_FAILED", path, std::strerror(error));
  }
}

}  // namespace marcd
