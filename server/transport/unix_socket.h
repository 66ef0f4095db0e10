// The addresses of Unix sockets (unix(7)).
#ifndef MARCD_SERVER_TRANSPORT_UNIX_SOCKET_H_
#define MARCD_SERVER_TRANSPORT_UNIX_SOCKET_H_

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
// unasked, and with it a living daemon's. ALREADY_EXISTS SOCKET_IN_USE, or as above.
absl::Status CheckSocketFree(absl::string_view path);

}  // namespace marcd

#endif  // MARCD_SERVER_TRANSPORT_UNIX_SOCKET_H_
