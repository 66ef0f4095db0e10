// Whether anybody is using the daemon.
#ifndef MARCD_SERVER_OBSERVE_ACTIVITY_H_
#define MARCD_SERVER_OBSERVE_ACTIVITY_H_

#include <chrono>
#include <mutex>

namespace marcd {

// Counts the calls in progress and remembers when the last one ended.
// Thread-safe.
class Activity {
 public:
  // One call; in progress for as long as this object lives.
  class Call {
   public:
    explicit Call(Activity* activity) : activity_(activity) { activity_->Add(1); }
    ~Call() { activity_->Add(-1); }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    Activity* const activity_;
  };

  // How long no call has been in progress; zero while one is.
  std::chrono::steady_clock::duration idle() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (calls_ > 0) return {};
    return std::chrono::steady_clock::now() - last_;
  }

 private:
  void Add(int calls) {
    const std::lock_guard<std::mutex> lock(mutex_);
    calls_ += calls;
    last_ = std::chrono::steady_clock::now();
  }

  mutable std::mutex mutex_;
  int calls_ = 0;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace marcd

#endif  // MARCD_SERVER_OBSERVE_ACTIVITY_H_
