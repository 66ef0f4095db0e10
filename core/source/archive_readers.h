// Readers that wait behind a member of an archive for who wants a later one: to go through all
// members, each by its name, is then to go through the archive once.
#ifndef MARCD_CORE_SOURCE_ARCHIVE_READERS_H_
#define MARCD_CORE_SOURCE_ARCHIVE_READERS_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "core/source/archive.h"
#include "core/source/file_identity.h"

namespace marcd {

// Thread-safe. A reader that waits has a file open, and the memory of what decompresses it.
class ArchiveReaders {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr size_t kMaxWaiting = 4;
  static constexpr std::chrono::seconds kWait{10};

  // Of those that wait with the file of that path, in that very state: the one that has come
  // farthest of those that `fits` likes. Null if there is none.
  std::unique_ptr<ArchiveReader> Take(const std::string& path, const FileIdentity& identity,
                                      const std::function<bool(const ArchiveReader&)>& fits);

  // Has it wait for kWait; the one that has waited longest goes if there are too many. It must not
  // have failed.
  void Keep(std::unique_ptr<ArchiveReader> reader, Time now);

  // Lets go of those whose time is over.
  void Expire(Time now);

 private:
  struct Waiting {
    std::unique_ptr<ArchiveReader> reader;
    Time since;
  };

  std::mutex mutex_;
  std::list<Waiting> waiting_;  // the one that has waited longest is first
};

}  // namespace marcd

#endif  // MARCD_CORE_SOURCE_ARCHIVE_READERS_H_
