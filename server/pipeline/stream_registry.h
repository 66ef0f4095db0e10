// The live streams: how many there may be, and how they end when the daemon does.
#ifndef MARCD_SERVER_PIPELINE_STREAM_REGISTRY_H_
#define MARCD_SERVER_PIPELINE_STREAM_REGISTRY_H_

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "absl/status/status.h"
#include "server/pipeline/clock.h"

namespace marcd {

// What the registry needs to know of a stream. Thread-safe.
class LiveStream {
 public:
  virtual ~LiveStream() = default;

  // Since when the write in flight has been in flight; nullopt when none is.
  virtual std::optional<Clock::Time> stalled_since() const = 0;

  // Ends the stream with `status` at the next boundary of a batch, and lets go
  // at once of all but the batch that is being written. Never blocks.
  virtual void End(absl::Status status) = 0;
};

// Admits streams up to a limit. Thread-safe; it calls streams without a lock
// that they could need, so they may come back to it from End().
//
// A stream that was ended from here stays registered until Remove(), for its
// client may take long to read the last batch, but no longer counts against the
// limit. At most kMaxEnding of them are kept; then nobody is admitted.
class StreamRegistry {
 public:
  // A stream is stalled when its client has not taken a batch for this long.
  static constexpr Clock::Time::duration kStalledAfter = std::chrono::seconds(1);
  static constexpr size_t kMaxEnding = 1000;

  // `clock` must outlive the registry.
  StreamRegistry(size_t max_streams, const Clock* clock)
      : max_streams_(max_streams), clock_(*clock) {}

  // Registers `stream`, which is not registered yet. At the limit the stream
  // that has been stalled the longest is parked to make room: ended with
  // UNAVAILABLE `PARKED`, to be reopened from its position.
  //   RESOURCE_EXHAUSTED `STREAM_LIMIT` (metadata `limit`): no room, none stalled.
  //   UNAVAILABLE `DRAINING`: after Drain().
  absl::Status Admit(std::shared_ptr<LiveStream> stream);

  // Forgets `stream`; nothing happens if it is not registered. To be called
  // when its call is over.
  void Remove(const LiveStream* stream);

  // Admits no more streams and ends all with UNAVAILABLE `DRAINING`.
  void Drain();

  // Waits until no stream is registered; false when `deadline` came first.
  bool WaitEmpty(Clock::Time deadline);

  // Streams registered, those that are ending included.
  size_t count() const;

 private:
  struct Entry {
    std::shared_ptr<LiveStream> stream;
    bool ending = false;
  };

  // Under mutex_: the entry that has been stalled the longest, or null.
  Entry* LongestStalled();

  const size_t max_streams_;
  const Clock& clock_;
  mutable std::mutex mutex_;  // taken before any lock of a stream
  std::condition_variable empty_;
  std::unordered_map<const LiveStream*, Entry> entries_;
  size_t live_ = 0;  // entries that are not ending
  bool draining_ = false;
};

}  // namespace marcd

#endif  // MARCD_SERVER_PIPELINE_STREAM_REGISTRY_H_
