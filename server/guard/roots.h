// The directories whose files the daemon may read, those where it may write, and the only way into
// them.
#ifndef MARCD_SERVER_GUARD_ROOTS_H_
#define MARCD_SERVER_GUARD_ROOTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/source/unique_fd.h"
#include "server/guard/beneath.h"

namespace marcd {

// What stat(2) tells of a file: the daemon after opening it, or a client.
struct FileView {
  uint64_t device = 0;
  uint64_t inode = 0;
  // In bytes.
  uint64_t size = 0;
  // Time of last modification, in nanoseconds since the epoch.
  int64_t modified_ns = 0;
};

struct OpenedFile {
  // Open for reading on a regular file.
  UniqueFd fd;
  // The name it was asked for by, fit to be shown: without control characters,
  // and of a very long one only the end.
  std::string path;
  FileView view;
};

// Where a file may be written.
struct OpenedTarget {
  // Open for reading, or with O_PATH where it may only be searched and written to.
  UniqueFd directory;
  // The file's name in it, which is no symbolic link's; nothing may be there.
  std::string name;
  // As OpenedFile::path.
  std::string path;
};

// Immutable once made; safe to call from any thread. A root is opened anew for
// each file, so that one that is mounted or replaced later is seen.
class Roots {
 public:
  // Reads `name=/path,name2=/path2:rw`: files may be written beneath a path with `:rw` behind it,
  // beneath others only read. A name is made of letters, digits, `_`, `-`
  // and `.`; a path is that of a directory, is absolute and has no `..` and no
  // comma. INVALID_ARGUMENT ROOTS_INVALID says what is wrong.
  static absl::StatusOr<Roots> Parse(absl::string_view spec,
                                     OpenBeneathFunction open_beneath = OpenBeneath);

  // In the order given.
  std::vector<std::string> names() const;

  // Opens a regular file by `root:relative/path`, or by an absolute path that
  // lies in a root: the one with the longest path, where several hold it. No
  // name and no symbolic link leads out of the root; beneath any root but `/`
  // a link must be relative. Nothing but a regular file is ever opened. May
  // block as long as the file system does. Errors carry metadata path:
  //   INVALID_ARGUMENT FILE_NAME_INVALID     not such a name; empty, NUL, too long.
  //   NOT_FOUND ROOT_UNKNOWN                 no root is called so.
  //   PERMISSION_DENIED OUTSIDE_ROOTS        leads out; whether a file is there
  //                                          is not told. Also for links that
  //                                          are not followed.
  //   NOT_FOUND FILE_NOT_FOUND               nothing is there.
  //   PERMISSION_DENIED FILE_UNREADABLE      the daemon may not read it.
  //   FAILED_PRECONDITION NOT_A_REGULAR_FILE a directory, FIFO, device, socket.
  //   RESOURCE_EXHAUSTED OPEN_FILES_LIMIT    the daemon has too many files open.
  //   UNAVAILABLE OPEN_FAILED                the system could not open it.
  absl::StatusOr<OpenedFile> Open(absl::string_view name) const;

  // Opens the directory in which the file of that name lies, or is to lie: a name as Open() takes
  // it. A name that is a symbolic link stands for what it points at, there or not, by the rules
  // of Open(). May block as long as the file system does. Errors beside Open()'s:
  //   PERMISSION_DENIED ROOT_READ_ONLY        files in this root are only read.
  //   NOT_FOUND DIRECTORY_NOT_FOUND           it is to lie in no directory.
  //   PERMISSION_DENIED TARGET_UNWRITABLE     the daemon may not search that.
  //   FAILED_PRECONDITION NOT_A_REGULAR_FILE  the name can only be a directory's.
  absl::StatusOr<OpenedTarget> OpenTarget(absl::string_view name) const;

 private:
  struct Root {
    std::string name;
    std::string path;
    bool writable = false;
  };
  // A root, and the way from it.
  struct Place {
    const Root* root;
    std::string relative;
  };

  absl::StatusOr<Place> Find(absl::string_view name) const;
  absl::StatusOr<Place> FindByRoot(absl::string_view name) const;
  absl::StatusOr<Place> FindAbsolute(absl::string_view path) const;
  absl::StatusOr<UniqueFd> OpenDirectory(int root, const std::string& way, Confinement confinement,
                                         const std::string& shown) const;

  std::vector<Root> roots_;
  OpenBeneathFunction open_beneath_ = nullptr;
};

// OK when `opened` is the file that a client has `seen` under the same name: the
// same device and inode, and the same size and modification time, or larger and
// not older, for a file may grow in between. Else FAILED_PRECONDITION
// FILE_MISMATCH, naming what differs; the client then sends the bytes itself.
absl::Status CompareSeen(const OpenedFile& opened, const FileView& seen);

}  // namespace marcd

#endif  // MARCD_SERVER_GUARD_ROOTS_H_
