#include "server/pipeline/tbb_executor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

#include "tests/server/pipeline/stream_crowd.h"

namespace marcd {
namespace {

constexpr std::chrono::seconds kPatience(20);

// Threads that meet: true for each once `count` of them are there.
class Meeting {
 public:
  explicit Meeting(int count) : missing_(count) {}

  bool Arrive() {
    std::unique_lock<std::mutex> lock(mutex_);
    --missing_;
    all_here_.notify_all();
    return all_here_.wait_for(lock, kPatience, [this] { return missing_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_here_;
  int missing_;
};

class Number : public PipelineItem {
 public:
  Number(int value, std::function<void()> work, std::vector<int>* delivered)
      : value_(value), work_(std::move(work)), delivered_(*delivered) {}
  void Work() override { work_(); }
  void Deliver() override { delivered_.push_back(value_); }

 private:
  const int value_;
  const std::function<void()> work_;
  std::vector<int>& delivered_;
};

// Runs `count` numbered items through a pipeline; what was delivered.
std::vector<int> RunNumbers(TbbExecutor* executor, int count, std::function<void()> work) {
  std::vector<int> delivered;
  std::promise<void> done;
  executor->Post([&] {
    int next = 0;
    executor->Run([&]() -> std::unique_ptr<PipelineItem> {
      if (next == count) return nullptr;
      return std::make_unique<Number>(next++, work, &delivered);
    });
    done.set_value();
  });
  done.get_future().wait();
  return delivered;
}

TEST(TbbExecutor, AllItsThreadsRunAtOnce) {
  for (const int threads : {1, 2, 4}) {
    TbbExecutor executor(threads);
    Meeting meeting(threads);
    std::atomic<int> met{0};
    std::promise<void> all_met;
    for (int i = 0; i < threads; ++i) {
      executor.Post([&] {
        if (meeting.Arrive() && ++met == threads) all_met.set_value();
      });
    }
    EXPECT_EQ(all_met.get_future().wait_for(kPatience), std::future_status::ready) << threads;
  }
}

TEST(TbbExecutor, OnePipelineWorksOnAllThreads) {
  TbbExecutor executor(2);
  Meeting meeting(2);
  std::atomic<int> met{0};
  RunNumbers(&executor, 2, [&] { met += meeting.Arrive(); });
  EXPECT_EQ(met, 2);
}

TEST(TbbExecutor, DeliversInOrder) {
  TbbExecutor executor(4);
  const std::vector<int> delivered = RunNumbers(&executor, 1000, [] {});
  ASSERT_EQ(delivered.size(), 1000);
  EXPECT_TRUE(std::is_sorted(delivered.begin(), delivered.end()));
}

TEST(TbbExecutor, RunsAllThatWasPostedBeforeItDies) {
  std::atomic<int> done{0};
  {
    TbbExecutor executor(2);
    for (int i = 0; i < 100; ++i) {
      executor.Post([&] { executor.Post([&done] { ++done; }); });
    }
  }
  EXPECT_EQ(done, 100);
}

TEST(TbbExecutor, CarriesACrowdOfStreams) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    TbbExecutor executor(2);
    RunCrowd(&executor, seed, 12);
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace marcd
