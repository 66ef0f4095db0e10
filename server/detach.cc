#include "server/detach.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"

namespace marcd {
namespace {

constexpr auto kLockPatience = std::chrono::seconds(2);
constexpr auto kLockPoll = std::chrono::milliseconds(10);

// Exits as the second process says, or did.
[[noreturn]] void AwaitSecond(pid_t second, int from_second) {
  char ready;
  ssize_t got;
  do {
    got = read(from_second, &ready, 1);
  } while (got < 0 && errno == EINTR);
  if (got == 1) _exit(0);
  int status = 0;
  while (waitpid(second, &status, 0) < 0 && errno == EINTR) {
  }
  // Whoever waits is to see that it was killed, and not that it failed.
  if (WIFSIGNALED(status)) {
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

}  // namespace

int Detach() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  const pid_t second = fork();
  if (second < 0) return -1;
  if (second > 0) {
    close(ends[1]);
    AwaitSecond(second, ends[0]);
  }
  close(ends[0]);
  setsid();
  return ends[1];
}

void ReportReady(int ready_fd, const std::string& log_file) {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  // O_NONBLOCK: a pipe in its place would wait for a reader.
  constexpr int kLogFlags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  const int log = log_file.empty() ? -1 : open(log_file.c_str(), kLogFlags, 0600);
  dup2(null, STDIN_FILENO);
  dup2(null, STDOUT_FILENO);
  dup2(log < 0 ? null : log, STDERR_FILENO);
  // Keeps no file system busy; where `/` cannot be entered, nothing is lost.
  if (chdir("/") != 0) errno = 0;
  // The first process sees the pipe closed if this fails, and says so.
  if (write(ready_fd, "1", 1) != 1) errno = 0;
  close(ready_fd);
}

absl::Status HoldLock(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "LOCK_UNUSABLE",
                     absl::StrCat("cannot open the lock file ", path, ": ", strerror(errno),
                                  "; remove what is in its place, or make room for it"),
                     {{"path", path}});
  }
  const auto deadline = std::chrono::steady_clock::now() + kLockPatience;
  while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= deadline) {
      close(fd);
      return MakeError(absl::StatusCode::kAlreadyExists, "LOCK_HELD",
                       absl::StrCat("another daemon is running: it holds ", path),
                       {{"path", path}});
    }
    std::this_thread::sleep_for(kLockPoll);  // flock has no deadline of its own
  }
  return absl::OkStatus();  // `fd` stays open for the life of the process
}

}  // namespace marcd
