#include "server/pipeline/tbb_executor.h"

#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace marcd {

struct TbbExecutor::Arena {
  explicit Arena(int threads)
      : threads(threads),
        control(tbb::global_control::max_allowed_parallelism, threads + 1),
        arena(threads, 0) {}

  const int threads;
  // Before the arena, and for as long as it: TBB counts the thread that made
  // the arena as one of the allowed, and would start one worker too few.
  const tbb::global_control control;
  // No slot is reserved for outside threads: the workers have all of them.
  tbb::task_arena arena;

  std::mutex mutex;
  std::condition_variable idle;
  int pending = 0;  // tasks posted and not yet done
};

TbbExecutor::TbbExecutor(int threads) : arena_(std::make_unique<Arena>(std::max(threads, 1))) {}

TbbExecutor::~TbbExecutor() {
  // An arena does not wait for its tasks, and they come back here to post more.
  std::unique_lock<std::mutex> lock(arena_->mutex);
  arena_->idle.wait(lock, [this] { return arena_->pending == 0; });
}

void TbbExecutor::Post(std::function<void()> task) {
  Arena* const arena = arena_.get();
  {
    const std::lock_guard<std::mutex> lock(arena->mutex);
    ++arena->pending;
  }
  // Shared, for TBB calls a const copy: what the task holds must die before the
  // destructor may go on.
  const auto held = std::make_shared<std::function<void()>>(std::move(task));
  arena->arena.enqueue([arena, held] {
    (*held)();
    *held = nullptr;
    const std::lock_guard<std::mutex> lock(arena->mutex);
    if (--arena->pending == 0) arena->idle.notify_all();
  });
}

void TbbExecutor::Run(const ItemSource& next) {
  // Two tokens a thread: one to work on, one ready.
  const size_t tokens = 2 * static_cast<size_t>(arena_->threads);
  const auto source = tbb::make_filter<void, PipelineItem*>(
      tbb::filter_mode::serial_in_order, [&next](tbb::flow_control& flow) -> PipelineItem* {
        std::unique_ptr<PipelineItem> item = next();
        if (item == nullptr) flow.stop();
        return item.release();
      });
  const auto work = tbb::make_filter<PipelineItem*, PipelineItem*>(tbb::filter_mode::parallel,
                                                                   [](PipelineItem* item) {
                                                                     item->Work();
                                                                     return item;
                                                                   });
  const auto sink = tbb::make_filter<PipelineItem*, void>(
      tbb::filter_mode::serial_in_order,
      [](PipelineItem* item) { std::unique_ptr<PipelineItem>(item)->Deliver(); });
  // Isolated: while this thread waits for the last item it must not begin
  // another stream's run, which would hold this one up until that one ends.
  tbb::this_task_arena::isolate([&] { tbb::parallel_pipeline(tokens, source & work & sink); });
}

}  // namespace marcd
