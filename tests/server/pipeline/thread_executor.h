// A pipeline of plain threads: what the TBB executor does, in a form that the
// thread sanitizer can follow.
#ifndef MARCD_TESTS_SERVER_PIPELINE_THREAD_EXECUTOR_H_
#define MARCD_TESTS_SERVER_PIPELINE_THREAD_EXECUTOR_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "server/pipeline/executor.h"
#include "server/pipeline/io_pool.h"

namespace marcd {

class ThreadExecutor : public PipelineExecutor {
 public:
  explicit ThreadExecutor(int threads) : threads_(threads), pool_(threads) {}

  void Post(std::function<void()> task) override { pool_.Post(std::move(task)); }

  void Run(const ItemSource& next) override {
    Pipeline pipeline;
    std::vector<std::thread> helpers;
    for (int i = 1; i < threads_; ++i) helpers.emplace_back([&] { pipeline.Work(next); });
    pipeline.Work(next);
    for (std::thread& helper : helpers) helper.join();
  }

 private:
  struct Pipeline {
    void Work(const ItemSource& next) {
      while (true) {
        std::unique_lock<std::mutex> pulling(source);
        if (ended) return;
        const std::unique_ptr<PipelineItem> item = next();
        if (item == nullptr) ended = true;
        if (ended) return;
        const uint64_t number = pulled++;
        pulling.unlock();

        item->Work();
        std::unique_lock<std::mutex> delivering(sink);
        turn.wait(delivering, [&] { return delivered == number; });
        item->Deliver();
        ++delivered;
        turn.notify_all();
      }
    }

    std::mutex source;
    bool ended = false;
    uint64_t pulled = 0;

    std::mutex sink;
    std::condition_variable turn;
    uint64_t delivered = 0;
  };

  const int threads_;
  IoPool pool_;
};

}  // namespace marcd

#endif  // MARCD_TESTS_SERVER_PIPELINE_THREAD_EXECUTOR_H_
