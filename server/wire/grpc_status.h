// absl::Status → the status of a call.
#ifndef MARCD_SERVER_WIRE_GRPC_STATUS_H_
#define MARCD_SERVER_WIRE_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace marcd {

// The same code and message, with google.rpc.ErrorInfo (reason, domain `marcd`,
// metadata) where the status has a reason, and google.rpc.RetryInfo where trying
// again may help (RESOURCE_EXHAUSTED, UNAVAILABLE).
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace marcd

#endif  // MARCD_SERVER_WIRE_GRPC_STATUS_H_
