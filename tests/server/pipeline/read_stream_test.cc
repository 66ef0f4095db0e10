#include "server/pipeline/read_stream.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "tests/server/pipeline/fake_input.h"

namespace marcd {
namespace {

// Tasks in the order of posting, one at a time, when the test says so.
class QueueExecutor : public PipelineExecutor {
 public:
  void Post(std::function<void()> task) override { tasks_.push_back(std::move(task)); }

  void Run(const ItemSource& next) override {
    while (const std::unique_ptr<PipelineItem> item = next()) {
      item->Work();
      item->Deliver();
    }
  }

  bool Step() {
    if (tasks_.empty()) return false;
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    task();
    return true;
  }

  void RunAll() {
    while (Step()) {
    }
  }

 private:
  std::deque<std::function<void()>> tasks_;
};

// A client that reads at once, or when it is told to.
class Client : public ReadStream::Sink {
 public:
  Client(const Script& script, QueueExecutor* executor, const Clock* clock, bool reads)
      : ledger(std::make_shared<Ledger>(script)), reads_(reads) {
    stream = ReadStream::Create({executor, executor, clock}, FakeInput(script, ledger),
                                LimitsOf(script), this);
  }

  void StartWrite(const EncodedBatch& batch) override {
    ledger->WriteStarted(*std::static_pointer_cast<Ledger::Payload>(batch.payload));
    if (reads_) Read();
  }
  void Finish(const absl::Status& status) override { ledger->Finished(status); }

  void Read(bool ok = true) {
    ledger->WriteDone();
    stream->OnWriteDone(ok);
  }

  const std::shared_ptr<Ledger> ledger;
  std::shared_ptr<ReadStream> stream;

 private:
  const bool reads_;
};

class ReadStreamTest : public testing::Test {
 protected:
  std::unique_ptr<Client> Started(const Script& script, bool reads = true) {
    auto client = std::make_unique<Client>(script, &executor_, &clock_, reads);
    client->stream->Start();
    return client;
  }

  // A stream of `input` in place of the client's own.
  void Start(Client* client, ReadStream::Input input, const ReadStream::Limits& limits) {
    client->stream =
        ReadStream::Create({&executor_, &executor_, &clock_}, std::move(input), limits, client);
    client->stream->Start();
  }

  QueueExecutor executor_;
  FakeClock clock_;
};

TEST_F(ReadStreamTest, DeliversAllAndFinishes) {
  const auto client = Started({});
  executor_.RunAll();
  ASSERT_TRUE(client->ledger->finished());
  EXPECT_TRUE(client->ledger->status().ok());
}

TEST_F(ReadStreamTest, BeginsWithSmallBlocks) {
  class Targets : public Framer {
   public:
    explicit Targets(std::vector<size_t>* seen) : seen_(*seen) {}
    std::optional<Block> Next(Source&, size_t target_bytes) override {
      seen_.push_back(target_bytes);
      Block block;
      block.end = seen_.size() == 4;
      return block;
    }
    Position position() const override { return {}; }

   private:
    std::vector<size_t>& seen_;
  };
  const auto targets = [this](size_t batch_bytes) {
    std::vector<size_t> seen;
    Script script;
    script.size = 0;  // of blocks without bytes
    Client client(script, &executor_, &clock_, true);
    ReadStream::Input input = FakeInput(script, client.ledger);
    input.framer = std::make_unique<Targets>(&seen);
    input.work = [](const Block&, bool) {
      return EncodedBatch{std::make_shared<Ledger::Payload>(), 0, absl::OkStatus()};
    };
    ReadStream::Limits limits;
    limits.batch_bytes = batch_bytes;
    Start(&client, std::move(input), limits);
    executor_.RunAll();
    return seen;
  };
  EXPECT_EQ(targets(256 << 10), (std::vector<size_t>{16 << 10, 64 << 10, 256 << 10, 256 << 10}));
  EXPECT_EQ(targets(20'000), (std::vector<size_t>{16 << 10, 20'000, 20'000, 20'000}));
  EXPECT_EQ(targets(1), (std::vector<size_t>{1, 1, 1, 1}));
}

TEST_F(ReadStreamTest, ReadsAheadWhereThatIsWorkAndOnlyOnePiece) {
  class Counting : public FakeSource {
   public:
    Counting(const Script& script, int* count) : FakeSource(script), count_(*count) {}
    void ReadAhead() override {
      ++count_;
      FakeSource::ReadAhead();
    }

   private:
    int& count_;
  };
  for (const bool reads : {true, false}) {
    int count = 0;
    Script script;
    script.reads_ahead = true;
    script.size = 10'000;
    Client client(script, &executor_, &clock_, reads);
    ReadStream::Input input = FakeInput(script, client.ledger);
    input.source = std::make_unique<Counting>(script, &count);
    Start(&client, std::move(input), LimitsOf(script));
    executor_.RunAll();
    EXPECT_EQ(client.ledger->finished(), reads);
    if (reads) {
      EXPECT_GT(count, script.size / script.fill_bytes / 2);
    } else {
      EXPECT_LE(count, script.credit_bytes + 2 * script.batch_bytes) << "past the credit";
      client.stream->Cancel();
    }
    executor_.RunAll();
  }
}

TEST_F(ReadStreamTest, StopsWhenTheClientDoesNotRead) {
  Script script;
  script.size = 10'000;
  const auto client = Started(script, /*reads=*/false);
  executor_.RunAll();
  EXPECT_TRUE(client->ledger->writing());
  // The credit, and one block that waits for more of it.
  EXPECT_LE(client->ledger->framed(), script.credit_bytes + 2 * script.batch_bytes);
  while (!client->ledger->finished()) {
    client->Read();
    executor_.RunAll();
  }
  EXPECT_TRUE(client->ledger->status().ok());
}

TEST_F(ReadStreamTest, CountsAPayloadThatIsLargerThanItsBlock) {
  Script script;
  script.size = 10'000;
  script.credit_bytes = 100;
  script.inflation = 100;
  const auto client = Started(script, /*reads=*/false);
  executor_.RunAll();
  EXPECT_LE(client->ledger->blocks(), 2) << "one is written, one waits for credit";
}

TEST_F(ReadStreamTest, TakesTurnsWithAnother) {
  Script script;
  script.size = script.fill_bytes = 1000;
  script.credit_bytes = 10'000;
  const auto first = Started(script), second = Started(script);
  do {
    const uint64_t a = first->ledger->blocks(), b = second->ledger->blocks();
    if (first->ledger->finished() || second->ledger->finished()) break;
    EXPECT_LE(std::max(a, b) - std::min(a, b), script.quantum);
  } while (executor_.Step());
  EXPECT_GT(first->ledger->blocks(), 10 * script.quantum);
}

TEST_F(ReadStreamTest, IsStalledFromTheStartOfAWriteToItsEnd) {
  const auto client = Started({}, /*reads=*/false);
  EXPECT_EQ(client->stream->stalled_since(), std::nullopt);
  const Clock::Time start = clock_.Now();
  executor_.RunAll();
  clock_.Advance(std::chrono::seconds(5));
  EXPECT_EQ(client->stream->stalled_since(), start);
  client->Read();
  EXPECT_EQ(client->stream->stalled_since(), clock_.Now()) << "the next write";
}

TEST_F(ReadStreamTest, EndWaitsForTheWriteInFlightAndForNothingElse) {
  const auto client = Started({}, /*reads=*/false);
  executor_.RunAll();
  client->stream->End(absl::UnavailableError("parked"));
  EXPECT_FALSE(client->ledger->finished());
  client->stream->End(absl::UnavailableError("draining"));
  client->Read();
  ASSERT_TRUE(client->ledger->finished());
  EXPECT_EQ(client->ledger->status(), absl::UnavailableError("parked")) << "the first one counts";
}

TEST_F(ReadStreamTest, AnErrorOfTheDiskDoesNotReplaceTheReasonOfTheEnd) {
  class EndedWhileItReads : public FakeSource {
   public:
    explicit EndedWhileItReads(Client* client) : FakeSource({}), client_(*client) {}
    absl::Status Fill() override {
      if (!client_.ledger->writing()) return FakeSource::Fill();
      client_.stream->End(absl::UnavailableError("parked"));
      return FillError();
    }

   private:
    Client& client_;
  };
  Client client({}, &executor_, &clock_, /*reads=*/false);
  ReadStream::Input input = FakeInput({}, client.ledger);
  input.source = std::make_unique<EndedWhileItReads>(&client);
  Start(&client, std::move(input), LimitsOf({}));
  executor_.RunAll();
  client.Read();
  EXPECT_EQ(client.ledger->status(), absl::UnavailableError("parked"));
}

TEST_F(ReadStreamTest, ADamagedRecordDoesNotReplaceTheReasonOfTheEnd) {
  Client client({}, &executor_, &clock_, /*reads=*/false);
  ReadStream::Input input = FakeInput({}, client.ledger);
  input.work = [&client, work = input.work](const Block& block, bool first) {
    EncodedBatch batch = work(block, first);
    if (client.ledger->writing()) {
      client.stream->End(absl::UnavailableError("parked"));
      batch.error = WorkError();
    }
    return batch;
  };
  Start(&client, std::move(input), LimitsOf({}));
  executor_.RunAll();
  client.Read();
  EXPECT_EQ(client.ledger->status(), absl::UnavailableError("parked"));
}

TEST_F(ReadStreamTest, EndLetsGoOfTheInputAtOnce) {
  class Watched : public FakeSource {
   public:
    explicit Watched(std::shared_ptr<int> token) : FakeSource({}), token_(std::move(token)) {}

   private:
    const std::shared_ptr<int> token_;
  };
  const auto token = std::make_shared<int>();
  Client client({}, &executor_, &clock_, /*reads=*/false);
  ReadStream::Input input = FakeInput({}, client.ledger);
  input.source = std::make_unique<Watched>(token);
  Start(&client, std::move(input), LimitsOf({}));
  executor_.RunAll();
  EXPECT_EQ(token.use_count(), 2);
  client.stream->End(absl::UnavailableError("parked"));
  EXPECT_EQ(token.use_count(), 1);
}

TEST_F(ReadStreamTest, EndLeavesAReadThatIsCompleteAlone) {
  Script script;
  script.size = 1;
  const auto client = Started(script, /*reads=*/false);
  executor_.RunAll();
  client->stream->End(absl::UnavailableError("draining"));
  client->Read();
  ASSERT_TRUE(client->ledger->finished());
  EXPECT_TRUE(client->ledger->status().ok());
}

TEST_F(ReadStreamTest, StartsNothingOnceItIsOver) {
  Client client({}, &executor_, &clock_, true);
  client.stream->Cancel();
  EXPECT_TRUE(absl::IsCancelled(client.ledger->status()));
  client.stream->Start();
  client.stream->End(absl::UnavailableError("late"));
  executor_.RunAll();
  EXPECT_EQ(client.ledger->blocks(), 0);
}

TEST_F(ReadStreamTest, AFailedWriteEndsIt) {
  const auto client = Started({}, /*reads=*/false);
  executor_.RunAll();
  client->Read(/*ok=*/false);
  ASSERT_TRUE(client->ledger->finished());
  EXPECT_TRUE(absl::IsCancelled(client->ledger->status()));
}

TEST_F(ReadStreamTest, DeliversWhatComesBeforeAnError) {
  Script damaged;
  damaged.error_block = 4;
  const auto strict = Started(damaged);
  Script unreadable;
  unreadable.fill_fails_at = 50;
  const auto failing = Started(unreadable);
  executor_.RunAll();
  ASSERT_TRUE(strict->ledger->finished());
  EXPECT_EQ(strict->ledger->status(), WorkError());
  EXPECT_GT(strict->ledger->delivered(), 0);
  ASSERT_TRUE(failing->ledger->finished());
  EXPECT_EQ(failing->ledger->status(), FillError());
  EXPECT_GT(failing->ledger->delivered(), 0);
}

TEST_F(ReadStreamTest, AFramerThatIsNeverSatisfiedIsAnErrorAndNoLoop) {
  class Insatiable : public Framer {
   public:
    std::optional<Block> Next(Source&, size_t) override { return std::nullopt; }
    Position position() const override { return {}; }
  };
  Client client({}, &executor_, &clock_, true);
  ReadStream::Input input = FakeInput({}, client.ledger);
  input.framer = std::make_unique<Insatiable>();
  Start(&client, std::move(input), LimitsOf({}));
  executor_.RunAll();
  ASSERT_TRUE(client.ledger->finished());
  EXPECT_EQ(ErrorReason(client.ledger->status()), "FRAMER_WANTS_MORE");
}

}  // namespace
}  // namespace marcd
