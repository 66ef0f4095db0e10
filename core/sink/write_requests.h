// What became of the writes that have a request id, for clients whose answer was lost.
#ifndef MARCD_CORE_SINK_WRITE_REQUESTS_H_
#define MARCD_CORE_SINK_WRITE_REQUESTS_H_

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/sink/write_journal.h"

namespace marcd {

// Remembers the last kMaxPublished that were published, beyond the process's end where there is a
// journal. Thread-safe.
class WriteRequests {
 public:
  static constexpr size_t kMaxPublished = 1000;

  // `journal` may be null, and else is read here. The requests that it does not know the end of
  // are running until Settle() has been called, which may block as long as the directories do in
  // which those files are.
  explicit WriteRequests(std::unique_ptr<WriteJournal> journal);
  void Settle();

  // Begins a write of `name`, which runs until Published() or Forget() is called; or gives what an
  // earlier one of this id has published. An empty id is always new.
  //   UNAVAILABLE WRITE_RUNNING             it is not over yet: ask again.
  //   INVALID_ARGUMENT REQUEST_ID_USED      it wrote a file of another name.
  //   FAILED_PRECONDITION WRITE_UNCERTAIN   a daemon died over it, and the file has changed since.
  absl::StatusOr<std::optional<PublishedWrite>> Begin(const std::string& id,
                                                      const std::string& name);
  void Published(const std::string& id, PublishedWrite write);
  void Forget(const std::string& id);

  // Null where there is none.
  const WriteJournal* journal() const { return journal_.get(); }

 private:
  enum class State { kRunning, kPublished, kUncertain };
  struct Request {
    State state = State::kRunning;
    PublishedWrite write;
  };

  void Remember(const std::string& id, State state, PublishedWrite write);  // under mutex_

  const std::unique_ptr<WriteJournal> journal_;
  std::vector<WriteJournal::Left> unsettled_;

  std::mutex mutex_;
  std::map<std::string, Request> requests_;
  std::deque<std::string> order_;  // those that do not run, the oldest first
};

}  // namespace marcd

#endif  // MARCD_CORE_SINK_WRITE_REQUESTS_H_
