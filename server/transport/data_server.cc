#include "server/transport/data_server.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"
#include "server/transport/unix_socket.h"

namespace marcd {
namespace {

constexpr int kBacklog = 128;
constexpr uint64_t kWakeId = 0;
constexpr int kTickMs = 1000;
// A batch goes into the socket at once: the sender then has not to be woken amid one.
constexpr int kSendBufferBytes = 1 << 20;

absl::Status CannotListen(const std::string& path) {
  return MakeError(absl::StatusCode::kUnavailable, "CANNOT_LISTEN",
                   absl::StrCat("cannot listen on ", path, ": ", strerror(errno)),
                   {{"path", path}});
}

}  // namespace

std::string DataSocketPath(absl::string_view path) { return absl::StrCat(path, ".data"); }

DataServer::DataServer(UniqueFd epoll, UniqueFd wake)
    : epoll_(std::move(epoll)), wake_(std::move(wake)) {}

absl::StatusOr<std::unique_ptr<DataServer>> DataServer::Listen(
    const std::vector<std::string>& paths) {
  UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  UniqueFd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (epoll.get() < 0 || wake.get() < 0) return CannotListen("data sockets");
  std::unique_ptr<DataServer> server(new DataServer(std::move(epoll), std::move(wake)));
  for (const std::string& path : paths) MARCD_RETURN_IF_ERROR(server->AddListener(path));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeId;
  if (epoll_ctl(server->epoll_.get(), EPOLL_CTL_ADD, server->wake_.get(), &event) != 0) {
    return CannotListen("data sockets");
  }
  server->thread_ = std::thread([raw = server.get()] { raw->Serve(); });
  return server;
}

absl::Status DataServer::AddListener(const std::string& path) {
  MARCD_ASSIGN_OR_RETURN(const sockaddr_un address, UnixAddress(path));
  MARCD_RETURN_IF_ERROR(CheckSocketFree(path));
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) return CannotListen(path);
  unlink(path.c_str());
  // As gRPC's socket beside it: for its owner alone.
  const mode_t before = umask(0077);
  const int bound = bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  umask(before);
  if (bound != 0) return CannotListen(path);
  files_.emplace_back(path);
  const uint64_t id = next_id_++;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = id;
  if (listen(fd.get(), kBacklog) != 0 ||
      epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd.get(), &event) != 0) {
    return CannotListen(path);
  }
  listeners_.emplace(id, std::move(fd));
  return absl::OkStatus();
}

DataServer::~DataServer() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  const uint64_t one = 1;
  if (write(wake_.get(), &one, sizeof one) < 0) {
    // The counter is not zero, so the thread wakes all the same.
  }
  if (thread_.joinable()) thread_.join();
  for (const SocketFile& file : files_) {
    if (file.IsThere()) unlink(file.path().c_str());
  }
}

void DataServer::Serve() {
  while (true) {
    epoll_event events[32];
    const int count = epoll_wait(epoll_.get(), events, 32, kTickMs);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (stopped_) return;
    }
    for (int i = 0; i < count; ++i) Handle(events[i].data.u64, events[i].events);
    DropOld();
  }
}

void DataServer::Handle(uint64_t id, uint32_t events) {
  const auto listener = listeners_.find(id);
  if (listener != listeners_.end()) return Accept(listener->second.get());
  std::shared_ptr<DataConnection> connection;
  bool waiting = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    waiting = waiting_.count(id) > 0;
    const auto claimed = claimed_.find(id);
    if (claimed != claimed_.end()) connection = claimed->second.lock();
    if (waiting && (events & (EPOLLHUP | EPOLLERR)) != 0) waiting_.erase(id);
  }
  if (connection != nullptr) return connection->Continue();
  if (waiting) ReadName(id);
}

void DataServer::Accept(int listener) {
  // All that wait, but no end of them: others have their turn.
  for (int i = 0; i < kBacklog; ++i) {
    UniqueFd fd(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd.get() < 0) return;
    setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &kSendBufferBytes, sizeof kSendBufferBytes);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (waiting_.size() >= kMaxWaiting) continue;  // closes it
    const uint64_t id = next_id_++;
    const int raw = fd.get();
    waiting_[id] = Waiting{std::move(fd), "", Clock::now()};
    if (!Watch(EPOLL_CTL_ADD, raw, EPOLLIN, id)) waiting_.erase(id);
  }
}

void DataServer::ReadName(uint64_t id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  Waiting& waiting = found->second;
  char bytes[kNameBytes];
  const size_t missing = kNameBytes - waiting.name.size();
  const ssize_t got = missing > 0 ? recv(waiting.fd.get(), bytes, missing, MSG_DONTWAIT) : 0;
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
    if (!Watch(EPOLL_CTL_MOD, waiting.fd.get(), EPOLLIN, id)) waiting_.erase(found);
    return;
  }
  // More than a name, or less and then the end, is not what a client says.
  if (got <= 0) {
    waiting_.erase(found);
    return;
  }
  waiting.name.append(bytes, static_cast<size_t>(got));
  const bool complete = waiting.name.size() == kNameBytes;
  const char known = 1;
  if (complete && send(waiting.fd.get(), &known, 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1) {
    waiting_.erase(found);
    return;
  }
  if (!complete && !Watch(EPOLL_CTL_MOD, waiting.fd.get(), EPOLLIN, id)) waiting_.erase(found);
}

std::shared_ptr<DataConnection> DataServer::Claim(absl::string_view name) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (name.size() != kNameBytes) return nullptr;
  for (auto each = waiting_.begin(); each != waiting_.end(); ++each) {
    if (each->second.name != name) continue;
    const uint64_t id = each->first;
    const int fd = each->second.fd.get();
    auto connection = std::make_shared<DataConnection>(std::move(each->second.fd), [this, fd, id] {
      // It cannot fail: the socket is known to epoll, and open.
      Watch(EPOLL_CTL_MOD, fd, EPOLLOUT, id);
    });
    waiting_.erase(each);
    claimed_[id] = connection;
    return connection;
  }
  return nullptr;
}

void DataServer::DropOld() {
  const Clock::time_point now = Clock::now();
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto each = waiting_.begin(); each != waiting_.end();) {
    each = now - each->second.since > kMaxWait ? waiting_.erase(each) : std::next(each);
  }
  for (auto each = claimed_.begin(); each != claimed_.end();) {
    each = each->second.expired() ? claimed_.erase(each) : std::next(each);
  }
}

bool DataServer::Watch(int operation, int fd, uint32_t events, uint64_t id) {
  epoll_event event{};
  event.events = events | EPOLLONESHOT;
  event.data.u64 = id;
  return epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
}

}  // namespace marcd
