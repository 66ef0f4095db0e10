// The gRPC side of one stream of batches.
#ifndef MARCD_SERVER_RPC_STREAM_REACTOR_H_
#define MARCD_SERVER_RPC_STREAM_REACTOR_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/statusor.h"
#include "server/observe/activity.h"
#include "server/pipeline/read_stream.h"
#include "server/rpc/daemon.h"
#include "server/rpc/open_read.h"

namespace marcd {

// Carries a ReadStream's batches to gRPC, and gRPC's events to the stream. None
// of its reactions blocks.
//
// Lifetime: it owns itself from Start() until gRPC calls OnDone(), which comes
// after Finish(); a task that opens its input refers to it too, because a stream
// may be ended, and its call be over, while that task is still on its way out.
class StreamReactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                            public ReadStream::Sink,
                            public std::enable_shared_from_this<StreamReactor> {
 public:
  // A reactor for a new call of a raw method. `open(daemon, request)` makes an OpenedRead,
  // or a status, of the request in `buffer`; it runs on the daemon's I/O threads.
  template <typename Request, typename Open>
  static StreamReactor* Start(Daemon& daemon, const grpc::ByteBuffer& buffer, Open open) {
    const auto request = std::make_shared<Request>();
    grpc::ByteBuffer copy(buffer);  // shares the bytes; deserialising clears its buffer
    const bool ok = grpc::SerializationTraits<Request>::Deserialize(&copy, request.get()).ok();
    return Start(daemon, [&daemon, ok, request, open]() -> absl::StatusOr<OpenedRead> {
      if (!ok) return NotARequest();
      return open(daemon, std::move(*request));
    });
  }

  // ReadStream::Sink.
  void StartWrite(const EncodedBatch& batch) override;
  void Finish(const absl::Status& status) override;

  // grpc::ServerWriteReactor.
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  explicit StreamReactor(Daemon& daemon) : daemon_(daemon), call_(&daemon.activity) {}

  static StreamReactor* Start(Daemon& daemon, std::function<absl::StatusOr<OpenedRead>()> open);
  static absl::Status NotARequest();

  void Begin(absl::StatusOr<OpenedRead> read);
  // Sends buffer_ over data_.
  void WriteData();

  Daemon& daemon_;
  const Activity::Call call_;
  std::shared_ptr<StreamReactor> self_;
  // As in OpenedRead; set before the first write.
  decltype(OpenedRead::fold) fold_;
  // Where responses go if not into the call; set before the first write.
  std::shared_ptr<DataConnection> data_;
  // What is being written.
  std::shared_ptr<grpc::ByteBuffer> buffer_;

  std::mutex mutex_;
  std::shared_ptr<ReadStream> stream_;  // null until the input is open, then for good
  bool admitted_ = false;               // the registry knows stream_
  bool cancelled_ = false;
};

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_STREAM_REACTOR_H_
