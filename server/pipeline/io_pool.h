// Threads that may wait for a disk, so that no other has to.
#ifndef MARCD_SERVER_PIPELINE_IO_POOL_H_
#define MARCD_SERVER_PIPELINE_IO_POOL_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "server/pipeline/executor.h"

namespace marcd {

// A fixed number of threads that take tasks in the order of posting. Meant for
// whatever may block on a file: opening it, Source::Fill(). The queue has no
// limit of its own: a call has at most one task in it, and the calls are
// limited.
//
// The destructor runs what is still queued and joins. A task that hangs (a dead
// network mount) holds it up: a daemon that must exit does so without it.
class IoPool : public Executor {
 public:
  // At least one thread is started.
  explicit IoPool(int threads);
  ~IoPool() override;

  IoPool(const IoPool&) = delete;
  IoPool& operator=(const IoPool&) = delete;

  void Post(std::function<void()> task) override;

 private:
  void Loop();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace marcd

#endif  // MARCD_SERVER_PIPELINE_IO_POOL_H_
