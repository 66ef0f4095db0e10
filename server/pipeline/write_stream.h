// One stream of batches into one target, from the header to the commit.
//
// What happens: the peer reads a part at a time; the header opens the target on an I/O thread, and
// only then is more asked for; each batch is encoded on the executor, several at once, and appended
// on an I/O thread, one at a time and in the order sent. Parts are read on while those that are
// encoded and not yet appended are within the credits: a disk that is slow stops the client, not a
// thread. When the commit has come and then the end of the stream, and all is appended, the target
// is committed. Whatever goes wrong before drops the target, and only then is the call finished:
// who learns that a write has failed finds nothing left of it.
//
// Why it is safe:
//  - Everything mutable is guarded by mutex_. Each event changes the state and then calls
//    Advance(), which looks at the state afresh and does what is due: no order of events loses a
//    wake-up.
//  - The target's calls but Encode() are made by one task at a time (io_active_), and it dies in
//    such a task. Encode() is called only while it is open, and it is not dropped or committed
//    before the last Encode() has returned.
//  - Once Commit() has begun nothing stops it: what it says is what the client learns.
//  - The peer is called without mutex_ but by one thread at a time (acting_), so it may call back
//    from within; Finish() is the last call to it. Events that come after Finish() do nothing.
//  - Each task refers to the stream.
#ifndef MARCD_SERVER_PIPELINE_WRITE_STREAM_H_
#define MARCD_SERVER_PIPELINE_WRITE_STREAM_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "server/pipeline/clock.h"
#include "server/pipeline/credit_gate.h"
#include "server/pipeline/executor.h"
#include "server/pipeline/stream_registry.h"

namespace marcd {

// One message of the client's.
struct WritePart {
  enum class Kind { kHeader, kBatch, kCommit, kUnknown };
  Kind kind = Kind::kUnknown;
  // Of a type that the peer and the target agree on.
  std::shared_ptr<const void> content;
  // About how much memory the content takes up.
  size_t bytes = 0;
  // Of a batch: how many records it holds; of a commit: how many there were in all.
  uint64_t records = 0;
};

// A batch, ready to be appended.
struct EncodedPart {
  std::shared_ptr<void> content;
  size_t bytes = 0;
  // Not OK when it cannot be written; the first such, in the order sent, ends the write.
  absl::Status error;
};

// What is written. All calls but Encode() may block on a disk.
class WriteTarget {
 public:
  // Leaves nothing behind of what is not committed.
  virtual ~WriteTarget() = default;

  // What `header` names. The first call.
  virtual absl::Status Open(const WritePart& header) = 0;

  // `first_record`: how many records came in batches before. Called from several threads at once.
  virtual EncodedPart Encode(const WritePart& batch, uint64_t first_record) const = 0;

  virtual absl::Status Append(const EncodedPart& part) = 0;

  // Publishes. `records` are as the commit says. `batches`: whether there was any, however small.
  // The last call.
  virtual absl::Status Commit(uint64_t records, bool batches) = 0;

  // Whether a commit may name another number of records than were sent, when no batch was sent.
  virtual bool answers_without_batches() const { return false; }
};

// Thread-safe. Made by Create(); alive for as long as somebody refers to it.
class WriteStream : public LiveStream, public std::enable_shared_from_this<WriteStream> {
 public:
  // Where the parts come from; called by one thread at a time.
  class Peer {
   public:
    virtual ~Peer() = default;

    // Asks for the next part. OnPart() or OnEnd() is to be called exactly once afterwards, perhaps
    // inside this call; after Finish() it may be left out.
    virtual void StartRead() = 0;

    // Ends the stream. Called exactly once; the peer is not used again and may be deleted, inside
    // this call if it likes.
    virtual void Finish(const absl::Status& status) = 0;
  };

  // Where it runs. Both outlive the stream's last task.
  struct Context {
    Executor* executor = nullptr;
    Executor* io = nullptr;  // for what may block on a disk
  };

  // `peer` must stay alive until Finish() is called on it. `credit_bytes`: how much may be read and
  // not yet appended, encoded or not; one part at least is.
  static std::shared_ptr<WriteStream> Create(const Context& context,
                                             std::unique_ptr<WriteTarget> target,
                                             uint64_t credit_bytes, Peer* peer);

  // Begins to read. Once at most; does nothing if the stream is over already.
  void Start();

  // What StartRead() asked for.
  void OnPart(WritePart part);
  // The client has closed its side, or is gone.
  void OnEnd();

  // Unless Commit() has begun, drops the target and finishes with `status`, which is not OK.
  void Stop(absl::Status status);

  // Of the registry. A daemon that drains lets a stream go on to its commit, and cancels it when
  // the grace is over: UNAVAILABLE `DRAINING` does nothing. Others are as Stop().
  void End(absl::Status status) override;

  // Never: to park a writer would lose what it has written.
  std::optional<Clock::Time> stalled_since() const override { return std::nullopt; }

  WriteStream(const WriteStream&) = delete;
  WriteStream& operator=(const WriteStream&) = delete;

 private:
  // A batch on its way.
  struct Slot {
    WritePart part;
    uint64_t first_record = 0;
    uint64_t credit = 0;
    bool encoded = false;
    EncodedPart result;
  };
  enum class State {
    kHeader,     // nothing has come
    kOpening,    // the header has
    kBatches,    // the target is open
    kCommitted,  // the commit has come
    kEnded,      // and behind it the end
    kClosing,    // the target is being committed or dropped
    kClosed,     // and that is done
    kFinished,
  };

  WriteStream(const Context& context, std::unique_ptr<WriteTarget> target, uint64_t credit_bytes,
              Peer* peer);

  // Tasks.
  void OpenTarget(const WritePart& header);
  void Encode(const std::shared_ptr<Slot>& slot);
  void AppendAll();
  void CommitTarget();
  void DropTarget();

  // Does what is due. Called without mutex_.
  void Advance();
  bool Act();  // one step of it; whether to look again

  // Under mutex_.
  void Fail(absl::Status status);
  void Take(WritePart part);
  void TakeBatch(WritePart part);
  void PostIoIfDue();
  void PostIo(void (WriteStream::*task)());
  bool wants_part() const;
  absl::Status CheckCount() const;

  const Context context_;
  Peer* const peer_;

  mutable std::mutex mutex_;
  std::unique_ptr<WriteTarget> target_;
  State state_ = State::kHeader;
  CreditGate gate_;
  std::deque<std::shared_ptr<Slot>> slots_;  // in the order sent, not yet appended
  int encoding_ = 0;                         // tasks posted and not yet done
  uint64_t records_ = 0;                     // in the batches so far
  uint64_t batches_ = 0;
  uint64_t committed_records_ = 0;  // as the commit says
  absl::Status final_;              // what Finish() will say; the first error stands
  bool started_ = false;
  bool reading_ = false;    // the peer was asked for a part
  bool io_active_ = false;  // a task that uses the target is posted or running
  bool acting_ = false;     // a thread is calling the peer
};

}  // namespace marcd

#endif  // MARCD_SERVER_PIPELINE_WRITE_STREAM_H_
