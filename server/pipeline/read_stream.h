// One stream of batches out of one source, from the first byte to the last word.
//
// What happens: an I/O thread fills the source, but for what can be had without
// waiting, which a run takes itself, and where reading is work (decompression)
// reads one piece ahead meanwhile; the run cuts it into blocks, works on them
// in parallel and queues the results in order; the sink writes them one by one. The amount under
// way is bounded by credits: a block takes its size, the end of its write gives it back. A run ends
// when credit, source or quantum is used up, so no thread is ever held by a client that does not
// read, and no stream holds the executor for long.
//
// Why it is safe:
//  - Everything mutable is guarded by mutex_, but for the source, the framer
//    and what goes with them (the members down to mutex_): they belong to the
//    run until its source stage has ended; then to the fill, if one is posted;
//    to whoever holds mutex_ when neither is active. A handover passes through
//    mutex_. The work function is only called, and let go of with the rest.
//  - Beside their user the source may be read ahead. A fill waits for that: one
//    that is wanted meanwhile is made by the thread that reads ahead, behind it.
//  - Each event (a run or fill ended, a batch delivered, a write done, End,
//    Cancel) changes the state under mutex_ and then calls Advance(), which
//    looks at the state afresh and does what is due. Nothing is decided on a
//    state seen earlier, so no order of events loses a wake-up.
//  - Tasks are posted under mutex_ and never once the stream is over. So when
//    all streams are over, the executors can be destroyed in any order.
//  - The sink is called without mutex_ but by one thread at a time (acting_):
//    one that finds another acting leaves, since that one looks again after
//    each call. So a sink may call back inside StartWrite() or Finish().
//  - Finish() is the last call to the sink and starts only when no write is in
//    flight, so the sink is there during every call, and may be gone after it.
//  - Whoever calls refers to the stream until the call returns: each task holds
//    a reference, OnWriteDone() takes one of its own. So the stream may outlive
//    the sink, and whoever else has let go of it, by as much as it needs.
#ifndef MARCD_SERVER_PIPELINE_READ_STREAM_H_
#define MARCD_SERVER_PIPELINE_READ_STREAM_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "core/framing/framer.h"
#include "core/source/source.h"
#include "server/pipeline/clock.h"
#include "server/pipeline/credit_gate.h"
#include "server/pipeline/executor.h"
#include "server/pipeline/stream_registry.h"

namespace marcd {

// A batch, ready to be written.
struct EncodedBatch {
  // What the sink writes; of a type that whoever encodes and the sink agree on.
  // It stays alive until OnWriteDone().
  std::shared_ptr<void> payload;
  // About how much memory the payload takes up.
  size_t bytes = 0;
  // Not OK when the read ends with this batch: it is written, then the stream
  // finishes with this status.
  absl::Status error;
};

// Thread-safe. Made by Create(); alive for as long as somebody refers to it. A
// caller must refer to it until the call returns; to OnWriteDone() the reference
// of the sink is enough, for the stream keeps itself alive from there.
class ReadStream : public LiveStream, public std::enable_shared_from_this<ReadStream> {
 public:
  // Where the batches go; called by one thread at a time.
  class Sink {
   public:
    virtual ~Sink() = default;

    // Starts to write batch.payload; `batch` itself is valid during the call
    // only. OnWriteDone() is to be called exactly once afterwards, perhaps
    // inside this call. No other write and no Finish comes before it.
    virtual void StartWrite(const EncodedBatch& batch) = 0;

    // Ends the stream. Called exactly once; the sink is not used again and may
    // be deleted, inside this call if it likes.
    virtual void Finish(const absl::Status& status) = 0;
  };

  // What is read, and what is made of it.
  struct Input {
    std::unique_ptr<Source> source;
    std::unique_ptr<Framer> framer;
    // Decodes and encodes a block. Called from several threads at once. `first`
    // is set for the first block of the stream alone.
    std::function<EncodedBatch(const Block& block, bool first)> work;
  };

  struct Limits {
    // About how many bytes of the source a block covers. The first two blocks
    // are smaller, so that the first record comes soon.
    size_t batch_bytes = 256 * 1024;
    // How many bytes may be under way: framed and not yet accepted by the
    // transport. One batch at least is, however large.
    uint64_t credit_bytes = 2 * 1024 * 1024;
    // Blocks in one run; after that it is the turn of the other streams. 16
    // keep 77-92 % of the rate of a run without end.
    int quantum = 16;
  };

  // Where it runs. All three outlive the stream's last task.
  struct Context {
    PipelineExecutor* executor = nullptr;
    Executor* io = nullptr;  // for what may block on a disk
    const Clock* clock = nullptr;
  };

  // `sink` must stay alive until Finish() is called on it.
  static std::shared_ptr<ReadStream> Create(const Context& context, Input input,
                                            const Limits& limits, Sink* sink);

  // Begins to read. Once at most; does nothing if the stream is over already.
  void Start();

  // The write in flight is done; not `ok`: the client is gone.
  void OnWriteDone(bool ok);

  // The client is gone: drops everything and finishes with CANCELLED. The
  // executor's part is over within the blocks being worked on.
  void Cancel();

  // Finishes with `status` (not OK) after the write in flight, and drops what
  // is queued. Does nothing if the stream is over, or only has to finish.
  void End(absl::Status status) override;

  std::optional<Clock::Time> stalled_since() const override;

  ReadStream(const ReadStream&) = delete;
  ReadStream& operator=(const ReadStream&) = delete;

 private:
  class Item;
  struct Queued {
    EncodedBatch batch;
    uint64_t credit = 0;  // to be returned when it has been written
  };
  // What is let go of under mutex_ and dies after it is released.
  struct Remains {
    Input input;
    std::optional<Block> held;
    std::deque<Queued> queue;
  };

  ReadStream(const Context& context, Input input, const Limits& limits, Sink* sink);

  // The run and its stages.
  void Run();
  std::unique_ptr<PipelineItem> NextItem();
  bool FrameBlock();
  bool FillAtOnce();
  bool wants_input() const;
  bool discarding() const;
  void Deliver(EncodedBatch batch, uint64_t credit);

  void Fill();
  void ReadAhead();

  // Does what is due: posts a run, starts a write, finishes, frees. Called
  // without mutex_.
  void Advance();
  bool Act();  // one step of it; whether to look again

  // Under mutex_.
  bool over() const { return stopped_ || finished_; }
  bool only_finish_left() const { return input_done_ && !run_active_ && queue_.empty(); }
  void Stop(absl::Status status);
  void EndInput(absl::Status status);
  void PostRunIfDue();
  void PostFill();
  void PostReadAheadIfUseful();
  Remains TakeRemains();

  const Context context_;
  const Limits limits_;
  Sink* const sink_;

  // See above for who may touch these.
  Input input_;
  std::optional<Block> held_;  // framed, waiting for credit
  uint64_t blocks_ = 0;        // handed to the work stage
  int quantum_left_ = 0;       // of the current run

  mutable std::mutex mutex_;
  CreditGate gate_;
  std::deque<Queued> queue_;         // in order, to be written
  std::optional<Queued> in_flight_;  // given to the sink
  Clock::Time write_started_;        // of in_flight_
  absl::Status final_;               // what Finish() will say
  bool run_active_ = false;          // posted or running
  bool fill_active_ = false;         // posted or running, or to follow the reading ahead
  bool ahead_active_ = false;        // posted or running
  bool input_done_ = false;          // no block comes after those in the run
  bool failed_ = false;              // a batch ended the stream: drop what follows it
  bool stopped_ = false;             // Cancel, End or a failed write: drop everything
  bool acting_ = false;              // a thread is calling the sink
  bool finished_ = false;            // Finish() has been decided on
};

}  // namespace marcd

#endif  // MARCD_SERVER_PIPELINE_READ_STREAM_H_
