// marcd.v1.RecordService.
#ifndef MARCD_SERVER_RPC_RECORD_SERVICE_H_
#define MARCD_SERVER_RPC_RECORD_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include "marcd/v1/record_service.grpc.pb.h"
#include "server/rpc/daemon.h"

namespace marcd {

// Both methods are raw: their responses are encoded in the pipeline.
using RawRecordService = v1::RecordService::WithRawCallbackMethod_ReadRecords<
    v1::RecordService::WithRawCallbackMethod_ParseRecords<v1::RecordService::Service>>;

class RecordService final : public RawRecordService {
 public:
  explicit RecordService(Daemon& daemon) : daemon_(daemon) {}

  grpc::ServerWriteReactor<grpc::ByteBuffer>* ReadRecords(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* ParseRecords(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override;

 private:
  Daemon& daemon_;
};

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_RECORD_SERVICE_H_
