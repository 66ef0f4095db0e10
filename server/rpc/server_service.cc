#include "server/rpc/server_service.h"

#include <unistd.h>

#include "core/record/frame.h"

namespace marcd {

grpc::ServerUnaryReactor* ServerService::GetServerInfo(grpc::CallbackServerContext* context,
                                                       const v1::GetServerInfoRequest*,
                                                       v1::GetServerInfoResponse* response) {
  const Activity::Call call(&daemon_.activity);
  response->set_version(kVersion);
  response->set_pid(static_cast<uint32_t>(getpid()));
  response->add_frame_versions(kFrameVersion);
  for (const std::string& name : daemon_.roots.names()) response->add_roots(name);
  response->set_open_streams(static_cast<uint32_t>(daemon_.streams.count()));
  response->set_max_streams(static_cast<uint32_t>(daemon_.max_streams));
  response->set_max_record_bytes(daemon_.max_record_bytes);
  response->set_decode_threads(static_cast<uint32_t>(daemon_.decode_threads));
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace marcd
