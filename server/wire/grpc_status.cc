#include "server/wire/grpc_status.h"

#include <string>

#include "core/base/status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace marcd {
namespace {

// Long enough for a daemon to be replaced or a stream to end, short enough for
// a person to wait.
constexpr int kRetrySeconds = 1;

bool IsWorthRetrying(const absl::Status& status) {
  return absl::IsResourceExhausted(status) || absl::IsUnavailable(status);
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());
  const std::string message(status.message());
  google::rpc::Status details;
  details.set_code(code);
  details.set_message(message);
  if (const std::string reason = ErrorReason(status); !reason.empty()) {
    google::rpc::ErrorInfo info;
    info.set_reason(reason);
    info.set_domain("marcd");
    for (const auto& [key, value] : GetErrorMetadata(status)) {
      (*info.mutable_metadata())[key] = value;
    }
    details.add_details()->PackFrom(info);
  }
  if (IsWorthRetrying(status)) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(kRetrySeconds);
    details.add_details()->PackFrom(retry);
  }
  return grpc::Status(code, message, details.SerializeAsString());
}

}  // namespace marcd
