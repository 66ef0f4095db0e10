// ReadStream and StreamRegistry under thousands of interleavings. MARCD_SEEDS
// says how many, MARCD_FIRST_SEED where to begin: a failure names its seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "server/pipeline/read_stream.h"
#include "server/pipeline/stream_registry.h"
#include "tests/server/pipeline/fake_input.h"
#include "tests/server/pipeline/seeded_executor.h"

namespace marcd {
namespace {

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct World {
  explicit World(uint64_t seed) : scheduler(seed), executor(&scheduler), io(&scheduler) {}

  SeededScheduler scheduler;
  SeededExecutor executor;
  SeededExecutor io;
  FakeClock clock;
  StreamRegistry registry{1 + scheduler.Pick(3), &clock};
  // Writes whose client does not read.
  std::vector<std::function<void()>> stalled;
};

// Plays the part of a gRPC reactor: owns itself until its call is over.
class Call : public ReadStream::Sink {
 public:
  Call(World* world, const std::shared_ptr<Ledger>& ledger) : world_(*world), ledger_(ledger) {}

  // Sets off; returns the stream, empty when it was not admitted.
  static std::weak_ptr<ReadStream> Begin(World* world, const Script& script,
                                         const std::shared_ptr<Ledger>& ledger) {
    auto* const call = new Call(world, ledger);
    const std::shared_ptr<ReadStream> stream =
        ReadStream::Create({&world->executor, &world->io, &world->clock}, FakeInput(script, ledger),
                           LimitsOf(script), call);
    call->stream_ = stream;
    if (const absl::Status admitted = world->registry.Admit(stream); !admitted.ok()) {
      call->Finish(admitted);
      return {};
    }
    world->scheduler.Interleave();
    stream->Start();
    return stream;
  }

  void StartWrite(const EncodedBatch& batch) override {
    const auto ledger = ledger_;
    const SoleUse use(&ledger->sink_in_use);
    world_.scheduler.Interleave();
    ledger_->WriteStarted(*std::static_pointer_cast<Ledger::Payload>(batch.payload));
    if (world_.scheduler.OneIn(4)) {
      Complete();
    } else if (world_.scheduler.OneIn(6)) {
      world_.stalled.push_back([this] { Complete(); });
    } else {
      world_.scheduler.Add([this] { Complete(); });
    }
    world_.scheduler.Interleave();
  }

  void Finish(const absl::Status& status) override {
    const auto ledger = ledger_;
    const SoleUse use(&ledger->sink_in_use);
    ledger_->Finished(status);
    world_.scheduler.Interleave();
    if (world_.scheduler.OneIn(2)) {
      OnDone();
    } else {
      world_.scheduler.Add([this] { OnDone(); });
    }
  }

 private:
  void Complete() {
    ledger_->WriteDone();
    stream_->OnWriteDone(!world_.scheduler.OneIn(100));
  }

  void OnDone() {
    world_.registry.Remove(stream_.get());
    delete this;
  }

  World& world_;
  const std::shared_ptr<Ledger> ledger_;
  std::shared_ptr<ReadStream> stream_;
};

// What becomes of the streams of one world: how often each ending was seen.
using Endings = std::map<std::string, int>;

std::string Ending(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  return reason.empty() ? status.ToString() : reason;
}

// Has something happen to a stream from outside, or to all of them.
void AddMischief(World* world, const std::weak_ptr<ReadStream>& stream) {
  SeededScheduler& scheduler = world->scheduler;
  if (scheduler.OneIn(10)) {
    scheduler.AddLater(scheduler.Pick(20), [stream] {
      if (const auto live = stream.lock()) live->Cancel();
    });
  }
  if (scheduler.OneIn(20)) {
    scheduler.AddLater(scheduler.Pick(20), [world] { world->registry.Drain(); });
  }
}

// Until nothing can happen any more. Then each stream must be over or be waiting
// for its client; the clients read on, and so forth to the end.
void RunToEnd(World* world, const std::vector<std::shared_ptr<Ledger>>& ledgers) {
  while (true) {
    while (world->scheduler.Step()) {
    }
    for (const auto& ledger : ledgers) {
      ASSERT_TRUE(ledger->finished() || ledger->writing())
          << "idle at byte " << ledger->delivered();
    }
    if (world->stalled.empty()) return;
    for (auto& complete : std::exchange(world->stalled, {})) world->scheduler.Add(complete);
  }
}

void TryWorld(uint64_t seed, Endings* endings) {
  World world(seed);
  std::vector<std::shared_ptr<Ledger>> ledgers;
  std::vector<std::weak_ptr<ReadStream>> streams;
  // The executors may be gone by the time all calls are over.
  world.executor.on_post = world.io.on_post = [&ledgers] {
    const auto is_over = [](const auto& ledger) { return ledger->finished(); };
    EXPECT_FALSE(std::all_of(ledgers.begin(), ledgers.end(), is_over)) << "posted too late";
  };
  const size_t calls = 1 + world.scheduler.Pick(5);
  for (size_t i = 0; i < calls; ++i) {
    Script script = RandomScript(10 * seed + i);
    script.pause = [&world] { world.scheduler.Interleave(); };
    ledgers.push_back(std::make_shared<Ledger>(script));
    const size_t when = i * world.scheduler.Pick(20);
    world.scheduler.AddLater(when, [&world, &streams, script, ledger = ledgers.back()] {
      world.clock.Advance(std::chrono::milliseconds(400));
      streams.push_back(Call::Begin(&world, script, ledger));
      AddMischief(&world, streams.back());
    });
  }
  RunToEnd(&world, ledgers);
  for (const auto& ledger : ledgers) ++(*endings)[Ending(ledger->status())];
  for (const auto& stream : streams) EXPECT_TRUE(stream.expired()) << "somebody holds a stream";
  EXPECT_EQ(world.registry.count(), 0);
}

TEST(ReadStreamSeeded, KeepsItsPromisesInEveryInterleaving) {
  Endings endings;
  const uint64_t first = FromEnvironment("MARCD_FIRST_SEED", 1);
  const uint64_t seeds = FromEnvironment("MARCD_SEEDS", 2000);
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    TryWorld(seed, &endings);
    ASSERT_FALSE(HasFailure()) << "MARCD_FIRST_SEED=" << seed;
  }
  // The worlds are worth something only if everything happens in some of them.
  if (seeds < 1000) return;
  for (const absl::Status& status :
       {absl::OkStatus(), FillError(), WorkError(), absl::CancelledError("the client is gone"),
        absl::CancelledError("the call was cancelled")}) {
    EXPECT_GT(endings[Ending(status)], 0) << status;
  }
  for (const char* const reason : {"PARKED", "DRAINING", "STREAM_LIMIT"}) {
    EXPECT_GT(endings[reason], 0) << reason;
  }
}

}  // namespace
}  // namespace marcd
