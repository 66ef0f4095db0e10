#include "core/source/file_source.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/source/read_at.h"

namespace marcd {

absl::StatusOr<std::unique_ptr<FileSource>> FileSource::Create(UniqueFd fd, std::string path,
                                                               const FileIdentity& identity,
                                                               uint64_t start_offset,
                                                               const FileSourceOptions& options) {
  if (start_offset > identity.size) {
    return MakeError(absl::StatusCode::kOutOfRange, "OFFSET_PAST_END",
                     absl::StrCat("cannot read ", path, " from byte ", start_offset,
                                  ": it has only ", identity.size, " bytes"),
                     {{"path", path}, {"offset", absl::StrCat(start_offset)}});
  }
  return absl::WrapUnique(
      new FileSource(std::move(fd), std::move(path), identity, start_offset, options));
}

FileSource::FileSource(UniqueFd fd, std::string path, const FileIdentity& identity,
                       uint64_t start_offset, const FileSourceOptions& options)
    : fd_(std::move(fd)), path_(std::move(path)), identity_(identity), options_(options) {
  offset_ = start_offset;
  at_end_ = start_offset == identity.size;
  // A hint: the read is as right without it.
  posix_fadvise(fd_.get(), static_cast<off_t>(start_offset), 0, POSIX_FADV_SEQUENTIAL);
}

absl::Status FileSource::Fill() {
  if (at_end_) return absl::OkStatus();
  const absl::string_view tail = window();
  const uint64_t from = offset_ + tail.size();
  if (tail.size() >= options_.max_window_bytes) {
    return MakeError(
        absl::StatusCode::kResourceExhausted, "WINDOW_FULL",
        absl::StrCat("what begins at byte ", offset_, " of ", path_,
                     " is longer than the limit of ", options_.max_window_bytes, " bytes"),
        {{"path", path_}, {"offset", absl::StrCat(offset_)}});
  }
  ChooseChunk();
  const size_t size = static_cast<size_t>(
      std::min<uint64_t>({chunk_, options_.max_window_bytes - tail.size(), identity_.size - from}));

  // Not make_shared<char[]>: it would write zeros first.
  std::shared_ptr<char[]> data(new char[tail.size() + size]);
  tail.copy(data.get(), tail.size());
  MARCD_ASSIGN_OR_RETURN(const size_t n,
                         ReadAt(fd_.get(), path_, from, size, data.get() + tail.size()));
  if (n < size) {
    return FileChangedError(
        path_, from + n,
        absl::StrCat("it ends at byte ", from + n, " and had ", identity_.size, " bytes"));
  }
  MARCD_RETURN_IF_ERROR(CheckUnchanged(from + n));

  buffer_ = {std::move(data), tail.size() + n};
  begin_ = 0;
  filled_at_ = offset_;
  at_end_ = from + n == identity_.size;
  if (!at_end_) {
    // The disk reads on while this chunk is decoded.
    posix_fadvise(fd_.get(), static_cast<off_t>(from + n), options_.chunk_bytes,
                  POSIX_FADV_WILLNEED);
  }
  return absl::OkStatus();
}

// A window that did not move holds a piece of one long record: to double then
// keeps the copying of its head linear in its length.
void FileSource::ChooseChunk() {
  if (chunk_ == 0) {
    chunk_ = options_.first_chunk_bytes;
  } else if (offset_ != filled_at_) {
    chunk_ = options_.chunk_bytes;
  } else {
    chunk_ = std::min(std::max(2 * chunk_, options_.chunk_bytes), options_.max_window_bytes);
  }
}

// Asked after reading and before the bytes are shown: what was read before a
// change is not in doubt, what was read after it is never seen.
absl::Status FileSource::CheckUnchanged(uint64_t read_to) {
  MARCD_ASSIGN_OR_RETURN(const FileIdentity now, StatIdentity(fd_.get(), path_));
  if (now.size > identity_.size) {
    grew_ = true;
  } else if (now.size < identity_.size) {
    return FileChangedError(
        path_, read_to,
        absl::StrCat("it shrank from ", identity_.size, " to ", now.size, " bytes"));
  } else if (now.modified_ns != identity_.modified_ns) {
    return FileChangedError(path_, read_to, "its modification time is another");
  }
  const bool last = read_to == identity_.size;
  return last && grew_ ? CheckSame(identity_, fd_.get(), path_) : absl::OkStatus();
}

}  // namespace marcd
