#include "server/pipeline/stream_registry.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "core/base/status.h"
#include "tests/server/pipeline/fake_input.h"

namespace marcd {
namespace {

using std::chrono::milliseconds;

class FakeStream : public LiveStream {
 public:
  explicit FakeStream(StreamRegistry* remove_from = nullptr) : remove_from_(remove_from) {}

  std::optional<Clock::Time> stalled_since() const override { return stalled; }
  void End(absl::Status status) override {
    ended = std::move(status);
    if (remove_from_ != nullptr) remove_from_->Remove(this);
  }

  std::optional<Clock::Time> stalled;
  absl::Status ended;

 private:
  StreamRegistry* const remove_from_;
};

class StreamRegistryTest : public testing::Test {
 protected:
  std::shared_ptr<FakeStream> Admitted() {
    auto stream = std::make_shared<FakeStream>();
    EXPECT_TRUE(registry_.Admit(stream).ok());
    return stream;
  }
  absl::Status Refused() { return registry_.Admit(std::make_shared<FakeStream>()); }

  FakeClock clock_;
  StreamRegistry registry_{2, &clock_};
};

TEST_F(StreamRegistryTest, RefusesOneMoreThanTheLimitAndNamesIt) {
  const auto first = Admitted(), second = Admitted();
  const absl::Status status = Refused();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorReason(status), "STREAM_LIMIT");
  EXPECT_EQ(GetErrorMetadata(status), (ErrorMetadata{{"limit", "2"}}));
  EXPECT_EQ(registry_.count(), 2);
}

TEST_F(StreamRegistryTest, AdmitsAgainWhenOneIsRemoved) {
  const auto first = Admitted(), second = Admitted();
  registry_.Remove(first.get());
  registry_.Remove(first.get());
  EXPECT_EQ(registry_.count(), 1);
  Admitted();
  EXPECT_EQ(ErrorReason(Refused()), "STREAM_LIMIT");
}

TEST_F(StreamRegistryTest, ParksTheLongestStalled) {
  const auto first = Admitted(), second = Admitted();
  first->stalled = clock_.Now() + milliseconds(100);
  second->stalled = clock_.Now();
  clock_.Advance(milliseconds(2000));
  const auto third = Admitted();
  EXPECT_TRUE(first->ended.ok());
  EXPECT_EQ(second->ended.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ErrorReason(second->ended), "PARKED");
}

TEST_F(StreamRegistryTest, DoesNotParkWhatIsStalledForLessThanASecond) {
  const auto first = Admitted(), second = Admitted();
  first->stalled = clock_.Now();
  clock_.Advance(milliseconds(999));
  EXPECT_EQ(ErrorReason(Refused()), "STREAM_LIMIT");
  clock_.Advance(milliseconds(1));
  Admitted();
  EXPECT_EQ(ErrorReason(first->ended), "PARKED");
}

TEST_F(StreamRegistryTest, ParksAStreamOnce) {
  const auto first = Admitted(), second = Admitted();
  first->stalled = clock_.Now();
  clock_.Advance(milliseconds(2000));
  Admitted();
  EXPECT_EQ(ErrorReason(Refused()), "STREAM_LIMIT");
  EXPECT_EQ(registry_.count(), 3) << "a parked stream is there until its call is over";
  registry_.Remove(first.get());
  EXPECT_EQ(ErrorReason(Refused()), "STREAM_LIMIT") << "its place was given away already";
}

TEST_F(StreamRegistryTest, KeepsABoundedNumberOfParkedStreams) {
  const auto busy = Admitted();
  Admitted()->stalled = clock_.Now();
  clock_.Advance(milliseconds(2000));
  for (size_t i = 0; i < StreamRegistry::kMaxEnding; ++i) {
    Admitted()->stalled = clock_.Now();
    clock_.Advance(milliseconds(2000));
  }
  EXPECT_EQ(ErrorReason(Refused()), "STREAM_LIMIT");
}

TEST_F(StreamRegistryTest, AStreamMayRemoveItselfWhileItIsEnded) {
  const auto parked = std::make_shared<FakeStream>(&registry_);
  ASSERT_TRUE(registry_.Admit(parked).ok());
  const auto drained = std::make_shared<FakeStream>(&registry_);
  ASSERT_TRUE(registry_.Admit(drained).ok());
  parked->stalled = clock_.Now();
  clock_.Advance(milliseconds(2000));
  const auto third = Admitted();
  EXPECT_EQ(registry_.count(), 2);
  registry_.Drain();
  EXPECT_EQ(registry_.count(), 1);
}

TEST_F(StreamRegistryTest, DrainEndsAllAndAdmitsNoMore) {
  const auto first = Admitted(), second = Admitted();
  registry_.Drain();
  for (const absl::Status& status : {first->ended, second->ended, Refused()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(ErrorReason(status), "DRAINING");
  }
}

TEST_F(StreamRegistryTest, WaitsUntilTheLastIsRemoved) {
  const SteadyClock clock;
  const auto stream = Admitted();
  EXPECT_FALSE(registry_.WaitEmpty(clock.Now()));
  std::thread remover([&] { registry_.Remove(stream.get()); });
  EXPECT_TRUE(registry_.WaitEmpty(clock.Now() + std::chrono::seconds(20)));
  remover.join();
}

}  // namespace
}  // namespace marcd
