// An input without MARC in it: a source of zeros, a framer that cuts it at random,
// and a ledger of what becomes of each byte.
#ifndef MARCD_TESTS_SERVER_PIPELINE_FAKE_INPUT_H_
#define MARCD_TESTS_SERVER_PIPELINE_FAKE_INPUT_H_

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

#include "absl/status/status.h"
#include "server/pipeline/clock.h"
#include "server/pipeline/read_stream.h"

namespace marcd {

class FakeClock : public Clock {
 public:
  Time Now() const override { return now_; }
  void Advance(Time::duration by) { now_ += by; }

 private:
  Time now_{std::chrono::hours(1)};
};

constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();

inline absl::Status FillError() { return absl::DataLossError("the disk failed"); }
inline absl::Status WorkError() { return absl::DataLossError("the record is damaged"); }

// What an input holds, and where it goes wrong.
struct Script {
  uint64_t seed = 1;
  uint64_t size = 100;
  uint64_t fill_bytes = 16;         // at most, a fill
  uint64_t fill_fails_at = kNever;  // the first byte that cannot be read
  uint64_t error_block = kNever;    // the block that ends the stream
  bool reads_ahead = false;         // whether the source does
  uint64_t inflation = 1;           // bytes of payload a byte of source
  uint64_t credit_bytes = 32;
  uint64_t batch_bytes = 8;
  int quantum = 3;
  std::function<void()> pause = [] {};  // called where other threads may run
};

// Whoever uses a thing marks it: two users at once are an error.
class SoleUse {
 public:
  explicit SoleUse(std::atomic<bool>* in_use) : in_use_(*in_use) {
    EXPECT_FALSE(in_use_.exchange(true)) << "used by two at once";
  }
  ~SoleUse() { in_use_ = false; }

 private:
  std::atomic<bool>& in_use_;
};

// What was seen of one stream. Checks as it goes; thread-safe.
class Ledger {
 public:
  explicit Ledger(const Script& script) : script_(script) {}

  struct Payload {
    uint64_t offset = 0;
    uint64_t bytes = 0;
    bool failed = false;
  };

  void Framed(const Block& block) {
    const std::lock_guard<std::mutex> lock(mutex_);
    framed_ = block.next_offset;
    blocks_ += 1;
  }

  void Worked(uint64_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    EXPECT_TRUE(outstanding_ == 0 || outstanding_ + bytes <= script_.credit_bytes)
        << outstanding_ << " bytes under way and " << bytes << " more";
    outstanding_ += bytes;
  }

  void WriteStarted(const Payload& payload) {
    const std::lock_guard<std::mutex> lock(mutex_);
    EXPECT_FALSE(writing_.has_value()) << "a second write in flight";
    EXPECT_FALSE(failed_) << "a write behind the batch that ended the stream";
    EXPECT_EQ(finishes_, 0) << "a write after Finish";
    EXPECT_EQ(payload.offset, delivered_) << "a hole, or the wrong order";
    delivered_ = payload.offset + payload.bytes;
    failed_ = payload.failed;
    writing_ = payload;
  }

  void WriteDone() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ASSERT_TRUE(writing_.has_value());
    outstanding_ -= writing_->bytes;
    writing_.reset();
  }

  void Finished(const absl::Status& status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    EXPECT_FALSE(writing_.has_value()) << "Finish beside a write";
    finishes_ += 1;
    status_ = status;
    EXPECT_EQ(finishes_, 1);
    EXPECT_EQ(status == WorkError(), failed_ && !stopped(status));
    if (status.ok()) {
      EXPECT_EQ(delivered_, script_.size);
    } else if (status == FillError()) {
      EXPECT_EQ(delivered_, framed_) << "what was read before the error is not delivered";
    }
  }

  // Set while somebody calls the sink.
  std::atomic<bool> sink_in_use{false};

  bool finished() const { return Get(finishes_) > 0; }
  bool writing() const { return Get(writing_).has_value(); }
  uint64_t delivered() const { return Get(delivered_); }
  uint64_t framed() const { return Get(framed_); }
  uint64_t blocks() const { return Get(blocks_); }
  absl::Status status() const { return Get(status_); }

 private:
  // Ended by the client or the registry.
  static bool stopped(const absl::Status& status) {
    return absl::IsCancelled(status) || absl::IsUnavailable(status);
  }

  template <typename T>
  T Get(const T& member) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return member;
  }

  const Script script_;
  mutable std::mutex mutex_;
  uint64_t framed_ = 0;     // bytes
  uint64_t delivered_ = 0;  // bytes
  uint64_t blocks_ = 0;
  uint64_t outstanding_ = 0;  // bytes worked on and not yet written
  std::optional<Payload> writing_;
  bool failed_ = false;
  int finishes_ = 0;
  absl::Status status_;
};

class FakeSource : public Source {
 public:
  explicit FakeSource(const Script& script) : script_(script), random_(script.seed) {}

  absl::Status Fill() override {
    const SoleUse use(&in_use);
    const SoleUse reading(&reading_);
    script_.pause();
    ahead_ = false;
    const uint64_t from = offset_ + window().size();
    if (from >= script_.fill_fails_at) return FillError();
    const uint64_t more = std::min(1 + random_() % script_.fill_bytes, script_.size - from);
    const size_t size = window().size() + more;
    buffer_ = {std::shared_ptr<char[]>(new char[size]()), size};
    begin_ = 0;
    at_end_ = from + more == script_.size;
    return absl::OkStatus();
  }

  // As if about half of the bytes were in the page cache.
  absl::StatusOr<bool> FillAtOnce() override {
    if (!ahead_ && random_() % 2 == 0) return false;
    const absl::Status status = Fill();
    if (!status.ok()) return status;
    return true;
  }

  bool CanReadAhead() const override {
    EXPECT_FALSE(reading_) << "asked beside reading";
    return script_.reads_ahead && !at_end_ && !ahead_;
  }

  void ReadAhead() override {
    const SoleUse reading(&reading_);
    script_.pause();
    EXPECT_FALSE(ahead_) << "read ahead twice";
    ahead_ = true;
  }

  std::atomic<bool> in_use{false};

 private:
  const Script script_;
  std::mt19937_64 random_;
  std::atomic<bool> reading_{false};
  bool ahead_ = false;
};

class FakeFramer : public Framer {
 public:
  FakeFramer(const Script& script, std::shared_ptr<Ledger> ledger)
      : script_(script), random_(script.seed), ledger_(std::move(ledger)) {}

  std::optional<Block> Next(Source& source, size_t target_bytes) override {
    const SoleUse use(&static_cast<FakeSource&>(source).in_use);
    script_.pause();
    EXPECT_FALSE(ended_) << "called after the end";
    const size_t wanted = 1 + random_() % (2 * target_bytes);
    const size_t there = source.window().size();
    if (there < wanted && !source.at_end()) return std::nullopt;
    Block block;
    block.offset = source.offset();
    block.source_bytes = std::min(wanted, there);
    block.first_ordinal = ordinal_++;
    source.Consume(block.source_bytes);
    block.next_offset = source.offset();
    block.end = ended_ = source.at_end() && source.window().empty();
    ledger_->Framed(block);
    return block;
  }

  Position position() const override { return {}; }

 private:
  const Script script_;
  std::mt19937_64 random_;
  const std::shared_ptr<Ledger> ledger_;
  uint64_t ordinal_ = 0;
  bool ended_ = false;
};

inline ReadStream::Input FakeInput(const Script& script, const std::shared_ptr<Ledger>& ledger) {
  ReadStream::Input input;
  input.source = std::make_unique<FakeSource>(script);
  input.framer = std::make_unique<FakeFramer>(script, ledger);
  input.work = [script, ledger](const Block& block, bool first) {
    EXPECT_EQ(first, block.first_ordinal == 0);
    ledger->Worked(block.source_bytes);
    script.pause();
    const bool failed = block.first_ordinal == script.error_block;
    EncodedBatch batch;
    // A payload dies without a lock: there, too, others may run.
    batch.payload = std::shared_ptr<Ledger::Payload>(
        new Ledger::Payload{block.offset, block.source_bytes, failed},
        [pause = script.pause](const Ledger::Payload* payload) {
          delete payload;
          pause();
        });
    batch.bytes = block.source_bytes * script.inflation;
    if (failed) batch.error = WorkError();
    return batch;
  };
  return input;
}

inline ReadStream::Limits LimitsOf(const Script& script) {
  return {script.batch_bytes, script.credit_bytes, script.quantum};
}

// A script of small numbers, with an error here and there. `pause` is left as it is.
inline Script RandomScript(uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&random](uint64_t n) { return random() % n; };
  Script script;
  script.seed = seed;
  script.size = below(8) == 0 ? below(4) : below(200);
  script.fill_bytes = 1 + below(40);
  if (below(3) == 0) script.fill_fails_at = below(script.size + 1);
  if (below(3) == 0) script.error_block = below(10);
  if (below(3) == 0) script.inflation = 3;
  script.reads_ahead = below(2) == 0;
  script.credit_bytes = 1 + below(64);
  script.batch_bytes = 1 + below(16);
  script.quantum = 1 + static_cast<int>(below(5));
  return script;
}

}  // namespace marcd

#endif  // MARCD_TESTS_SERVER_PIPELINE_FAKE_INPUT_H_
