#include "server/pipeline/read_stream.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"

namespace marcd {
namespace {

// What the first blocks cover at most: the first record is on its way after
// little work, and the client has enough to do until full batches arrive.
constexpr size_t kFirstBlockBytes = 16 * 1024;
constexpr size_t kSecondBlockBytes = 64 * 1024;

}  // namespace

// A block in the pipeline. The run that waits for it refers to the stream.
class ReadStream::Item : public PipelineItem {
 public:
  Item(ReadStream* stream, Block block, bool first)
      : stream_(*stream), block_(std::move(block)), first_(first), credit_(block_.source_bytes) {}

  void Work() override {
    if (stream_.discarding()) return;
    batch_ = stream_.input_.work(block_, first_);
    block_ = Block();  // the source's bytes need not live as long as the batch
  }

  void Deliver() override { stream_.Deliver(std::move(batch_), credit_); }

 private:
  ReadStream& stream_;
  Block block_;
  const bool first_;
  const uint64_t credit_;
  EncodedBatch batch_;
};

std::shared_ptr<ReadStream> ReadStream::Create(const Context& context, Input input,
                                               const Limits& limits, Sink* sink) {
  return std::shared_ptr<ReadStream>(new ReadStream(context, std::move(input), limits, sink));
}

ReadStream::ReadStream(const Context& context, Input input, const Limits& limits, Sink* sink)
    : context_(context),
      limits_(limits),
      sink_(sink),
      input_(std::move(input)),
      gate_(limits.credit_bytes) {}

void ReadStream::Start() { Advance(); }

void ReadStream::OnWriteDone(bool ok) {
  // Once no write is in flight another thread may finish the stream, and with the
  // sink goes the reference that was alive when this call began.
  const std::shared_ptr<ReadStream> self = shared_from_this();
  {
    std::optional<Queued> written;  // dies after the lock
    const std::lock_guard<std::mutex> lock(mutex_);
    assert(in_flight_.has_value());
    written.swap(in_flight_);
    gate_.Return(written->credit);
    if (!ok) Stop(absl::CancelledError("the client is gone"));
  }
  Advance();
}

void ReadStream::Cancel() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    Stop(absl::CancelledError("the call was cancelled"));
  }
  Advance();
}

void ReadStream::End(absl::Status status) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (only_finish_left()) return;
    Stop(std::move(status));
  }
  Advance();
}

std::optional<Clock::Time> ReadStream::stalled_since() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!in_flight_.has_value()) return std::nullopt;
  return write_started_;
}

void ReadStream::Run() {
  quantum_left_ = limits_.quantum;
  context_.executor->Run([this] { return NextItem(); });
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    run_active_ = false;
  }
  Advance();
}

std::unique_ptr<PipelineItem> ReadStream::NextItem() {
  if (quantum_left_ == 0 || !wants_input() || !FrameBlock()) return nullptr;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (input_done_ || !gate_.TryTake(held_->source_bytes)) return nullptr;
    input_done_ = held_->end;
  }
  --quantum_left_;
  Block block = *std::exchange(held_, std::nullopt);
  return std::make_unique<Item>(this, std::move(block), blocks_++ == 0);
}

// Whether there is a block in held_. If not, the source goes over to a fill, which
// overlaps with the work on the blocks before.
bool ReadStream::FrameBlock() {
  const size_t target = blocks_ == 0   ? std::min(limits_.batch_bytes, kFirstBlockBytes)
                        : blocks_ == 1 ? std::min(limits_.batch_bytes, kSecondBlockBytes)
                                       : limits_.batch_bytes;
  while (!held_.has_value()) {
    held_ = input_.framer->Next(*input_.source, target);
    if (!held_.has_value() && !FillAtOnce()) return false;
  }
  return true;
}

// Whether the source's window is longer now. If not, a fill is due or the input is over.
bool ReadStream::FillAtOnce() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (ahead_active_) {
      fill_active_ = true;
      return false;
    }
  }
  absl::StatusOr<bool> filled = false;
  if (!input_.source->at_end()) filled = input_.source->FillAtOnce();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (over() || input_done_) return false;
  if (!filled.ok()) {
    EndInput(filled.status());
  } else if (*filled) {
    PostReadAheadIfUseful();
    return true;
  } else if (input_.source->at_end()) {  // never, or the two would go round for ever
    EndInput(MakeError(absl::StatusCode::kInternal, "FRAMER_WANTS_MORE",
                       absl::StrCat("framing asks for more bytes behind the end of the source; "
                                    "it has come to byte ",
                                    input_.source->offset())));
  } else {
    PostFill();
  }
  return false;
}

bool ReadStream::wants_input() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return !over() && !input_done_;
}

bool ReadStream::discarding() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stopped_ || failed_;
}

void ReadStream::Deliver(EncodedBatch batch, uint64_t credit) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_ || failed_) {
      gate_.Return(credit);
      return;
    }
    if (batch.bytes > credit) {  // what waits is the batch, no longer the block
      gate_.Charge(batch.bytes - credit);
      credit = batch.bytes;
    }
    if (!batch.error.ok()) {
      failed_ = true;
      EndInput(batch.error);
    }
    queue_.push_back({std::move(batch), credit});
  }
  Advance();
}

void ReadStream::Fill() {
  const absl::Status status = discarding() ? absl::OkStatus() : input_.source->Fill();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    fill_active_ = false;
    // A batch that ended the stream stands before the bytes that failed.
    if (!status.ok() && !over() && !failed_) EndInput(status);
    if (!over() && !input_done_) PostReadAheadIfUseful();
  }
  Advance();
}

void ReadStream::ReadAhead() {
  if (!discarding()) input_.source->ReadAhead();
  bool fill = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ahead_active_ = false;
    fill = fill_active_;
  }
  if (fill) {
    Fill();
  } else {
    Advance();
  }
}

void ReadStream::Advance() {
  while (Act()) {
  }
}

bool ReadStream::Act() {
  Remains remains;
  EncodedBatch batch;
  absl::Status status;
  bool finish = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    PostRunIfDue();
    remains = TakeRemains();
    if (acting_ || finished_ || in_flight_.has_value()) return false;
    if (stopped_ || only_finish_left()) {
      finish = finished_ = true;
      status = final_;
    } else if (!queue_.empty()) {
      in_flight_ = std::move(queue_.front());
      queue_.pop_front();
      write_started_ = context_.clock->Now();
      batch = in_flight_->batch;
    } else {
      return false;
    }
    acting_ = true;
  }
  if (finish) {
    sink_->Finish(status);
  } else {
    sink_->StartWrite(batch);
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  acting_ = false;
  return true;
}

void ReadStream::Stop(absl::Status status) {
  if (over()) return;
  stopped_ = true;
  final_ = std::move(status);
}

void ReadStream::EndInput(absl::Status status) {
  input_done_ = true;
  final_ = std::move(status);
}

void ReadStream::PostRunIfDue() {
  if (over() || input_done_ || run_active_ || fill_active_) return;
  if (held_.has_value() && !gate_.Fits(held_->source_bytes)) return;
  run_active_ = true;
  context_.executor->Post([self = shared_from_this()] { self->Run(); });
}

void ReadStream::PostFill() {
  fill_active_ = true;
  context_.io->Post([self = shared_from_this()] { self->Fill(); });
}

void ReadStream::PostReadAheadIfUseful() {
  if (!input_.source->CanReadAhead()) return;
  ahead_active_ = true;
  context_.io->Post([self = shared_from_this()] { self->ReadAhead(); });
}

ReadStream::Remains ReadStream::TakeRemains() {
  Remains remains;
  if (stopped_) remains.queue.swap(queue_);
  if ((over() || input_done_) && !run_active_ && !fill_active_ && !ahead_active_) {
    remains.input = std::exchange(input_, Input());
    remains.held.swap(held_);
  }
  return remains;
}

}  // namespace marcd
