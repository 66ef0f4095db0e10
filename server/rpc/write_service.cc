#include "server/rpc/write_service.h"

#include <memory>
#include <mutex>
#include <utility>

#include "server/observe/activity.h"
#include "server/pipeline/write_stream.h"
#include "server/rpc/write_file.h"
#include "server/wire/grpc_status.h"

namespace marcd {
namespace {

// Carries gRPC's events to a WriteStream. None of its reactions blocks. It owns itself until gRPC
// calls OnDone(), which comes after Finish() and after the last OnReadDone().
class WriteReactor final : public grpc::ServerReadReactor<v1::WriteRecordsRequest>,
                           public WriteStream::Peer {
 public:
  static WriteReactor* Start(Daemon& daemon, v1::WriteRecordsResponse* response) {
    auto* const reactor = new WriteReactor(daemon, response);
    const absl::Status admitted = daemon.streams.Admit(reactor->stream_);
    if (admitted.ok()) {
      reactor->stream_->Start();
    } else {
      reactor->stream_->Stop(admitted);
    }
    return reactor;
  }

  // WriteStream::Peer.
  void StartRead() override {
    request_ = std::make_shared<v1::WriteRecordsRequest>();
    grpc::ServerReadReactor<v1::WriteRecordsRequest>::StartRead(request_.get());
  }
  void Finish(const absl::Status& status) override {
    grpc::ServerReadReactor<v1::WriteRecordsRequest>::Finish(ToGrpcStatus(status));
  }

  // grpc::ServerReadReactor.
  void OnReadDone(bool ok) override {
    if (!ok) return stream_->OnEnd();
    WritePart part;
    part.bytes = request_->ByteSizeLong();
    switch (request_->part_case()) {
      case v1::WriteRecordsRequest::kHeader:
        part.kind = WritePart::Kind::kHeader;
        break;
      case v1::WriteRecordsRequest::kBatch:
        part.kind = WritePart::Kind::kBatch;
        part.records = static_cast<uint64_t>(request_->batch().frame_lengths_size());
        break;
      case v1::WriteRecordsRequest::kCommit:
        part.kind = WritePart::Kind::kCommit;
        part.records = request_->commit().records();
        break;
      default:
        break;
    }
    part.content = std::move(request_);
    stream_->OnPart(std::move(part));
  }
  void OnCancel() override {
    stream_->Stop(absl::CancelledError("the call was cancelled: nothing is published"));
  }
  void OnDone() override {
    daemon_.streams.Remove(stream_.get());
    delete this;
  }

 private:
  WriteReactor(Daemon& daemon, v1::WriteRecordsResponse* response)
      : daemon_(daemon),
        call_(&daemon.activity),
        stream_(WriteStream::Create({&daemon.executor, &daemon.io},
                                    std::make_unique<WriteFile>(daemon, response),
                                    daemon.stream_credit_bytes, this)) {}

  Daemon& daemon_;
  const Activity::Call call_;
  const std::shared_ptr<WriteStream> stream_;
  // What is being read.
  std::shared_ptr<v1::WriteRecordsRequest> request_;
};

}  // namespace

grpc::ServerReadReactor<v1::WriteRecordsRequest>* WriteService::WriteRecords(
    grpc::CallbackServerContext*, v1::WriteRecordsResponse* response) {
  return WriteReactor::Start(daemon_, response);
}

}  // namespace marcd
