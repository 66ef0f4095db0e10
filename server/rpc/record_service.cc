#include "server/rpc/record_service.h"

#include "server/rpc/open_read.h"
#include "server/rpc/stream_reactor.h"

namespace marcd {

grpc::ServerWriteReactor<grpc::ByteBuffer>* RecordService::ReadRecords(
    grpc::CallbackServerContext*, const grpc::ByteBuffer* request) {
  return StreamReactor::Start<v1::ReadRecordsRequest>(daemon_, *request, OpenRead);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* RecordService::ParseRecords(
    grpc::CallbackServerContext*, const grpc::ByteBuffer* request) {
  return StreamReactor::Start<v1::ParseRecordsRequest>(daemon_, *request, OpenParse);
}

}  // namespace marcd
