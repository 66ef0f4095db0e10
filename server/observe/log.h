// What the daemon says to whoever runs it: one line on standard error.
#ifndef MARCD_SERVER_OBSERVE_LOG_H_
#define MARCD_SERVER_OBSERVE_LOG_H_

#include "absl/strings/string_view.h"

namespace marcd {

// Writes `marcd: MESSAGE` as one line. Thread-safe; never fails.
void Log(absl::string_view message);

}  // namespace marcd

#endif  // MARCD_SERVER_OBSERVE_LOG_H_
