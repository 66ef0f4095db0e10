#include "server/rpc/stream_reactor.h"

#include <utility>
#include <vector>

#include "core/base/status.h"
#include "server/wire/grpc_status.h"

namespace marcd {

StreamReactor* StreamReactor::Start(Daemon& daemon,
                                    std::function<absl::StatusOr<OpenedRead>()> open) {
  const std::shared_ptr<StreamReactor> reactor(new StreamReactor(daemon));
  reactor->self_ = reactor;
  daemon.io.Post([reactor, open = std::move(open)] { reactor->Begin(open()); });
  return reactor.get();
}

absl::Status StreamReactor::NotARequest() {
  return MakeError(absl::StatusCode::kInvalidArgument, "REQUEST_INVALID",
                   "The request is not a message of marcd.v1; regenerate the client's stubs");
}

void StreamReactor::Begin(absl::StatusOr<OpenedRead> read) {
  if (!read.ok()) return Finish(read.status());
  fold_ = std::move(read->fold);
  ReadStream::Limits limits;
  limits.batch_bytes = read->batch_bytes;
  limits.credit_bytes = daemon_.stream_credit_bytes;
  const std::shared_ptr<ReadStream> stream = ReadStream::Create(
      {&daemon_.executor, &daemon_.io, &daemon_.clock}, std::move(read->input), limits, this);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stream_ = stream;
    data_ = std::move(read->data);
  }
  if (absl::Status admitted = daemon_.streams.Admit(stream); !admitted.ok()) {
    return Finish(admitted);
  }
  // From here on the registry may end the stream, and the call be over.
  bool cancelled;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    admitted_ = true;
    cancelled = cancelled_;
  }
  if (cancelled) {
    stream->Cancel();
  } else {
    stream->Start();
  }
}

void StreamReactor::StartWrite(const EncodedBatch& batch) {
  buffer_ = fold_ ? fold_(batch) : std::static_pointer_cast<grpc::ByteBuffer>(batch.payload);
  if (buffer_ == nullptr) return stream_->OnWriteDone(true);  // consumed: that is all
  if (data_ != nullptr) return WriteData();
  grpc::ServerWriteReactor<grpc::ByteBuffer>::StartWrite(buffer_.get());
}

void StreamReactor::WriteData() {
  const auto slices = std::make_shared<std::vector<grpc::Slice>>();
  if (!buffer_->Dump(slices.get()).ok()) return stream_->OnWriteDone(false);
  std::vector<iovec> pieces;
  for (const grpc::Slice& slice : *slices) {
    pieces.push_back({const_cast<uint8_t*>(slice.begin()), slice.size()});
  }
  data_->Write(std::move(pieces), slices, [stream = stream_](bool ok) { stream->OnWriteDone(ok); });
}

// The client reads the data connection to its end, and then how the call ended.
void StreamReactor::Finish(const absl::Status& status) {
  if (data_ != nullptr) data_->Close();
  grpc::ServerWriteReactor<grpc::ByteBuffer>::Finish(ToGrpcStatus(status));
}

// Writes begin after Start(), which comes after stream_ was set for good.
void StreamReactor::OnWriteDone(bool ok) { stream_->OnWriteDone(ok); }

void StreamReactor::OnCancel() {
  std::shared_ptr<ReadStream> stream;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    cancelled_ = true;
    // Or a write that the client does not read would never end.
    if (data_ != nullptr) data_->Close();
    // A stream that is not admitted yet is cancelled by Begin(): Cancel() would
    // end the call before the registry knows the stream, and leave it there.
    if (admitted_) stream = stream_;
  }
  if (stream != nullptr) stream->Cancel();
}

void StreamReactor::OnDone() {
  if (stream_ != nullptr) daemon_.streams.Remove(stream_.get());
  self_.reset();
}

}  // namespace marcd
