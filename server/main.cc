// The daemon: starts, listens, waits for the word to stop, and stops cleanly.
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "core/base/status.h"
#include "server/detach.h"
#include "server/flags.h"
#include "server/guard/roots.h"
#include "server/observe/log.h"
#include "server/pipeline/io_pool.h"
#include "server/pipeline/tbb_executor.h"
#include "server/rpc/file_service.h"
#include "server/rpc/record_service.h"
#include "server/rpc/server_service.h"
#include "server/rpc/write_service.h"
#include "server/transport/data_server.h"
#include "server/transport/unix_socket.h"

namespace marcd {
namespace {

// As Abseil exits on a flag that it cannot read.
constexpr int kExitUsage = 1;
// sysexits.h
constexpr int kExitUnavailable = 69;
constexpr int kExitTempFail = 75;

// Enough for any client, and an end to what one connection can ask for.
constexpr int kStreamsPerConnection = 1000;
constexpr int kKeepaliveMs = 10'000;
// How long the short calls that are left may take, once the drain is over; when none is left that
// is not waited for. To cancel all at once has every idle client print an error.
constexpr auto kCallGrace = std::chrono::seconds(1);
// How long calls may then take to see that they are cancelled.
constexpr auto kCancelGrace = std::chrono::seconds(5);

int ExitCode(const absl::Status& status) {
  if (absl::IsAlreadyExists(status)) return kExitTempFail;
  return absl::IsInvalidArgument(status) ? kExitUsage : kExitUnavailable;
}

// The signals that end the daemon; blocked in every thread and waited for in one.
sigset_t EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

absl::StatusOr<std::unique_ptr<grpc::Server>> Listen(
    const Flags& flags, std::initializer_list<grpc::Service*> services) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  // Two daemons on one port would share its connections between them, unseen.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnection);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kKeepaliveMs);
  builder.SetMaxReceiveMessageSize(static_cast<int>(flags.max_record_bytes + (1 << 20)));
  builder.SetMaxSendMessageSize(-1);
  std::vector<int> ports(flags.listen.size(), 1);
  for (size_t i = 0; i < flags.listen.size(); ++i) {
    builder.AddListeningPort(flags.listen[i], grpc::InsecureServerCredentials(), &ports[i]);
  }
  for (grpc::Service* const service : services) builder.RegisterService(service);
  // A Unix socket is for its owner alone.
  const mode_t before = umask(0077);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  umask(before);
  if (server == nullptr) {
    return MakeError(absl::StatusCode::kUnavailable, "CANNOT_LISTEN",
                     absl::StrCat("cannot listen on ", absl::StrJoin(flags.listen, ", "),
                                  ": an address is in use, or cannot be had here"));
  }
  for (size_t i = 0; i < flags.listen.size(); ++i) {
    Log(absl::StrCat("listening on ", flags.listen[i],
                     absl::EndsWith(flags.listen[i], ":0") ? absl::StrCat(", port ", ports[i]) : "",
                     ", process ", getpid()));
  }
  return server;
}

// Listens for data connections beside each Unix socket, once it is sure that no other daemon
// has it. A path that has no room for the data socket's name does without.
absl::StatusOr<std::unique_ptr<DataServer>> ListenForData(const Flags& flags) {
  std::vector<std::string> paths;
  for (absl::string_view path : flags.listen) {
    if (!absl::ConsumePrefix(&path, "unix:")) continue;
    MARCD_RETURN_IF_ERROR(CheckSocketFree(path));
    std::string data_path = DataSocketPath(path);
    if (UnixAddress(data_path).ok()) paths.push_back(std::move(data_path));
  }
  if (paths.empty()) return nullptr;
  return DataServer::Listen(paths);
}

// The files of the Unix sockets that are listened on.
std::vector<SocketFile> SocketFiles(const Flags& flags) {
  std::vector<SocketFile> files;
  for (absl::string_view path : flags.listen) {
    if (absl::ConsumePrefix(&path, "unix:")) files.emplace_back(std::string(path));
  }
  return files;
}

bool AreThere(const std::vector<SocketFile>& sockets) {
  return std::all_of(sockets.begin(), sockets.end(),
                     [](const SocketFile& socket) { return socket.IsThere(); });
}

// Returns when a signal has come; with idle_exit_seconds also when nobody has used the daemon for
// so long, or nobody new can find it.
void AwaitEnd(const Flags& flags, const Daemon& daemon, const std::vector<SocketFile>& sockets) {
  const sigset_t signals = EndSignals();
  const std::chrono::seconds idle_exit(flags.idle_exit_seconds);
  while (true) {
    const timespec second{1, 0};
    const int signal = sigtimedwait(&signals, nullptr, &second);
    if (signal > 0) {
      Log(absl::StrCat("signal ", signal, ": draining"));
      return;
    }
    daemon.archives.Expire(daemon.clock.Now());
    // A daemon that leaves when nobody wants it is started by whoever misses it.
    if (flags.idle_exit_seconds == 0) continue;
    if (daemon.activity.idle() >= idle_exit) {
      Log("idle: exiting");
      return;
    }
    if (!AreThere(sockets)) {
      Log("a socket was removed or replaced: draining");
      return;
    }
  }
}

// Ends every call and shuts down. A call that a dead disk holds cannot end: then
// the process exits over it.
void Drain(const Flags& flags, StreamRegistry& streams, const Clock& clock,
           const std::vector<SocketFile>& sockets, grpc::Server* server) {
  server->GetHealthCheckService()->SetServingStatus(false);
  streams.Drain();
  if (!streams.WaitEmpty(clock.Now() + std::chrono::seconds(flags.drain_seconds))) {
    Log(absl::StrCat(streams.count(), " streams did not end in time and are cancelled"));
  }
  if (!AreThere(sockets)) return;  // gRPC would remove what is there now, another daemon's
  std::promise<void> done;
  std::future<void> shut_down = done.get_future();
  std::thread shutdown([server, &done] {
    server->Shutdown(std::chrono::system_clock::now() + kCallGrace);
    done.set_value();
  });
  if (shut_down.wait_for(kCancelGrace) != std::future_status::ready) {
    Log("a call does not end: exiting over it");
    _exit(1);
  }
  shutdown.join();
}

// Before there are threads: the umask can only be read by setting it.
mode_t NewMode() {
  const mode_t mask = umask(0077);
  umask(mask);
  return 0666 & ~mask;
}

// Null where the command line names no place for it.
absl::StatusOr<std::unique_ptr<WriteJournal>> OpenJournal(const Flags& flags) {
  if (flags.state_dir.empty()) return nullptr;
  return WriteJournal::Open(flags.state_dir);
}

absl::Status Run(const Flags& flags, mode_t new_mode, int ready_fd) {
  if (!flags.lock_file.empty()) MARCD_RETURN_IF_ERROR(HoldLock(flags.lock_file));
  MARCD_ASSIGN_OR_RETURN(const Roots roots, Roots::Parse(flags.roots));
  const SteadyClock clock;
  IoPool io(flags.io_threads);
  TbbExecutor executor(flags.decode_threads);
  StreamRegistry streams(static_cast<size_t>(flags.max_streams), &clock);
  Activity activity;
  ArchiveReaders archives;
  MARCD_ASSIGN_OR_RETURN(std::unique_ptr<DataServer> data, ListenForData(flags));
  MARCD_ASSIGN_OR_RETURN(std::unique_ptr<WriteJournal> journal, OpenJournal(flags));
  WriteRequests requests(std::move(journal));
  Daemon daemon{roots,
                executor,
                io,
                clock,
                streams,
                activity,
                archives,
                data.get(),
                static_cast<size_t>(flags.max_record_bytes),
                static_cast<uint64_t>(flags.stream_credit_bytes),
                flags.max_streams,
                flags.decode_threads,
                new_mode,
                requests};
  RecordService records(daemon);
  WriteService writes(daemon);
  FileService files(daemon);
  ServerService about(daemon);
  MARCD_ASSIGN_OR_RETURN(const std::unique_ptr<grpc::Server> server,
                         Listen(flags, {&records, &writes, &files, &about}));
  // Now that nothing ends this function any more: `requests` goes before `io` would.
  io.Post([&requests] { requests.Settle(); });
  const std::vector<SocketFile> sockets = SocketFiles(flags);
  if (ready_fd >= 0) ReportReady(ready_fd, flags.log_file);
  AwaitEnd(flags, daemon, sockets);
  Drain(flags, streams, clock, sockets, server.get());
  // Every call is over and nothing is left to be written. Not by way of the
  // destructors: gRPC 1.51's would wait for a poll of its own that may take ten
  // seconds to time out.
  data.reset();
  Log("stopped");
  _exit(0);
}

// Every chunk of a file and every batch has a buffer of up to a megabyte. Without this glibc gives
// each back to the kernel, which clears it for the next: a fifth of the time of a fast read.
void KeepFreedBuffers() {
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 8 << 20);
}

// What the shell of the first client allows it is no measure for all who come later: each has a
// connection or two here, and a file.
void AllowDescriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int Main(int argc, char** argv) {
  KeepFreedBuffers();
  AllowDescriptors();
  const absl::StatusOr<Flags> flags = ParseFlags(argc, argv);
  if (!flags.ok()) {
    Log(flags.status().message());
    return ExitCode(flags.status());
  }
  const int ready_fd = flags->detach ? Detach() : -1;
  if (flags->detach && ready_fd < 0) {
    Log("cannot go into the background: the system has no process or pipe to spare");
    return kExitUnavailable;
  }
  const sigset_t signals = EndSignals();
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a file that grows past the limit is an error of its write
  const absl::Status status = Run(*flags, NewMode(), ready_fd);
  if (status.ok()) return 0;
  Log(status.message());
  return ExitCode(status);
}

}  // namespace
}  // namespace marcd

int main(int argc, char** argv) { return marcd::Main(argc, argv); }
