// Waiting on a condition.
#ifndef MARCD_SERVER_PIPELINE_AWAIT_H_
#define MARCD_SERVER_PIPELINE_AWAIT_H_

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace marcd {

// Waits until `is` holds, which is asked with the lock held. Not by wait(): GCC 12 gave that a new
// version (GLIBCXX_3.4.30), and the daemon would not start beside an older libstdc++.
template <typename Predicate>
void Await(std::condition_variable& changed, std::unique_lock<std::mutex>& lock, Predicate is) {
  while (!changed.wait_for(lock, std::chrono::hours(1), is)) {
  }
}

}  // namespace marcd

#endif  // MARCD_SERVER_PIPELINE_AWAIT_H_
