#include "server/transport/data_connection.h"

#include <errno.h>
#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace marcd {
namespace {

// The kernel takes at most IOV_MAX pieces a call, of which there are at least 16.
constexpr size_t kPiecesAtOnce = 16;

}  // namespace

void DataConnection::Write(std::vector<iovec> pieces, std::shared_ptr<void> owner, Done done) {
  auto message = std::make_unique<Message>();
  uint64_t size = 0;
  for (const iovec& piece : pieces) size += piece.iov_len;
  for (int i = 0; i < 4; ++i) message->head[i] = static_cast<uint8_t>(size >> (8 * i));
  pieces.insert(pieces.begin(), iovec{message->head, sizeof message->head});
  message->pieces = std::move(pieces);
  message->owner = std::move(owner);
  message->done = std::move(done);
  if (size > UINT32_MAX) return message->done(false);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    assert(message_ == nullptr);
    message_ = std::move(message);
  }
  Continue();
}

void DataConnection::Continue() {
  std::unique_ptr<Message> over;
  bool ok = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (message_ == nullptr) return;
    const std::optional<bool> sent = Send();
    if (!sent.has_value()) return await_();
    ok = *sent;
    over = std::move(message_);
  }
  over->done(ok);
}

std::optional<bool> DataConnection::Send() {
  std::vector<iovec>& pieces = message_->pieces;
  size_t& next = message_->next;
  while (next < pieces.size()) {
    msghdr header{};
    header.msg_iov = &pieces[next];
    header.msg_iovlen = std::min(kPiecesAtOnce, pieces.size() - next);
    const ssize_t sent = sendmsg(fd_.get(), &header, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
      return false;
    }
    auto left = static_cast<size_t>(sent);
    while (next < pieces.size() && left >= pieces[next].iov_len) left -= pieces[next++].iov_len;
    if (left > 0) {
      pieces[next].iov_base = static_cast<char*>(pieces[next].iov_base) + left;
      pieces[next].iov_len -= left;
    }
  }
  return true;
}

void DataConnection::Close() { shutdown(fd_.get(), SHUT_RDWR); }

}  // namespace marcd
