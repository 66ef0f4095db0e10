// The gRPC side of one stream of batches.
#ifndef MARCD_SERVER_RPC_STREAM_REACTOR_H_
#define MARCD_SERVER_RPC_STREAM_REACTOR_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <mutex>

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
  using Open = std::function<absl::StatusOr<OpenedRead>()>;

  // A reactor for a new call. `open` runs on the daemon's I/O threads.
  static StreamReactor* Start(Daemon& daemon, Open open);

  // ReadStream::Sink.
  void StartWrite(const EncodedBatch& batch) override;
  void Finish(const absl::Status& status) override;

  // grpc::ServerWriteReactor.
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  explicit StreamReactor(Daemon& daemon) : daemon_(daemon), call_(&daemon.activity) {}

  void Begin(absl::StatusOr<OpenedRead> read);

  Daemon& daemon_;
  const Activity::Call call_;
  std::shared_ptr<StreamReactor> self_;
  // What is being written.
  std::shared_ptr<grpc::ByteBuffer> buffer_;

  std::mutex mutex_;
  std::shared_ptr<ReadStream> stream_;  // null until the input is open, then for good
  bool admitted_ = false;               // the registry knows stream_
  bool cancelled_ = false;
};

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_STREAM_REACTOR_H_
