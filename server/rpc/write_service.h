// marcd.v1.WriteService.
#ifndef MARCD_SERVER_RPC_WRITE_SERVICE_H_
#define MARCD_SERVER_RPC_WRITE_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include "marcd/v1/write_service.grpc.pb.h"
#include "server/rpc/daemon.h"

namespace marcd {

class WriteService final : public v1::WriteService::CallbackService {
 public:
  explicit WriteService(Daemon& daemon) : daemon_(daemon) {}

  grpc::ServerReadReactor<v1::WriteRecordsRequest>* WriteRecords(
      grpc::CallbackServerContext* context, v1::WriteRecordsResponse* response) override;

 private:
  Daemon& daemon_;
};

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_WRITE_SERVICE_H_
