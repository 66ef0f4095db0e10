// The threads that frame, decode and encode. The only place that knows TBB.
#ifndef MARCD_SERVER_PIPELINE_TBB_EXECUTOR_H_
#define MARCD_SERVER_PIPELINE_TBB_EXECUTOR_H_

#include <functional>
#include <memory>

#include "server/pipeline/executor.h"

namespace marcd {

// One TBB arena for the process; nothing that runs in it may block. The
// destructor waits until all posted tasks have run: none may be posted from
// elsewhere then.
class TbbExecutor : public PipelineExecutor {
 public:
  // At least one thread.
  explicit TbbExecutor(int threads);
  ~TbbExecutor() override;

  TbbExecutor(const TbbExecutor&) = delete;
  TbbExecutor& operator=(const TbbExecutor&) = delete;

  void Post(std::function<void()> task) override;
  void Run(const ItemSource& next) override;

 private:
  struct Arena;
  std::unique_ptr<Arena> arena_;
};

}  // namespace marcd

#endif  // MARCD_SERVER_PIPELINE_TBB_EXECUTOR_H_
