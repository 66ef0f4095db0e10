#include "core/source/file_source.h"

#include <fcntl.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/source/read_at.h"

namespace marcd {
namespace {

// The disk reads on so far while what is there is decoded.
constexpr off_t kReadAheadBytes = 1 << 20;

}  // namespace

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
  MARCD_ASSIGN_OR_RETURN(Chunk chunk, NextChunk());
  MARCD_ASSIGN_OR_RETURN(const size_t n, ReadAt(fd_.get(), path_, chunk.from, chunk.size,
                                                chunk.data.get() + chunk.kept));
  if (n < chunk.size) {
    return FileChangedError(
        path_, chunk.from + n,
        absl::StrCat("it ends at byte ", chunk.from + n, " and had ", identity_.size, " bytes"));
  }
  MARCD_RETURN_IF_ERROR(Take(std::move(chunk)));
  if (!at_end_) {
    const auto next = static_cast<off_t>(offset_ + window().size());
    posix_fadvise(fd_.get(), next, kReadAheadBytes, POSIX_FADV_WILLNEED);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> FileSource::FillAtOnce() {
  if (at_end_ || !can_read_at_once_) return false;
  MARCD_ASSIGN_OR_RETURN(Chunk chunk, NextChunk());
  // To the end of a file that grew its identity is compared, which reads elsewhere.
  if (grew_ && chunk.from + chunk.size == identity_.size) return false;
  const iovec to = {chunk.data.get() + chunk.kept, chunk.size};
  const ssize_t n = preadv2(fd_.get(), &to, 1, static_cast<off_t>(chunk.from), RWF_NOWAIT);
  if (n < 0 && (errno == EOPNOTSUPP || errno == ENOSYS)) can_read_at_once_ = false;
  if (n != static_cast<ssize_t>(chunk.size)) return false;  // Fill() finds out why
  MARCD_RETURN_IF_ERROR(Take(std::move(chunk)));
  return true;
}

// A window that did not move holds a piece of one long record: to double then
// keeps the copying of its head linear in its length.
size_t FileSource::ChunkSize() const {
  if (chunk_ == 0) return options_.first_chunk_bytes;
  if (offset_ != filled_at_) return options_.chunk_bytes;
  return std::min(std::max(2 * chunk_, options_.chunk_bytes), options_.max_window_bytes);
}

absl::StatusOr<FileSource::Chunk> FileSource::NextChunk() const {
  const absl::string_view tail = window();
  if (tail.size() >= options_.max_window_bytes) {
    return MakeError(
        absl::StatusCode::kResourceExhausted, "WINDOW_FULL",
        absl::StrCat("what begins at byte ", offset_, " of ", path_,
                     " is longer than the limit of ", options_.max_window_bytes, " bytes"),
        {{"path", path_}, {"offset", absl::StrCat(offset_)}});
  }
  Chunk chunk;
  chunk.kept = tail.size();
  chunk.from = offset_ + tail.size();
  chunk.size = static_cast<size_t>(std::min<uint64_t>(
      {ChunkSize(), options_.max_window_bytes - tail.size(), identity_.size - chunk.from}));
  // Not make_shared<char[]>: it would write zeros first.
  chunk.data.reset(new char[chunk.kept + chunk.size]);
  tail.copy(chunk.data.get(), tail.size());
  return chunk;
}

// Makes the chunk, which has been read, the window.
absl::Status FileSource::Take(Chunk chunk) {
  const uint64_t read_to = chunk.from + chunk.size;
  MARCD_RETURN_IF_ERROR(CheckUnchanged(read_to));
  chunk_ = ChunkSize();
  buffer_ = {std::move(chunk.data), chunk.kept + chunk.size};
  begin_ = 0;
  filled_at_ = offset_;
  at_end_ = read_to == identity_.size;
  return absl::OkStatus();
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
