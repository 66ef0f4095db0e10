#include "core/sink/file_ops.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace marcd {

int FileOps::Create(int directory, const char* name, mode_t mode) {
  return openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
}

int FileOps::Lock(int fd) { return flock(fd, LOCK_EX | LOCK_NB); }

ssize_t FileOps::Write(int fd, const char* bytes, size_t size) { return write(fd, bytes, size); }

int FileOps::Chown(int fd, uid_t owner, gid_t group) { return fchown(fd, owner, group); }

int FileOps::Chmod(int fd, mode_t mode) { return fchmod(fd, mode); }

int FileOps::Flush(int fd) { return fsync(fd); }

int FileOps::FlushDirectory(int fd) { return fsync(fd); }

int FileOps::RenameNew(int directory, const char* from, const char* to) {
  return renameat2(directory, from, directory, to, RENAME_NOREPLACE);
}

int FileOps::Link(int directory, const char* from, const char* to) {
  return linkat(directory, from, directory, to, 0);
}

int FileOps::Rename(int directory, const char* from, const char* to) {
  return renameat(directory, from, directory, to);
}

int FileOps::Unlink(int directory, const char* name) { return unlinkat(directory, name, 0); }

FileOps* FileOps::System() {
  static FileOps* const ops = new FileOps;
  return ops;
}

}  // namespace marcd
