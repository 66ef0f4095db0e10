// Where clients open data connections.
#ifndef MARCD_SERVER_TRANSPORT_DATA_SERVER_H_
#define MARCD_SERVER_TRANSPORT_DATA_SERVER_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/source/unique_fd.h"
#include "server/transport/data_connection.h"
#include "server/transport/unix_socket.h"

namespace marcd {

// Accepts data connections on Unix sockets and keeps them until the call that they are for
// claims them by their names. A client makes the name (16 random bytes), sends it first,
// and calls when it has got a byte back. One thread does all this and goes on with writes
// that had to wait; it never blocks.
//
// Thread-safe. Connections that were claimed may outlive it, but no longer be written to.
class DataServer {
 public:
  static constexpr size_t kNameBytes = 16;
  // What a client's connections that were not claimed may come to; more are closed at once.
  static constexpr size_t kMaxWaiting = 256;
  static constexpr std::chrono::seconds kMaxWait{10};

  // Listens on each path. A socket that is there is replaced: only who holds the lock of the
  // daemon's main socket may call this. UNAVAILABLE CANNOT_LISTEN, or as CheckSocketFree().
  static absl::StatusOr<std::unique_ptr<DataServer>> Listen(const std::vector<std::string>& paths);

  // Removes the sockets that are still its own.
  ~DataServer();

  // The connection of that name, once; null when there is none.
  std::shared_ptr<DataConnection> Claim(absl::string_view name);

  DataServer(const DataServer&) = delete;
  DataServer& operator=(const DataServer&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  // A connection whose client has yet to call.
  struct Waiting {
    UniqueFd fd;
    std::string name;  // as much of it as has come
    Clock::time_point since;
  };

  DataServer(UniqueFd epoll, UniqueFd wake);

  absl::Status AddListener(const std::string& path);
  void Serve();
  void Handle(uint64_t id, uint32_t events);
  void Accept(int listener);
  void ReadName(uint64_t id);
  void DropOld();
  // Whether epoll now watches `fd` for `events`, once.
  bool Watch(int operation, int fd, uint32_t events, uint64_t id);

  const UniqueFd epoll_;
  const UniqueFd wake_;  // readable when the thread is to end
  std::vector<SocketFile> files_;
  std::map<uint64_t, UniqueFd> listeners_;  // set before the thread begins

  std::mutex mutex_;
  uint64_t next_id_ = 1;
  std::map<uint64_t, Waiting> waiting_;
  std::map<uint64_t, std::weak_ptr<DataConnection>> claimed_;
  bool stopped_ = false;
  std::thread thread_;
};

// The path of the data socket that belongs to the daemon's socket at `path`.
std::string DataSocketPath(absl::string_view path);

}  // namespace marcd

#endif  // MARCD_SERVER_TRANSPORT_DATA_SERVER_H_
