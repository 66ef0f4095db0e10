// Errors with a reason that a program can branch on.
//
// core returns absl::Status and throws nothing. A status made here also carries
// a reason in UPPER_SNAKE_CASE and metadata (path, offset, limit ...), which the
// server turns into google.rpc.ErrorInfo. Thread-safe: values only.
#ifndef MARCD_CORE_BASE_STATUS_H_
#define MARCD_CORE_BASE_STATUS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace marcd {

using ErrorMetadata = std::vector<std::pair<std::string, std::string>>;

// A status with `code`, the sentence `message`, and `reason` and `metadata`
// attached. `code` is not kOk.
absl::Status MakeError(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                       const ErrorMetadata& metadata = {});

// The reason attached to `status`; empty when there is none.
std::string ErrorReason(const absl::Status& status);

// The metadata attached to `status`, sorted by key.
ErrorMetadata GetErrorMetadata(const absl::Status& status);

}  // namespace marcd

#define MARCD_RETURN_IF_ERROR(expr)                \
  do {                                             \
    absl::Status marcd_status_ = (expr);           \
    if (!marcd_status_.ok()) return marcd_status_; \
  } while (false)

#define MARCD_CONCAT_INNER_(a, b) a##b
#define MARCD_CONCAT_(a, b) MARCD_CONCAT_INNER_(a, b)
#define MARCD_ASSIGN_OR_RETURN(lhs, expr) \
  MARCD_ASSIGN_OR_RETURN_IMPL_(MARCD_CONCAT_(marcd_statusor_, __LINE__), lhs, expr)
#define MARCD_ASSIGN_OR_RETURN_IMPL_(statusor, lhs, expr) \
  auto statusor = (expr);                                 \
  if (!statusor.ok()) return statusor.status();           \
  lhs = std::move(statusor).value()

#endif  // MARCD_CORE_BASE_STATUS_H_
