// One publication in a directory at a time.
#ifndef MARCD_CORE_SINK_PUBLISH_LOCK_H_
#define MARCD_CORE_SINK_PUBLISH_LOCK_H_

#include <memory>
#include <mutex>

namespace marcd {

// While it lives no other thread of this process has one for the same directory: so what one has
// seen of a file there is so until it renames. Directories do not wait for one another, for one
// may hang.
class PublishLock {
 public:
  // `directory` is a descriptor of it.
  explicit PublishLock(int directory);

  PublishLock(const PublishLock&) = delete;
  PublishLock& operator=(const PublishLock&) = delete;

 private:
  const std::shared_ptr<std::mutex> mutex_;
  const std::unique_lock<std::mutex> lock_;
};

}  // namespace marcd

#endif  // MARCD_CORE_SINK_PUBLISH_LOCK_H_
