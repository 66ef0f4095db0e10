#include "server/pipeline/stream_registry.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"

namespace marcd {
namespace {

absl::Status Parked() {
  return MakeError(absl::StatusCode::kUnavailable, "PARKED",
                   "the stream was not read for a while and made room for another; "
                   "reopen it from its last position");
}

absl::Status Draining() {
  return MakeError(absl::StatusCode::kUnavailable, "DRAINING",
                   "the daemon is shutting down; resume from the last position, at another "
                   "daemon or when this one is back");
}

absl::Status StreamLimit(size_t limit) {
  return MakeError(absl::StatusCode::kResourceExhausted, "STREAM_LIMIT",
                   absl::StrCat("all ", limit,
                                " streams of the daemon are in use and none is "
                                "stalled; try again later"),
                   {{"limit", absl::StrCat(limit)}});
}

}  // namespace

absl::Status StreamRegistry::Admit(std::shared_ptr<LiveStream> stream) {
  std::shared_ptr<LiveStream> parked;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (draining_) return Draining();
    if (live_ >= max_streams_) {
      const bool room_to_end = entries_.size() - live_ < kMaxEnding;
      Entry* const longest = room_to_end ? LongestStalled() : nullptr;
      if (longest == nullptr) return StreamLimit(max_streams_);
      longest->ending = true;
      --live_;
      parked = longest->stream;
    }
    const LiveStream* const key = stream.get();
    entries_.emplace(key, Entry{std::move(stream)});
    ++live_;
  }
  if (parked != nullptr) parked->End(Parked());
  return absl::OkStatus();
}

StreamRegistry::Entry* StreamRegistry::LongestStalled() {
  Clock::Time earliest = clock_.Now() - kStalledAfter;
  Entry* longest = nullptr;
  for (auto& [key, entry] : entries_) {
    if (entry.ending) continue;
    const std::optional<Clock::Time> since = entry.stream->stalled_since();
    if (!since.has_value() || *since > earliest) continue;
    earliest = *since;
    longest = &entry;
  }
  return longest;
}

void StreamRegistry::Remove(const LiveStream* stream) {
  std::shared_ptr<LiveStream> removed;  // perhaps the last reference: freed without the lock
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = entries_.find(stream);
  if (found == entries_.end()) return;
  if (!found->second.ending) --live_;
  removed = std::move(found->second.stream);
  entries_.erase(found);
  if (entries_.empty()) empty_.notify_all();
}

void StreamRegistry::Drain() {
  std::vector<std::shared_ptr<LiveStream>> to_end;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    draining_ = true;
    for (auto& [key, entry] : entries_) {
      if (!std::exchange(entry.ending, true)) to_end.push_back(entry.stream);
    }
    live_ = 0;
  }
  for (const auto& stream : to_end) stream->End(Draining());
}

bool StreamRegistry::WaitEmpty(Clock::Time deadline) {
  std::unique_lock<std::mutex> lock(mutex_);
  return empty_.wait_until(lock, deadline, [this] { return entries_.empty(); });
}

size_t StreamRegistry::count() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return entries_.size();
}

}  // namespace marcd
