#include "server/rpc/file_service.h"

#include <memory>

#include "core/formats/format.h"
#include "server/rpc/check_file.h"
#include "server/rpc/open_read.h"
#include "server/rpc/stream_reactor.h"
#include "server/wire/grpc_status.h"

namespace marcd {
namespace {

void SetIdentity(const FileIdentity& from, v1::FileIdentity* to) {
  to->set_size(from.size);
  to->set_modified_ns(from.modified_ns);
  to->set_head_crc32(from.head_crc32);
  to->set_tail_crc32(from.tail_crc32);
  to->set_device(from.device);
  to->set_inode(from.inode);
  to->set_changed_ns(from.changed_ns);
}

absl::Status DescribeFile(const Daemon& daemon, const v1::FileReference& name,
                          v1::GetFileResponse* response) {
  const absl::StatusOr<IdentifiedFile> file = OpenFile(daemon, name);
  if (!file.ok()) return file.status();
  response->set_name(name.name());
  SetIdentity(file->identity, response->mutable_identity());
  response->set_etag(FormatEtag(file->identity));
  if (const Format* const format = SniffFormat(file->head); format != nullptr) {
    response->set_format(std::string(format->name));
  }
  if (file->compression != nullptr) {
    response->set_compression(std::string(file->compression->name));
  }
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* FileService::GetFile(grpc::CallbackServerContext* context,
                                               const v1::GetFileRequest* request,
                                               v1::GetFileResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const auto call = std::make_shared<Activity::Call>(&daemon_.activity);
  // Request, response and reactor are there until Finish().
  daemon_.io.Post([this, call, reactor, request, response] {
    reactor->Finish(ToGrpcStatus(DescribeFile(daemon_, request->file(), response)));
  });
  return reactor;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* FileService::CheckFile(
    grpc::CallbackServerContext*, const grpc::ByteBuffer* request) {
  return StreamReactor::Start<v1::CheckFileRequest>(daemon_, *request, OpenCheck);
}

}  // namespace marcd
