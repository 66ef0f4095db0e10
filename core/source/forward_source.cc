#include "core/source/forward_source.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"

namespace marcd {

absl::Status ForwardSource::Fill() {
  if (at_end_) return absl::OkStatus();
  MARCD_RETURN_IF_ERROR(PassOver());
  MARCD_RETURN_IF_ERROR(fault_);
  const absl::string_view tail = window();
  if (tail.size() >= options_.max_window_bytes) {
    return MakeError(
        absl::StatusCode::kResourceExhausted, "WINDOW_FULL",
        absl::StrCat("what begins at byte ", offset_, " of the bytes that ", holder_,
                     " holds is longer than the limit of ", options_.max_window_bytes, " bytes"),
        {{"path", holder_}, {"offset", absl::StrCat(offset_)}});
  }
  const size_t room = std::min(ChunkSize(), options_.max_window_bytes - tail.size());
  // Not make_shared<char[]>: it would write zeros first.
  std::shared_ptr<char[]> data(new char[tail.size() + room]);
  tail.copy(data.get(), tail.size());
  size_t size = tail.size();
  while (size < tail.size() + room && !at_end_) {
    const absl::StatusOr<size_t> given = Read(data.get() + size, tail.size() + room - size);
    if (!given.ok()) {
      // What came before is given first.
      fault_ = given.status();
      if (size == tail.size()) return fault_;
      break;
    }
    at_end_ = *given == 0;
    size += *given;
  }
  chunk_ = room;
  buffer_ = {std::move(data), size};
  begin_ = 0;
  filled_at_ = offset_;
  return absl::OkStatus();
}

// As FileSource's: a window that did not move holds a piece of one long record.
size_t ForwardSource::ChunkSize() const {
  const bool moved = chunk_ == 0 || offset_ != filled_at_;
  return moved ? options_.chunk_bytes : std::min(2 * chunk_, options_.max_window_bytes);
}

absl::Status ForwardSource::PassOver() {
  if (left_out_ == 0) return absl::OkStatus();
  std::vector<char> some(options_.chunk_bytes);
  while (left_out_ > 0) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(left_out_, some.size()));
    MARCD_ASSIGN_OR_RETURN(const size_t given, Read(some.data(), wanted));
    if (given == 0) {
      return MakeError(absl::StatusCode::kOutOfRange, "OFFSET_PAST_END",
                       absl::StrCat("cannot read ", holder_, " from byte ", offset_,
                                    ": what it holds has only ", offset_ - left_out_, " bytes"),
                       {{"path", holder_}, {"offset", absl::StrCat(offset_)}});
    }
    left_out_ -= given;
  }
  return absl::OkStatus();
}

}  // namespace marcd
