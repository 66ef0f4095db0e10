#include "core/source/archive_readers.h"

#include <utility>

namespace marcd {

std::unique_ptr<ArchiveReader> ArchiveReaders::Take(
    const std::string& path, const FileIdentity& identity,
    const std::function<bool(const ArchiveReader&)>& fits) {
  const std::string state = FormatEtag(identity);
  const std::lock_guard<std::mutex> lock(mutex_);
  auto best = waiting_.end();
  for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
    const ArchiveReader& reader = *at->reader;
    if (reader.path() != path || FormatEtag(reader.identity()) != state || !fits(reader)) continue;
    if (best == waiting_.end() || reader.passed() > best->reader->passed()) best = at;
  }
  if (best == waiting_.end()) return nullptr;
  std::unique_ptr<ArchiveReader> reader = std::move(best->reader);
  waiting_.erase(best);
  return reader;
}

void ArchiveReaders::Keep(std::unique_ptr<ArchiveReader> reader, Time now) {
  std::list<Waiting> gone;  // freed outside of the lock
  const std::lock_guard<std::mutex> lock(mutex_);
  waiting_.push_back({std::move(reader), now});
  if (waiting_.size() > kMaxWaiting) gone.splice(gone.end(), waiting_, waiting_.begin());
}

void ArchiveReaders::Expire(Time now) {
  std::list<Waiting> gone;
  const std::lock_guard<std::mutex> lock(mutex_);
  while (!waiting_.empty() && now - waiting_.front().since >= kWait) {
    gone.splice(gone.end(), waiting_, waiting_.begin());
  }
}

}  // namespace marcd
