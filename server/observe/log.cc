#include "server/observe/log.h"

#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace marcd {

void Log(absl::string_view message) {
  const std::string line = absl::StrCat("marcd: ", message, "\n");
  // One write, so that lines of several threads do not mix; there is nobody to
  // tell when it fails.
  if (write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

}  // namespace marcd
