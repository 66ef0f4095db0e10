// marcd.v1.FileService.
#ifndef MARCD_SERVER_RPC_FILE_SERVICE_H_
#define MARCD_SERVER_RPC_FILE_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include "marcd/v1/file_service.grpc.pb.h"
#include "server/rpc/daemon.h"

namespace marcd {

class FileService final : public v1::FileService::CallbackService {
 public:
  explicit FileService(Daemon& daemon) : daemon_(daemon) {}

  grpc::ServerUnaryReactor* GetFile(grpc::CallbackServerContext* context,
                                    const v1::GetFileRequest* request,
                                    v1::GetFileResponse* response) override;

 private:
  Daemon& daemon_;
};

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_FILE_SERVICE_H_
