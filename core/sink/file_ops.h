// The calls of the system that a file is written by, so that tests can have each of them fail.
#ifndef MARCD_CORE_SINK_FILE_OPS_H_
#define MARCD_CORE_SINK_FILE_OPS_H_

#include <sys/types.h>

#include <cstddef>

namespace marcd {

// Each does what the call it is named for does, and returns and sets errno as that does. Stateless
// and thread-safe, unless a test's own. They may block as long as the file system does.
class FileOps {
 public:
  virtual ~FileOps() = default;

  // openat(2) with O_CREAT, O_EXCL and O_CLOEXEC, for reading and writing.
  virtual int Create(int directory, const char* name, mode_t mode);
  // flock(2), exclusive, without waiting.
  virtual int Lock(int fd);
  virtual ssize_t Write(int fd, const char* bytes, size_t size);
  virtual int Chown(int fd, uid_t owner, gid_t group);
  virtual int Chmod(int fd, mode_t mode);
  // fsync(2): of the file, then of its directory.
  virtual int Flush(int fd);
  virtual int FlushDirectory(int fd);
  // renameat2(2) with RENAME_NOREPLACE; linkat(2); renameat(2); unlinkat(2).
  virtual int RenameNew(int directory, const char* from, const char* to);
  virtual int Link(int directory, const char* from, const char* to);
  virtual int Rename(int directory, const char* from, const char* to);
  virtual int Unlink(int directory, const char* name);

  // The system's own.
  static FileOps* System();
};

}  // namespace marcd

#endif  // MARCD_CORE_SINK_FILE_OPS_H_
