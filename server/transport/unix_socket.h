// The addresses of Unix sockets (unix(7)).
#ifndef MARCD_SERVER_TRANSPORT_UNIX_SOCKET_H_
#define MARCD_SERVER_TRANSPORT_UNIX_SOCKET_H_

#include <sys/stat.h>
#include <sys/un.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace marcd {

// The address of the socket at `path`. INVALID_ARGUMENT SOCKET_PATH_TOO_LONG: an address has room
// for 107 bytes.
absl::StatusOr<sockaddr_un> UnixAddress(absl::string_view path);

// OK when nobody answers on the Unix socket at `path`; gRPC would unlink it
// unasked, and with it a living daemon's.
//   ALREADY_EXISTS SOCKET_IN_USE            somebody does.
//   FAILED_PRECONDITION SOCKET_PATH_TAKEN   what is there is no socket.
//   As above.
absl::Status CheckSocketFree(absl::string_view path);

// The file of a socket that this process has bound and not closed, so that no other file can have
// its number. Whoever cleans up may remove it, and another daemon may then put its own there.
class SocketFile {
 public:
  // The one that is at `path` now.
  explicit SocketFile(std::string path);

  const std::string& path() const { return path_; }

  // Whether it is still the one at its path.
  bool IsThere() const;

 private:
  std::string path_;
  struct stat facts_ {};
  bool found_;  // after what it fills in
};

}  // namespace marcd

#endif  // MARCD_SERVER_TRANSPORT_UNIX_SOCKET_H_
