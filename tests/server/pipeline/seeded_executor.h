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

// An executor whose tasks are events of a scheduler, and so are the stages of its
// pipelines: everything happens in a random order that the contract allows.
class SeededExecutor : public PipelineExecutor {
 public:
  explicit SeededExecutor(SeededScheduler* scheduler) : scheduler_(*scheduler) {}

  // Called before each Post().
  std::function<void()> on_post = [] {};

  void Post(std::function<void()> task) override {
    on_post();
    scheduler_.Add(std::move(task));
  }

  void Run(const ItemSource& next) override {
    const auto run = std::make_shared<Pipeline>();
    bool more = true;
    while (more || !run->slots.empty()) {
      if (!more || run->slots.size() == kTokens || scheduler_.OneIn(2)) {
        const bool stepped = scheduler_.Step();
        ASSERT_TRUE(stepped || more) << "an item got lost";
      } else if (std::unique_ptr<PipelineItem> item = next(); item != nullptr) {
        run->slots.push_back(std::make_shared<Slot>(Slot{std::move(item)}));
        scheduler_.Add([this, run, slot = run->slots.back()] { Work(run, slot.get()); });
      } else {
        more = false;
      }
    }
  }

 private:
  static constexpr size_t kTokens = 4;
  struct Slot {
    std::unique_ptr<PipelineItem> item;
    bool worked = false;
  };
  struct Pipeline {
    std::deque<std::shared_ptr<Slot>> slots;  // pulled and not yet delivered
    bool delivering = false;
  };

  void Work(const std::shared_ptr<Pipeline>& run, Slot* slot) {
    slot->item->Work();
    slot->worked = true;
    scheduler_.Add([run] { Deliver(run.get()); });
  }

  static void Deliver(Pipeline* run) {
    if (std::exchange(run->delivering, true)) return;
    while (!run->slots.empty() && run->slots.front()->worked) {
      run->slots.front()->item->Deliver();
      run->slots.front()->item.reset();
      run->slots.pop_front();
    }
    run->delivering = false;
  }

  SeededScheduler& scheduler_;
};

}  // namespace marcd

#endif  // MARCD_TESTS_SERVER_PIPELINE_SEEDED_EXECUTOR_H_
