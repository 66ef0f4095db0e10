// On which threads work is done: the one seam between the logic of the
// pipeline, which tests run in a single thread by a seeded scheduler, and the
// threads of the daemon.
#ifndef MARCD_SERVER_PIPELINE_EXECUTOR_H_
#define MARCD_SERVER_PIPELINE_EXECUTOR_H_

#include <functional>
#include <memory>

namespace marcd {

// Runs tasks on threads of its own. Thread-safe.
class Executor {
 public:
  virtual ~Executor() = default;

  // Has `task` run later, once, behind what was posted before. Neither blocks
  // nor runs a task inside this call, so a caller may hold a lock. Tasks throw
  // nothing.
  virtual void Post(std::function<void()> task) = 0;
};

// One item on its way through a pipeline: made by the source stage, then
// Work(), then Deliver(), then destroyed.
class PipelineItem {
 public:
  virtual ~PipelineItem() = default;

  // On any thread, beside the Work() of other items.
  virtual void Work() = 0;

  // One item at a time, in the order in which the source gave them.
  virtual void Deliver() = 0;
};

// Makes the next item, or null when there is no more for now.
using ItemSource = std::function<std::unique_ptr<PipelineItem>()>;

// An executor that can also spread one sequence of items over its threads.
class PipelineExecutor : public Executor {
 public:
  // Pulls items from `next`, one call at a time (perhaps from several threads,
  // one after the other), until it returns null; it is not called again after
  // that. Only a few items a thread are alive at once. Returns when every item
  // has been delivered. To be called from a posted task.
  virtual void Run(const ItemSource& next) = 0;
};

}  // namespace marcd

#endif  // MARCD_SERVER_PIPELINE_EXECUTOR_H_
