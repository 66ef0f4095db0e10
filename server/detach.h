// Going into the background, and being the only daemon there.
#ifndef MARCD_SERVER_DETACH_H_
#define MARCD_SERVER_DETACH_H_

#include <string>

#include "absl/status/status.h"

namespace marcd {

// Forks. The first process waits for the second: it exits 0 when that one is
// ready, else with its exit status. Returns in the second only, in a session of
// its own, with the descriptor that ReportReady() wants, or -1 when the system
// cannot fork. To be called before any thread exists.
int Detach();

// Tells the first process that this one is ready, and lets go of the terminal:
// standard input and output become /dev/null, standard error `log_file` (or
// /dev/null if that is empty or cannot be opened), the working folder `/`.
void ReportReady(int ready_fd, const std::string& log_file);

// Locks `path` until the process ends, however it ends: the kernel drops the
// lock. Waits two seconds for another daemon that is about to exit.
//   ALREADY_EXISTS LOCK_HELD    another daemon holds it.
//   FAILED_PRECONDITION LOCK_UNUSABLE  the file cannot be opened.
absl::Status HoldLock(const std::string& path);

}  // namespace marcd

#endif  // MARCD_SERVER_DETACH_H_
