// All threads of the daemon in one: a scheduler that decides by seed what happens
// next, so that thousands of interleavings can be tried and each can be repeated.
#ifndef MARCD_TESTS_SERVER_PIPELINE_SEEDED_EXECUTOR_H_
#define MARCD_TESTS_SERVER_PIPELINE_SEEDED_EXECUTOR_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "server/pipeline/executor.h"

namespace marcd {

class SeededScheduler {
 public:
  explicit SeededScheduler(uint64_t seed) : random_(seed) {}

  // A number below `n`; n > 0.
  size_t Pick(size_t n) { return random_() % n; }
  bool OneIn(size_t n) { return Pick(n) == 0; }

  // Something that happens at some later moment.
  void Add(std::function<void()> event) { events_.push_back(std::move(event)); }

  // Something that happens no sooner than after `steps` other choices fell on it.
  void AddLater(size_t steps, std::function<void()> event) {
    if (steps == 0) return Add(std::move(event));
    Add([this, steps, event = std::move(event)] { AddLater(steps - 1, event); });
  }

  // Lets one event happen; false when there is none.
  bool Step() {
    if (events_.empty()) return false;
    std::swap(events_[Pick(events_.size())], events_.back());
    const std::function<void()> event = std::move(events_.back());
    events_.pop_back();
    event();
    return true;
  }

  // Where a thread holds no lock, others may have come so far: lets some events
  // happen now, inside whatever is going on.
  void Interleave() {
    if (depth_ == kMaxDepth) return;
    ++depth_;
    while (OneIn(3) && Step()) {
    }
    --depth_;
  }

 private:
  static constexpr int kMaxDepth = 4;

  std::mt19937_64 random_;
  std::vector<std::function<void()>> events_;
  int depth_ = 0;
};

// An executor whose tasks are events of a scheduler and whose pipelines let
// stages, and everything else, happen in a random order that the contract allows.
class SeededExecutor : public PipelineExecutor {
 public:
  explicit SeededExecutor(SeededScheduler* scheduler) : scheduler_(*scheduler) {}

  // From now on a posted task is an error.
  void Close() { closed_ = true; }

  void Post(std::function<void()> task) override {
    EXPECT_FALSE(closed_) << "posted when all streams were over";
    scheduler_.Add(std::move(task));
  }

  void Run(const ItemSource& next) override {
    std::deque<Slot> slots;
    bool more = true;
    while (more || !slots.empty()) {
      scheduler_.Interleave();
      // Choice 0 pulls an item, i + 1 works on or delivers the i-th one.
      const size_t choice = scheduler_.Pick(slots.size() + 1);
      if (choice == 0) {
        if (!more || slots.size() == kTokens) continue;
        std::unique_ptr<PipelineItem> item = next();
        more = item != nullptr;
        if (more) slots.push_back({std::move(item)});
      } else if (Slot& slot = slots[choice - 1]; !slot.worked) {
        slot.worked = true;
        slot.item->Work();
      } else if (choice == 1) {
        const Slot front = std::move(slots.front());
        slots.pop_front();
        front.item->Deliver();
      }
    }
  }

 private:
  static constexpr size_t kTokens = 4;
  struct Slot {
    std::unique_ptr<PipelineItem> item;
    bool worked = false;
  };

  SeededScheduler& scheduler_;
  bool closed_ = false;
};

}  // namespace marcd

#endif  // MARCD_TESTS_SERVER_PIPELINE_SEEDED_EXECUTOR_H_
