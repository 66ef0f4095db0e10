#include "core/sink/write_requests.h"

#include "absl/strings/str_cat.h"
#include "core/base/status.h"

namespace marcd {

using absl::StatusCode;

WriteRequests::WriteRequests(std::unique_ptr<WriteJournal> journal) : journal_(std::move(journal)) {
  if (journal_ == nullptr) return;
  for (WriteJournal::Left& left : journal_->Read()) {
    if (left.published) {
      Remember(left.request_id, State::kPublished, std::move(left.write));
    } else {
      requests_[left.request_id].state = State::kRunning;
      unsettled_.push_back(std::move(left));
    }
  }
}

void WriteRequests::Settle() {
  for (WriteJournal::Left& left : unsettled_) {
    const WriteJournal::Outcome outcome = journal_->Settle(&left);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (outcome == WriteJournal::Outcome::kNotPublished) {
      requests_.erase(left.request_id);
    } else {
      Remember(left.request_id,
               outcome == WriteJournal::Outcome::kPublished ? State::kPublished : State::kUncertain,
               std::move(left.write));
    }
  }
  unsettled_.clear();
}

absl::StatusOr<std::optional<PublishedWrite>> WriteRequests::Begin(const std::string& id,
                                                                   const std::string& name) {
  if (id.empty()) return std::nullopt;
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto [found, added] = requests_.try_emplace(id);
  if (added) return std::nullopt;
  const Request& request = found->second;
  switch (request.state) {
    case State::kRunning:
      return MakeError(StatusCode::kUnavailable, "WRITE_RUNNING",
                       "the write of this request_id is not over yet; ask again");
    case State::kUncertain:
      return MakeError(StatusCode::kFailedPrecondition, "WRITE_UNCERTAIN",
                       absl::StrCat("the daemon died while it published \"", request.write.name,
                                    "\", and the file was changed or moved since: whether it was "
                                    "published cannot be told"));
    case State::kPublished:
      break;
  }
  if (request.write.name == name) return request.write;
  return MakeError(StatusCode::kInvalidArgument, "REQUEST_ID_USED",
                   absl::StrCat("this request_id is that of a write of \"", request.write.name,
                                "\"; choose them at random"));
}

void WriteRequests::Published(const std::string& id, PublishedWrite write) {
  if (id.empty()) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  Remember(id, State::kPublished, std::move(write));
}

void WriteRequests::Forget(const std::string& id) {
  if (id.empty()) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  requests_.erase(id);
}

void WriteRequests::Remember(const std::string& id, State state, PublishedWrite write) {
  requests_[id] = {state, std::move(write)};
  order_.push_back(id);
  if (order_.size() <= kMaxPublished) return;
  requests_.erase(order_.front());
  if (journal_ != nullptr) journal_->Forget(order_.front());
  order_.pop_front();
}

}  // namespace marcd
