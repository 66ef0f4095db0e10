// Many streams at once on real threads, with clients that read, stall and leave.
#ifndef MARCD_TESTS_SERVER_PIPELINE_STREAM_CROWD_H_
#define MARCD_TESTS_SERVER_PIPELINE_STREAM_CROWD_H_

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "server/pipeline/io_pool.h"
#include "server/pipeline/read_stream.h"
#include "server/pipeline/stream_registry.h"
#include "tests/server/pipeline/fake_input.h"

namespace marcd {

// A call whose writes are completed by threads of its own kind, as gRPC does.
class ThreadedCall : public ReadStream::Sink {
 public:
  static std::shared_ptr<ReadStream> Begin(const ReadStream::Context& context, Executor* transport,
                                           StreamRegistry* registry, const Script& script,
                                           const std::shared_ptr<Ledger>& ledger) {
    auto* const call = new ThreadedCall(transport, registry, script.seed, ledger);
    // A reference of its own: the call may be over before this function is.
    auto stream = ReadStream::Create(context, FakeInput(script, ledger), LimitsOf(script), call);
    call->stream_ = stream;
    EXPECT_TRUE(registry->Admit(stream).ok());
    stream->Start();
    return stream;
  }

  void StartWrite(const EncodedBatch& batch) override {
    ledger_->WriteStarted(*std::static_pointer_cast<Ledger::Payload>(batch.payload));
    const auto complete = [this] {
      ledger_->WriteDone();
      stream_->OnWriteDone(true);
    };
    if (random_() % 4 == 0) {
      complete();
    } else {
      transport_.Post(complete);
    }
  }

  void Finish(const absl::Status& status) override {
    ledger_->Finished(status);
    registry_.Remove(stream_.get());
    delete this;
  }

 private:
  ThreadedCall(Executor* transport, StreamRegistry* registry, uint64_t seed,
               std::shared_ptr<Ledger> ledger)
      : transport_(*transport), registry_(*registry), random_(seed), ledger_(std::move(ledger)) {}

  Executor& transport_;
  StreamRegistry& registry_;
  std::mt19937_64 random_;
  const std::shared_ptr<Ledger> ledger_;
  std::shared_ptr<ReadStream> stream_;
};

// Runs `count` streams, cancels and parks some from outside, and checks that each
// ends once and as it should.
inline void RunCrowd(PipelineExecutor* executor, uint64_t seed, size_t count) {
  const SteadyClock clock;
  StreamRegistry registry(count, &clock);
  std::vector<std::shared_ptr<Ledger>> ledgers;
  {
    IoPool io(2);
    IoPool transport(2);
    std::vector<std::weak_ptr<ReadStream>> streams;
    for (size_t i = 0; i < count; ++i) {
      Script script = RandomScript(seed * count + i);
      script.size *= 10;
      ledgers.push_back(std::make_shared<Ledger>(script));
      streams.push_back(ThreadedCall::Begin({executor, &io, &clock}, &transport, &registry, script,
                                            ledgers.back()));
    }
    for (size_t i = 0; i < count; i += 3) {
      const auto stream = streams[i].lock();
      if (stream == nullptr) continue;
      if (i % 2 == 0) {
        stream->Cancel();
      } else {
        stream->End(absl::UnavailableError("parked"));
      }
    }
    if (seed % 4 == 0) registry.Drain();
    ASSERT_TRUE(registry.WaitEmpty(clock.Now() + std::chrono::seconds(60)));
  }
  for (const auto& ledger : ledgers) EXPECT_TRUE(ledger->finished());
}

}  // namespace marcd

#endif  // MARCD_TESTS_SERVER_PIPELINE_STREAM_CROWD_H_
