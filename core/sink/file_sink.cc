#include "core/sink/file_sink.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"
#include "core/sink/publish_lock.h"
#include "core/sink/temporary.h"
#include "core/sink/write_error.h"

namespace marcd {
namespace {

using absl::StatusCode;

constexpr mode_t kPermissionBits = 0777;
// Names are drawn at random: one that is taken, or swept away while it is made, comes next to
// never, and so often only where something is wrong.
constexpr int kMaxTries = 16;
// The disk begins with so much while more is encoded: of 112 MB the flush at the end then takes
// 10 ms instead of 60.
constexpr uint64_t kWritebackBytes = 8 * 1024 * 1024;

// How one call went: 0, or its errno.
int ErrorOf(int result) { return result == 0 ? 0 : errno; }

// What has the name, or a zeroed mode when nothing has.
absl::StatusOr<struct stat> StatAt(const SinkTarget& target) {
  struct stat facts;
  if (fstatat(target.directory.get(), target.name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0) {
    return facts;
  }
  if (errno != ENOENT) return WriteError(errno, target.path);
  facts = {};
  return facts;
}

bool IsThere(const struct stat& facts) { return facts.st_mode != 0; }

absl::Status TargetExists(const std::string& path) {
  return TargetError(StatusCode::kAlreadyExists, "TARGET_EXISTS", path,
                     "the file is there already, and is not to be replaced");
}

}  // namespace

FileSink::FileSink(SinkTarget target, SinkOptions options)
    : target_(std::move(target)), options_(std::move(options)) {}

absl::StatusOr<std::unique_ptr<FileSink>> FileSink::Create(SinkTarget target, SinkOptions options) {
  std::unique_ptr<FileSink> sink(new FileSink(std::move(target), std::move(options)));
  MARCD_RETURN_IF_ERROR(sink->CheckTarget());
  SweepDirectory(sink->target_.directory.get(), sink->options_.ops);
  MARCD_RETURN_IF_ERROR(sink->MakeTemporary());
  return sink;
}

FileSink::~FileSink() {
  // Before the descriptor is closed and the lock with it: who sweeps would find it gone, too.
  if (!temporary_.empty()) options_.ops->Unlink(target_.directory.get(), temporary_.c_str());
}

absl::Status FileSink::MakeTemporary() {
  int error = EEXIST;
  for (int i = 0; i < kMaxTries; ++i) {
    uint64_t number = 0;
    if (getrandom(&number, sizeof number, 0) != sizeof number) return WriteError(EIO, target_.path);
    std::string name = TemporaryName(target_.name, number);
    UniqueFd fd(options_.ops->Create(target_.directory.get(), name.c_str(), 0600));
    if (!fd.valid()) {
      error = errno;
      if (error == EEXIST || error == EINTR) continue;
      return WriteError(error, target_.path);
    }
    fd_ = std::move(fd);
    temporary_ = std::move(name);
    // Somebody who sweeps may have it for a moment, or have removed it: then another is made.
    // Where the file system has no locks nobody sweeps.
    error = ErrorOf(options_.ops->Lock(fd_.get()));
    struct stat facts;
    if (error != EWOULDBLOCK && fstat(fd_.get(), &facts) == 0 && facts.st_nlink > 0) {
      return absl::OkStatus();
    }
    options_.ops->Unlink(target_.directory.get(), temporary_.c_str());
    temporary_.clear();
  }
  return WriteError(error, target_.path);
}

absl::Status FileSink::CheckTarget() const {
  MARCD_ASSIGN_OR_RETURN(const struct stat facts, StatAt(target_));
  const Precondition& wanted = options_.precondition;
  if (!IsThere(facts)) {
    if (wanted.kind != Precondition::Kind::kIfEtag) return absl::OkStatus();
    return TargetError(StatusCode::kFailedPrecondition, "TARGET_CHANGED", target_.path,
                       "the file that was to be replaced is gone");
  }
  if (wanted.kind == Precondition::Kind::kMustNotExist) return TargetExists(target_.path);
  if (!S_ISREG(facts.st_mode)) {
    return TargetError(StatusCode::kFailedPrecondition, "NOT_A_REGULAR_FILE", target_.path,
                       "what has the name is not a regular file");
  }
  // A rename would replace it all the same: what its owner has protected stays.
  if (faccessat(target_.directory.get(), target_.name.c_str(), W_OK, AT_EACCESS) != 0) {
    return WriteError(errno, target_.path);
  }
  return wanted.kind == Precondition::Kind::kIfEtag ? CheckEtag() : absl::OkStatus();
}

absl::Status FileSink::CheckEtag() const {
  const UniqueFd fd(openat(target_.directory.get(), target_.name.c_str(),
                           O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd.valid()) return WriteError(errno, target_.path);
  MARCD_ASSIGN_OR_RETURN(const FileIdentity there, ComputeIdentity(fd.get(), target_.path));
  if (FormatEtag(there) == options_.precondition.etag) return absl::OkStatus();
  return TargetError(StatusCode::kFailedPrecondition, "TARGET_CHANGED", target_.path,
                     "the file has changed since its etag was given");
}

absl::Status FileSink::Append(absl::string_view bytes) {
  if (bytes.empty()) return absl::OkStatus();  // zlib takes a null pointer for a new beginning
  crc32_ = static_cast<uint32_t>(
      crc32_z(crc32_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t n = options_.ops->Write(fd_.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    // Nothing written and no error: no file system does, and it is not to go on for ever.
    if (n <= 0) return WriteError(n < 0 ? errno : EIO, target_.path);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  StartWriteback();
  return absl::OkStatus();
}

void FileSink::StartWriteback() {
  const uint64_t waiting = size_ - begun_;
  if (waiting < kWritebackBytes) return;
  // No promise is made by it: whatever it cannot do is left to Publish().
  sync_file_range(fd_.get(), static_cast<off_t>(begun_), static_cast<off_t>(waiting),
                  SYNC_FILE_RANGE_WRITE);
  begun_ = size_;
}

absl::StatusOr<FileSink::Published> FileSink::Publish(
    const std::function<absl::Status()>& before_rename) {
  MARCD_RETURN_IF_ERROR(SetMode());
  // Not fdatasync: mode and owner are to be on the disk as well.
  if (options_.ops->Flush(fd_.get()) != 0) return WriteError(errno, target_.path);
  MARCD_ASSIGN_OR_RETURN(FileIdentity identity, ComputeIdentity(fd_.get(), target_.path));
  {
    const PublishLock lock(target_.directory.get());
    MARCD_RETURN_IF_ERROR(CheckTarget());
    if (before_rename != nullptr) MARCD_RETURN_IF_ERROR(before_rename());
    MARCD_RETURN_IF_ERROR(
        options_.precondition.kind == Precondition::Kind::kMustNotExist ? RenameNew() : Rename());
  }
  temporary_.clear();
  // A new name is a change of status, and the only one: from here on no error may say that nothing
  // is published.
  const absl::StatusOr<FileIdentity> renamed = StatIdentity(fd_.get(), target_.path);
  if (renamed.ok()) identity.changed_ns = renamed->changed_ns;
  return Published{identity, FlushDirectory()};
}

absl::Status FileSink::SetMode() {
  FileOps* const ops = options_.ops;
  MARCD_ASSIGN_OR_RETURN(const struct stat old, StatAt(target_));
  mode_t mode = options_.mode != 0     ? options_.mode & kPermissionBits
                : S_ISREG(old.st_mode) ? old.st_mode & kPermissionBits
                                       : options_.new_mode;
  if (S_ISREG(old.st_mode)) {
    struct stat own;
    if (fstat(fd_.get(), &own) != 0) return WriteError(errno, target_.path);
    const bool same = own.st_uid == old.st_uid && own.st_gid == old.st_gid;
    if (!same && ops->Chown(fd_.get(), old.st_uid, old.st_gid) != 0) {
      // One may mostly not give files away, but to a group of one's own. Where even that is not
      // allowed, another group gets no more than everybody has.
      const bool group = own.st_gid == old.st_gid ||
                         ops->Chown(fd_.get(), static_cast<uid_t>(-1), old.st_gid) == 0;
      if (!group) mode = (mode & ~mode_t{070}) | ((mode & 07) << 3);
    }
  }
  if (ops->Chmod(fd_.get(), mode) == 0) return absl::OkStatus();
  return WriteError(errno, target_.path);
}

absl::Status FileSink::Rename() {
  const int error = ErrorOf(
      options_.ops->Rename(target_.directory.get(), temporary_.c_str(), target_.name.c_str()));
  return error == 0 ? absl::OkStatus() : RenameError(error);
}

absl::Status FileSink::RenameNew() {
  FileOps* const ops = options_.ops;
  const int directory = target_.directory.get();
  const char* const from = temporary_.c_str();
  const char* const to = target_.name.c_str();
  int error = ErrorOf(ops->RenameNew(directory, from, to));
  // renameat2(2): a file system that does not know the flag. Then by a second name: the first
  // can go, or stay until somebody sweeps.
  if (error == EINVAL || error == ENOSYS || error == ENOTSUP) {
    error = ErrorOf(ops->Link(directory, from, to));
    if (error == 0) ops->Unlink(directory, from);
  }
  if (error == EEXIST) return TargetExists(target_.path);
  return error == 0 ? absl::OkStatus() : RenameError(error);
}

absl::Status FileSink::RenameError(int error) const {
  struct stat facts;
  if (error == ENOENT && fstat(target_.directory.get(), &facts) == 0 && facts.st_nlink > 0) {
    return TargetError(StatusCode::kDataLoss, "WRITE_FAILED", target_.path,
                       absl::StrCat("somebody removed ", temporary_, ", which was to become it"));
  }
  if (error == EISDIR || error == ENOTEMPTY) {
    return TargetError(StatusCode::kFailedPrecondition, "NOT_A_REGULAR_FILE", target_.path,
                       "it is a directory now");
  }
  return WriteError(error, target_.path);
}

absl::Status FileSink::FlushDirectory() {
  FileOps* const ops = options_.ops;
  int error = ErrorOf(ops->FlushDirectory(target_.directory.get()));
  // Open with O_PATH: all of its file system is flushed instead.
  if (error == EBADF) error = ErrorOf(syncfs(fd_.get()));
  // Some network file systems keep no directory back, and say so with EINVAL.
  if (error == 0 || error == EINVAL || error == ENOTSUP) return absl::OkStatus();
  return MakeError(
      StatusCode::kDataLoss, "FLUSH_FAILED",
      absl::StrCat("\"", target_.path, "\" is published, but its directory could not be flushed (",
                   WriteError(error, target_.path).message(),
                   "): after a loss of power the old one may be there"),
      {{"path", target_.path}, {"published", "true"}});
}

}  // namespace marcd
