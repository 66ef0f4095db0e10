#include "server/rpc/file_service.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "core/base/status.h"
#include "core/formats/format.h"
#include "core/source/archive.h"
#include "core/source/file_identity.h"
#include "core/source/position_token.h"
#include "server/rpc/check_file.h"
#include "server/rpc/open_file.h"
#include "server/rpc/stream_reactor.h"
#include "server/wire/grpc_status.h"

namespace marcd {
namespace {

constexpr int32_t kPageSize = 1'000;
constexpr int32_t kMaxPageSize = 10'000;
// A client takes messages of up to 4 MiB, unless it says otherwise; a name has 1 MiB at most.
constexpr size_t kMaxPageBytes = 1 << 20;

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
  response->set_archive(file->archive);
  return absl::OkStatus();
}

// What a page token is made with, in the place of a read's options.
constexpr absl::string_view kPagesAreOf = "members";

// How many members come before the page; the archive must be the one of the page before.
absl::StatusOr<uint64_t> ParsePageToken(const std::string& token, const IdentifiedFile& file) {
  if (token.empty()) return 0;
  const absl::StatusOr<PositionToken> parsed = ParseToken(token, kPagesAreOf);
  if (!parsed.ok()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID",
                     "page_token is not what a response of ListMembers gave");
  }
  MARCD_RETURN_IF_ERROR(CheckSame(parsed->file, file.fd.get(), file.path));
  return parsed->ordinal;
}

// Adds the members from `first` up to `end`; whether it stopped before one that follows, with which
// the reader then goes on. Where the archive breaks, those before are a page, and the one that
// would follow fails: who reads the archive page by page has all that can be had.
absl::StatusOr<bool> FillPage(ArchiveReader* reader, const IdentifiedFile& file, uint64_t first,
                              uint64_t end, v1::ListMembersResponse* response) {
  size_t bytes = 0;
  while (true) {
    const uint64_t index = reader->passed();
    absl::StatusOr<std::optional<ArchiveMember>> member = reader->Next();
    if (!member.ok() && index <= first) return member.status();
    if (member.ok() && !member->has_value()) return false;
    if (index < first) continue;
    if (!member.ok() || index == end || bytes >= kMaxPageBytes) {
      response->set_next_page_token(
          FormatToken(FormatTokenPrefix(file.identity, kPagesAreOf), 0, index));
      if (member.ok()) reader->PutBack(*std::move(*member));
      return member.ok();
    }
    v1::ArchiveMember* const added = response->add_members();
    bytes += (*member)->name.size();
    added->set_size((*member)->size);
    added->set_name(std::move((*member)->name));
  }
}

absl::Status DescribeMembers(const Daemon& daemon, const v1::ListMembersRequest& request,
                             v1::ListMembersResponse* response) {
  if (request.page_size() < 0) {
    return MakeError(absl::StatusCode::kInvalidArgument, "PAGE_SIZE_INVALID",
                     "page_size is negative");
  }
  v1::FileReference whole = request.file();
  whole.clear_member();
  MARCD_ASSIGN_OR_RETURN(IdentifiedFile file, OpenFile(daemon, whole));
  if (file.archive.empty()) return NotAnArchive(file);
  MARCD_ASSIGN_OR_RETURN(const uint64_t before, ParsePageToken(request.page_token(), file));
  MARCD_ASSIGN_OR_RETURN(std::unique_ptr<ArchiveReader> reader,
                         OpenArchive(daemon, file, [before](const ArchiveReader& waiting) {
                           return waiting.passed() <= before;
                         }));
  const int32_t size =
      request.page_size() == 0 ? kPageSize : std::min(request.page_size(), kMaxPageSize);
  MARCD_ASSIGN_OR_RETURN(
      const bool goes_on,
      FillPage(reader.get(), file, before, before + static_cast<uint64_t>(size), response));
  if (goes_on) daemon.archives.Keep(std::move(reader), daemon.clock.Now());
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

grpc::ServerUnaryReactor* FileService::ListMembers(grpc::CallbackServerContext* context,
                                                   const v1::ListMembersRequest* request,
                                                   v1::ListMembersResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const auto call = std::make_shared<Activity::Call>(&daemon_.activity);
  daemon_.io.Post([this, call, reactor, request, response] {
    reactor->Finish(ToGrpcStatus(DescribeMembers(daemon_, *request, response)));
  });
  return reactor;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* FileService::CheckFile(
    grpc::CallbackServerContext*, const grpc::ByteBuffer* request) {
  return StreamReactor::Start<v1::CheckFileRequest>(daemon_, *request, OpenCheck);
}

}  // namespace marcd
