// marcd.v1.ServerService.
#ifndef MARCD_SERVER_RPC_SERVER_SERVICE_H_
#define MARCD_SERVER_RPC_SERVER_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include "marcd/v1/server_service.grpc.pb.h"
#include "server/rpc/daemon.h"

namespace marcd {

class ServerService final : public v1::ServerService::CallbackService {
 public:
  explicit ServerService(Daemon& daemon) : daemon_(daemon) {}

  grpc::ServerUnaryReactor* GetServerInfo(grpc::CallbackServerContext* context,
                                          const v1::GetServerInfoRequest* request,
                                          v1::GetServerInfoResponse* response) override;

 private:
  Daemon& daemon_;
};

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_SERVER_SERVICE_H_
