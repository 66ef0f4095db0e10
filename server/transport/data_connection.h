// A connection that carries a stream's messages past gRPC.
#ifndef MARCD_SERVER_TRANSPORT_DATA_CONNECTION_H_
#define MARCD_SERVER_TRANSPORT_DATA_CONNECTION_H_

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/source/unique_fd.h"

namespace marcd {

// The sending end. Each message goes as its length in bytes (uint32, little-endian) and
// the message itself (docs/data_connections.md).
//
// Thread-safe; no method blocks. Writes come one after the other: the next one only when
// the one before is done.
class DataConnection {
 public:
  using Done = std::function<void(bool ok)>;
  // Asks for one call of Continue() when the socket takes bytes again or is broken.
  using Await = std::function<void()>;

  // `fd` is a connected stream socket in non-blocking mode.
  DataConnection(UniqueFd fd, Await await) : fd_(std::move(fd)), await_(std::move(await)) {}

  DataConnection(const DataConnection&) = delete;
  DataConnection& operator=(const DataConnection&) = delete;

  // Sends `pieces`, end to end, as one message of less than 4 GiB; `owner` keeps their
  // bytes alive. `done` is called exactly once, perhaps inside this call: with true when
  // the system has all bytes, with false when the other end is gone or after Close().
  void Write(std::vector<iovec> pieces, std::shared_ptr<void> owner, Done done);

  // Goes on with a write that had to wait.
  void Continue();

  // Nothing more is sent: a write under way ends with false, soon. The other end reads
  // what was sent before and then the end.
  void Close();

  int fd() const { return fd_.get(); }

 private:
  struct Message {
    uint8_t head[4];
    std::vector<iovec> pieces;  // what is left of them; the first is the head
    size_t next = 0;
    std::shared_ptr<void> owner;
    Done done;
  };

  // Sends what the socket takes: whether the write is over, and how.
  std::optional<bool> Send();

  const UniqueFd fd_;
  const Await await_;
  std::mutex mutex_;
  std::unique_ptr<Message> message_;  // the write under way
};

}  // namespace marcd

#endif  // MARCD_SERVER_TRANSPORT_DATA_CONNECTION_H_
