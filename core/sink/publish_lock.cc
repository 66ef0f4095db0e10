#include "core/sink/publish_lock.h"

#include <sys/stat.h>

#include <map>
#include <utility>

namespace marcd {
namespace {

using Key = std::pair<dev_t, ino_t>;

// The mutex of a directory, for as long as somebody refers to it.
std::shared_ptr<std::mutex> MutexOf(const Key& key) {
  static std::mutex mutex;
  static auto* const mutexes = new std::map<Key, std::weak_ptr<std::mutex>>;
  const std::lock_guard<std::mutex> lock(mutex);
  for (auto i = mutexes->begin(); i != mutexes->end();) {
    i = i->second.expired() ? mutexes->erase(i) : std::next(i);
  }
  std::weak_ptr<std::mutex>& known = (*mutexes)[key];
  std::shared_ptr<std::mutex> found = known.lock();
  if (found == nullptr) known = found = std::make_shared<std::mutex>();
  return found;
}

Key KeyOf(int directory) {
  struct stat facts = {};
  fstat(directory, &facts);
  return {facts.st_dev, facts.st_ino};
}

}  // namespace

PublishLock::PublishLock(int directory) : mutex_(MutexOf(KeyOf(directory))), lock_(*mutex_) {}

}  // namespace marcd
