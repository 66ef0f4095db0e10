#include "server/rpc/open_read.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"
#include "core/formats/format.h"
#include "core/framing/pushed_framer.h"
#include "core/source/memory_source.h"
#include "core/source/position_token.h"
#include "server/rpc/read_options.h"
#include "server/wire/encode_batch.h"

namespace marcd {
namespace {

// Where a read of a file begins and ends.
struct Range {
  uint64_t start_offset = 0;
  uint64_t start_ordinal = 0;
  uint64_t end_offset = 0;
};

// Offsets and ordinals stay below it, so that no sum of them overflows.
constexpr uint64_t kMaxPlace = uint64_t{1} << 62;

absl::Status RangeError(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, "RANGE_INVALID", message);
}

absl::Status CheckPlace(uint64_t offset, uint64_t ordinal) {
  if (offset < kMaxPlace && ordinal < kMaxPlace) return absl::OkStatus();
  return RangeError(absl::StrCat("offset ", offset, " or ordinal ", ordinal, " is not below 2^62"));
}

absl::StatusOr<Range> ReadRange(const v1::ReadRecordsRequest& request, const IdentifiedFile& file,
                                const ReadPlan& plan) {
  Range range;
  range.start_offset = request.start_offset();
  range.start_ordinal = request.start_ordinal();
  // What a compressed file holds ends where it ends.
  const uint64_t size = file.is_plain() ? file.identity.size : kMaxPlace;
  range.end_offset = request.has_end_offset() ? request.end_offset() : size;
  if (!request.resume_token().empty()) {
    if (request.start_offset() != 0 || request.start_ordinal() != 0) {
      return RangeError("resume_token excludes start_offset and start_ordinal");
    }
    MARCD_ASSIGN_OR_RETURN(
        const PositionToken token,
        ParseToken(request.resume_token(), SpellOptions(plan, file.compression, file.member)));
    MARCD_RETURN_IF_ERROR(CheckSame(token.file, file.fd.get(), file.path));
    range.start_offset = token.offset;
    range.start_ordinal = token.ordinal;
  }
  if (range.start_offset > size) {
    return RangeError(
        absl::StrCat("start_offset is ", range.start_offset, "; the file has ", size, " bytes"));
  }
  MARCD_RETURN_IF_ERROR(CheckPlace(range.start_offset, range.start_ordinal));
  if (request.has_end_offset() && request.end_offset() < range.start_offset) {
    return RangeError(absl::StrCat("end_offset ", request.end_offset(), " is before the start at ",
                                   range.start_offset));
  }
  return range;
}

template <typename Response>
EncodedBatch Encode(Response response, Batch batch, View view) {
  EncodedBatch encoded;
  encoded.error = batch.error;
  auto payload =
      std::make_shared<grpc::ByteBuffer>(EncodeBatch(std::move(response), std::move(batch), view));
  encoded.bytes = payload->Length();
  encoded.payload = std::move(payload);
  return encoded;
}

// Whose records a read of a whole archive would give is not said. (pymarc's readers take an
// archive for what it is not, and so does this mode.)
absl::Status CheckNotWholeArchive(const IdentifiedFile& file, const v1::ReadOptions& options) {
  if (file.archive.empty() || !file.member.empty() ||
      options.recovery_mode() == v1::RECOVERY_MODE_PYMARC) {
    return absl::OkStatus();
  }
  return MakeError(
      absl::StatusCode::kInvalidArgument, "MEMBER_WANTED",
      absl::StrCat(file.path, " is a ", file.archive,
                   " archive: name one of its members (in FileReference.member, in Python "
                   "by marcd.read's member=; ListMembers tells them, in Python "
                   "client.list_members())"),
      {{"path", file.path}, {"archive", file.archive}});
}

}  // namespace

absl::StatusOr<OpenedRange> OpenRange(const Daemon& daemon, const v1::ReadRecordsRequest& request) {
  MARCD_ASSIGN_OR_RETURN(IdentifiedFile file, OpenFile(daemon, request.file(), request.options()));
  OpenedRange opened;
  opened.path = file.path;
  opened.identity = file.identity;
  opened.compression = file.compression;
  opened.member = file.member;
  opened.is_plain = file.is_plain();
  MARCD_RETURN_IF_ERROR(CheckNotWholeArchive(file, request.options()));
  MARCD_ASSIGN_OR_RETURN(opened.settings,
                         CompileReadOptions(request.options(), file.head, daemon.max_record_bytes));
  const absl::StatusOr<Range> range = ReadRange(request, file, opened.settings.plan);
  if (!range.ok()) return WithPath(range.status(), file.path);
  opened.start_offset = range->start_offset;
  opened.start_ordinal = range->start_ordinal;

  MARCD_ASSIGN_OR_RETURN(opened.source, OpenSource(daemon, &file, range->start_offset));
  // On this thread, which may wait, so that the first run has something to frame.
  if (opened.source->window().empty()) MARCD_RETURN_IF_ERROR(opened.source->Fill());
  FramerOptions walk;
  walk.first_ordinal = range->start_ordinal;
  walk.end_offset = range->end_offset;
  opened.framer = MakeFramer(opened.settings.plan, walk);
  return opened;
}

// The data connection of that name; null where no name is given.
absl::StatusOr<std::shared_ptr<DataConnection>> ClaimData(const Daemon& daemon,
                                                          const std::string& name) {
  std::shared_ptr<DataConnection> data;
  if (name.empty()) return data;
  if (daemon.data != nullptr) data = daemon.data->Claim(name);
  if (data == nullptr) {
    return MakeError(absl::StatusCode::kUnavailable, "DATA_CONNECTION_UNKNOWN",
                     "There is no data connection of that name: open one, or leave the name out");
  }
  return data;
}

absl::StatusOr<OpenedRead> OpenRead(const Daemon& daemon, const v1::ReadRecordsRequest& request) {
  OpenedRead read;
  // First of all: on any error it is closed, and the client, who reads it, learns of that.
  MARCD_ASSIGN_OR_RETURN(read.data, ClaimData(daemon, request.data_connection()));
  MARCD_ASSIGN_OR_RETURN(OpenedRange range, OpenRange(daemon, request));
  read.batch_bytes = range.settings.plan.batch_bytes;
  read.input.source = std::move(range.source);
  read.input.framer = std::move(range.framer);
  read.input.work =
      [settings = range.settings, path = range.path, size = range.size(),
       prefix = FormatTokenPrefix(
           range.identity, SpellOptions(range.settings.plan, range.compression, range.member))](
          const Block& block, bool first) {
        Batch batch = DecodeBlock(block, settings.plan);
        batch.error = WithPath(std::move(batch.error), path);
        v1::ReadRecordsResponse response;
        if (first) {
          response.set_token_prefix(prefix);
          response.set_file_size(size);
        }
        return Encode(std::move(response), std::move(batch), settings.view);
      };
  return read;
}

// Whether it takes more of the source's beginning to tell its format.
bool IsFormatOpen(const v1::ParseRecordsRequest& request, absl::string_view head) {
  const v1::ReadOptions& options = request.options();
  return request.state().empty() && !request.last() && head.size() < kHeadBytes &&
         options.source_format() == v1::RECORD_FORMAT_UNSPECIFIED &&
         options.recovery_mode() != v1::RECOVERY_MODE_PYMARC && SniffFormat(head) == nullptr;
}

absl::StatusOr<OpenedRead> OpenParse(const Daemon& daemon, v1::ParseRecordsRequest request) {
  MARCD_RETURN_IF_ERROR(CheckPlace(request.offset(), request.ordinal()));
  const absl::string_view head = absl::string_view(request.data()).substr(0, kHeadBytes);
  MARCD_ASSIGN_OR_RETURN(
      ReadSettings settings,
      CompileReadOptions(request.options(), head, daemon.max_record_bytes, request.state()));

  const bool is_open = IsFormatOpen(request, head);
  if (is_open) request.clear_data();  // nothing is consumed: the client sends more
  OpenedRead read;
  read.batch_bytes = settings.plan.batch_bytes;
  FramerOptions options;
  options.first_ordinal = request.ordinal();
  options.tell_open_gaps = true;
  read.input.framer = std::make_unique<PushedFramer>(MakeFramer(settings.plan, options));
  const auto data = std::make_shared<const std::string>(std::move(*request.mutable_data()));
  const SharedBytes bytes{std::shared_ptr<const char[]>(data, data->data()), data->size()};
  read.input.source = std::make_unique<MemorySource>(bytes, request.offset(), request.last());
  read.input.work = [settings = std::move(settings), is_open](const Block& block, bool first) {
    v1::ParseRecordsResponse response;
    // A client whose stream breaks goes on with what it has by then.
    if (first && !is_open) response.set_state(SpellState(settings.plan));
    return Encode(std::move(response), DecodeBlock(block, settings.plan), settings.view);
  };
  return read;
}

}  // namespace marcd
