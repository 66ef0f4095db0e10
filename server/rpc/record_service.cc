#include "server/rpc/record_service.h"

#include <memory>
#include <utility>

#include "core/base/status.h"
#include "server/rpc/open_read.h"
#include "server/rpc/stream_reactor.h"

namespace marcd {
namespace {

// The message in `buffer`, or null when it is not one.
template <typename Message>
std::shared_ptr<Message> ParseRequest(const grpc::ByteBuffer& buffer) {
  grpc::ByteBuffer copy(buffer);  // shares the bytes; deserialising clears its buffer
  auto message = std::make_shared<Message>();
  const grpc::Status status = grpc::SerializationTraits<Message>::Deserialize(&copy, message.get());
  return status.ok() ? message : nullptr;
}

absl::Status NotARequest() {
  return MakeError(absl::StatusCode::kInvalidArgument, "REQUEST_INVALID",
                   "The request is not a message of marcd.v1; regenerate the client's stubs");
}

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* RecordService::ReadRecords(
    grpc::CallbackServerContext*, const grpc::ByteBuffer* buffer) {
  const auto request = ParseRequest<v1::ReadRecordsRequest>(*buffer);
  return StreamReactor::Start(daemon_, [this, request]() -> absl::StatusOr<OpenedRead> {
    if (request == nullptr) return NotARequest();
    return OpenRead(daemon_, *request);
  });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* RecordService::ParseRecords(
    grpc::CallbackServerContext*, const grpc::ByteBuffer* buffer) {
  const auto request = ParseRequest<v1::ParseRecordsRequest>(*buffer);
  return StreamReactor::Start(daemon_, [this, request]() -> absl::StatusOr<OpenedRead> {
    if (request == nullptr) return NotARequest();
    return OpenParse(daemon_, std::move(*request));
  });
}

}  // namespace marcd
