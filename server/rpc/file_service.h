// marcd.v1.FileService.
#ifndef MARCD_SERVER_RPC_FILE_SERVICE_H_
#define MARCD_SERVER_RPC_FILE_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include "marcd/v1/file_service.grpc.pb.h"
#include "server/rpc/daemon.h"

namespace marcd {

// CheckFile is raw: its responses are encoded in the pipeline.
using RawFileService =
    v1::FileService::WithCallbackMethod_GetFile<v1::FileService::WithCallbackMethod_ListMembers<
        v1::FileService::WithRawCallbackMethod_CheckFile<v1::FileService::Service>>>;

class FileService final : public RawFileService {
 public:
  explicit FileService(Daemon& daemon) : daemon_(daemon) {}

  grpc::ServerUnaryReactor* GetFile(grpc::CallbackServerContext* context,
                                    const v1::GetFileRequest* request,
                                    v1::GetFileResponse* response) override;
  grpc::ServerUnaryReactor* ListMembers(grpc::CallbackServerContext* context,
                                        const v1::ListMembersRequest* request,
                                        v1::ListMembersResponse* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* CheckFile(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request) override;

 private:
  Daemon& daemon_;
};

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_FILE_SERVICE_H_
