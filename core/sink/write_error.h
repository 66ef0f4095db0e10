// errno of writing → a status.
#ifndef MARCD_CORE_SINK_WRITE_ERROR_H_
#define MARCD_CORE_SINK_WRITE_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace marcd {

// `path` cannot be written because of `error`: a status as FileSink::Create lists them.
absl::Status WriteError(int error, absl::string_view path);

// The same with a reason of the caller's.
absl::Status TargetError(absl::StatusCode code, absl::string_view reason, absl::string_view path,
                         absl::string_view why);

}  // namespace marcd

#endif  // MARCD_CORE_SINK_WRITE_ERROR_H_
