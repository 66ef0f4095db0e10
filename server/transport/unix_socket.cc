#include "server/transport/unix_socket.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"
#include "core/source/unique_fd.h"

namespace marcd {

absl::StatusOr<sockaddr_un> UnixAddress(absl::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "SOCKET_PATH_TOO_LONG",
        absl::StrCat("a socket's path has at most ", sizeof address.sun_path - 1, " bytes: ", path),
        {{"path", std::string(path)}});
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

absl::Status CheckSocketFree(absl::string_view path) {
  MARCD_ASSIGN_OR_RETURN(const sockaddr_un address, UnixAddress(path));
  struct stat facts {};
  if (lstat(address.sun_path, &facts) == 0 && !S_ISSOCK(facts.st_mode)) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "SOCKET_PATH_TAKEN",
                     absl::StrCat("cannot listen on ", path,
                                  ": what is there is no socket; remove it and try again"),
                     {{"path", std::string(path)}});
  }
  const UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int connected =
      connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (connected != 0 && errno != EAGAIN) return absl::OkStatus();
  return MakeError(absl::StatusCode::kAlreadyExists, "SOCKET_IN_USE",
                   absl::StrCat("a daemon already listens on ", path),
                   {{"path", std::string(path)}});
}

SocketFile::SocketFile(std::string path)
    : path_(std::move(path)), found_(lstat(path_.c_str(), &facts_) == 0) {}

bool SocketFile::IsThere() const {
  struct stat now {};
  return found_ && lstat(path_.c_str(), &now) == 0 && now.st_dev == facts_.st_dev &&
         now.st_ino == facts_.st_ino;
}

}  // namespace marcd
