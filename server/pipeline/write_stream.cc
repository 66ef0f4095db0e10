#include "server/pipeline/write_stream.h"

#include "absl/strings/str_cat.h"
#include "core/base/status.h"

namespace marcd {
namespace {

using absl::StatusCode;

// Parts appended in one go; after that it is the turn of the other streams.
constexpr int kQuantum = 16;

absl::Status OrderError(absl::string_view what) {
  return MakeError(StatusCode::kInvalidArgument, "PART_OUT_OF_ORDER",
                   absl::StrCat(what, ": a stream is one header, then batches, then one commit"));
}

absl::Status NotCommitted() {
  return MakeError(StatusCode::kAborted, "NOT_COMMITTED",
                   "the stream ended without a commit: nothing is published");
}

}  // namespace

std::shared_ptr<WriteStream> WriteStream::Create(const Context& context,
                                                 std::unique_ptr<WriteTarget> target,
                                                 uint64_t credit_bytes, Peer* peer) {
  return std::shared_ptr<WriteStream>(
      new WriteStream(context, std::move(target), credit_bytes, peer));
}

WriteStream::WriteStream(const Context& context, std::unique_ptr<WriteTarget> target,
                         uint64_t credit_bytes, Peer* peer)
    : context_(context), peer_(peer), target_(std::move(target)), gate_(credit_bytes) {}

void WriteStream::Start() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    started_ = true;
  }
  Advance();
}

void WriteStream::OnPart(WritePart part) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    reading_ = false;
    Take(std::move(part));
  }
  Advance();
}

void WriteStream::OnEnd() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    reading_ = false;
    if (state_ == State::kCommitted) {
      state_ = State::kEnded;
    } else if (state_ < State::kCommitted) {
      Fail(state_ == State::kHeader ? OrderError("the stream is empty") : NotCommitted());
    }
  }
  Advance();
}

void WriteStream::Stop(absl::Status status) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    Fail(std::move(status));
  }
  Advance();
}

void WriteStream::End(absl::Status status) {
  if (ErrorReason(status) != "DRAINING") Stop(std::move(status));
}

void WriteStream::OpenTarget(const WritePart& header) {
  // The target is this task's while io_active_ is set.
  absl::Status status = target_->Open(header);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    io_active_ = false;
    if (!status.ok()) {
      Fail(std::move(status));
    } else if (state_ == State::kOpening) {
      state_ = State::kBatches;
    }
  }
  Advance();
}

void WriteStream::Encode(const std::shared_ptr<Slot>& slot) {
  bool wanted;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    wanted = final_.ok();
  }
  EncodedPart result;
  if (wanted) result = target_->Encode(slot->part, slot->first_record);
  slot->part.content.reset();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    --encoding_;
    if (result.bytes > slot->credit) {  // what waits is the result, no longer the part
      gate_.Charge(result.bytes - slot->credit);
      slot->credit = result.bytes;
    }
    slot->result = std::move(result);
    slot->encoded = true;
  }
  Advance();
}

void WriteStream::AppendAll() {
  for (int left = kQuantum;; --left) {
    std::shared_ptr<Slot> slot;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (left == 0 || !final_.ok() || slots_.empty() || !slots_.front()->encoded) {
        io_active_ = false;
        break;
      }
      slot = slots_.front();
    }
    absl::Status status = slot->result.error;
    if (status.ok()) status = target_->Append(slot->result);
    slot->result = EncodedPart();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      gate_.Return(slot->credit);
      slots_.pop_front();
      if (!status.ok()) Fail(std::move(status));
    }
    Advance();  // there is room for another part
  }
  Advance();
}

void WriteStream::CommitTarget() {
  absl::Status status = target_->Commit(committed_records_, batches_ > 0);
  std::unique_ptr<WriteTarget> target = std::move(target_);
  target.reset();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    final_ = std::move(status);
    io_active_ = false;
    state_ = State::kClosed;
  }
  Advance();
}

void WriteStream::DropTarget() {
  target_.reset();
  {
    std::deque<std::shared_ptr<Slot>> slots;  // die after the lock
    const std::lock_guard<std::mutex> lock(mutex_);
    slots.swap(slots_);
    io_active_ = false;
    state_ = State::kClosed;
  }
  Advance();
}

void WriteStream::Advance() {
  while (Act()) {
  }
}

bool WriteStream::Act() {
  absl::Status status;
  bool finish = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    PostIoIfDue();
    if (acting_) return false;
    if (state_ == State::kClosed) {
      state_ = State::kFinished;
      finish = true;
      status = final_;
    } else if (wants_part()) {
      reading_ = true;
    } else {
      return false;
    }
    acting_ = true;
  }
  if (finish) {
    peer_->Finish(status);
  } else {
    peer_->StartRead();
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  acting_ = false;
  return true;
}

void WriteStream::Fail(absl::Status status) {
  if (state_ >= State::kClosing || !final_.ok()) return;
  final_ = std::move(status);
}

void WriteStream::Take(WritePart part) {
  if (state_ >= State::kClosing || !final_.ok()) return;
  if (state_ == State::kHeader) {
    if (part.kind != WritePart::Kind::kHeader) return Fail(OrderError("the header is missing"));
    state_ = State::kOpening;
    io_active_ = true;
    context_.io->Post(
        [self = shared_from_this(), header = std::move(part)] { self->OpenTarget(header); });
    return;
  }
  if (state_ == State::kCommitted) return Fail(OrderError("something comes behind the commit"));
  switch (part.kind) {
    case WritePart::Kind::kBatch:
      return TakeBatch(std::move(part));
    case WritePart::Kind::kCommit:
      committed_records_ = part.records;
      state_ = State::kCommitted;
      return;
    case WritePart::Kind::kHeader:
      return Fail(OrderError("there is a second header"));
    case WritePart::Kind::kUnknown:
      return Fail(OrderError("a part is none of them"));
  }
}

void WriteStream::TakeBatch(WritePart part) {
  const auto slot = std::make_shared<Slot>();
  slot->first_record = records_;
  slot->credit = part.bytes;
  gate_.Charge(part.bytes);
  records_ += part.records;
  ++batches_;
  slot->part = std::move(part);
  slots_.push_back(slot);
  ++encoding_;
  context_.executor->Post([self = shared_from_this(), slot] { self->Encode(slot); });
}

void WriteStream::PostIoIfDue() {
  if (io_active_ || state_ >= State::kClosing) return;
  if (!final_.ok()) {
    if (encoding_ > 0) return;
    state_ = State::kClosing;
    PostIo(&WriteStream::DropTarget);
  } else if (!slots_.empty()) {
    if (slots_.front()->encoded) PostIo(&WriteStream::AppendAll);
  } else if (state_ == State::kEnded) {
    final_ = CheckCount();
    if (!final_.ok()) return PostIoIfDue();
    state_ = State::kClosing;
    PostIo(&WriteStream::CommitTarget);
  }
}

void WriteStream::PostIo(void (WriteStream::*task)()) {
  io_active_ = true;
  context_.io->Post([self = shared_from_this(), task] { (self.get()->*task)(); });
}

bool WriteStream::wants_part() const {
  if (!started_ || reading_ || !final_.ok()) return false;
  // Of the next part it is not known how large it is: it is asked for while there is any room.
  return state_ == State::kHeader || state_ == State::kCommitted ||
         (state_ == State::kBatches && gate_.Fits(1));
}

absl::Status WriteStream::CheckCount() const {
  if (committed_records_ == records_) return absl::OkStatus();
  if (batches_ == 0 && target_->answers_without_batches()) return absl::OkStatus();
  return MakeError(
      StatusCode::kAborted, "COUNT_MISMATCH",
      absl::StrCat("the commit counts ", committed_records_, " records, but the batches held ",
                   records_, ": nothing is published"),
      {{"committed", absl::StrCat(committed_records_)}, {"received", absl::StrCat(records_)}});
}

}  // namespace marcd
