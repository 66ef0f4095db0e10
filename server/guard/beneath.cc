#include "server/guard/beneath.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>
#include <vector>

#include "core/source/unique_fd.h"

namespace marcd {
namespace {

// The kernel's own limit, path_resolution(7).
constexpr int kMaxLinks = 40;
// Directories that a walk holds open at once: deeper paths than people make.
constexpr size_t kMaxDepth = 128;
// Tries of openat2 while directories are being renamed under it.
constexpr int kMaxTries = 8;

// The inode of procfs's top directory. Its links (self, mounts) are ordinary
// ones; those further down may jump to where no path leads.
constexpr ino_t kProcTopInode = 1;

bool IsMagicLink(int link, int parent) {
  struct statfs fs;
  struct stat top;
  if (fstatfs(link, &fs) != 0 || fs.f_type != PROC_SUPER_MAGIC) return false;
  return fstatfs(parent, &fs) != 0 || fs.f_type != PROC_SUPER_MAGIC || fstat(parent, &top) != 0 ||
         top.st_ino != kProcTopInode;
}

// One walk down a path, with the directories passed on the way: `..` goes back
// along them and never asks the file system, so it cannot leave the first.
class Walk {
 public:
  Walk(int root, Confinement confinement) : root_(root), confinement_(confinement) {}

  int Open(const std::string& path, int flags) {
    if (path.empty()) return -ENOENT;
    int error = SetOut(path);
    std::string name;
    while (error == 0 && NextName(&name)) error = Step(name);
    return error == 0 ? OpenEnd(flags) : -error;
  }

 private:
  int current() const { return passed_.empty() ? root_ : passed_.back().get(); }

  // Makes `path` the way from here.
  int SetOut(std::string path) {
    if (path[0] == '/') {
      if (confinement_ != Confinement::kInRoot) return EXDEV;
      passed_.clear();
    }
    // A slash at the end asks for a directory, and so does "." behind it.
    if (path.back() == '/') path += '.';
    rest_ = std::move(path);
    at_ = 0;
    return 0;
  }

  bool NextName(std::string* name) {
    const size_t begin = rest_.find_first_not_of('/', at_);
    if (begin == std::string::npos) return false;
    at_ = std::min(rest_.find('/', begin), rest_.size());
    *name = rest_.substr(begin, at_ - begin);
    return true;
  }

  int Step(const std::string& name) {
    const bool up = name == "..";
    // For ".." too: "." asks whether this is a directory that may be searched.
    UniqueFd next(openat(current(), up ? "." : name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!next.valid()) return errno;
    if (up && passed_.empty()) return confinement_ == Confinement::kInRoot ? 0 : EXDEV;
    if (up) passed_.pop_back();
    if (up || name == ".") return 0;
    struct stat facts;
    if (fstat(next.get(), &facts) != 0) return errno;
    if (S_ISLNK(facts.st_mode)) return Follow(next.get());
    if (passed_.size() == kMaxDepth) return ENAMETOOLONG;
    passed_.push_back(std::move(next));
    name_ = name;
    return 0;
  }

  int Follow(int link) {
    if (++links_ > kMaxLinks || IsMagicLink(link, current())) return ELOOP;
    char target[PATH_MAX];
    const ssize_t n = readlinkat(link, "", target, sizeof target);
    if (n < 0) return errno;
    if (n == 0) return ENOENT;
    return SetOut(std::string(target, static_cast<size_t>(n)) + rest_.substr(at_));
  }

  // Opens the end of the walk again, now with the caller's flags. O_NOFOLLOW: a
  // link put there in the meantime has not been looked at.
  int OpenEnd(int flags) {
    struct stat facts;
    if (fstat(current(), &facts) != 0) return -errno;
    const bool directory = S_ISDIR(facts.st_mode);
    if (!directory) passed_.pop_back();
    const int fd = openat(current(), directory ? "." : name_.c_str(), flags | O_NOFOLLOW);
    return fd >= 0 ? fd : -errno;
  }

  const int root_;
  const Confinement confinement_;
  // The names still to go are in `rest_` from `at_` on.
  std::string rest_;
  size_t at_ = 0;
  std::vector<UniqueFd> passed_;
  // The name of the last of `passed_` in the one before it.
  std::string name_;
  int links_ = 0;
};

}  // namespace

int OpenBeneath(int root, const std::string& path, int flags, Confinement confinement) {
  const int fd = OpenBeneathByKernel(root, path, flags, confinement);
  if (fd != -ENOSYS && fd != -EPERM && fd != -EAGAIN) return fd;
  return OpenBeneathByWalk(root, path, flags, confinement);
}

int OpenBeneathByKernel(int root, const std::string& path, int flags, Confinement confinement) {
  open_how how = {};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_NO_MAGICLINKS |
                (confinement == Confinement::kInRoot ? RESOLVE_IN_ROOT : RESOLVE_BENEATH);
  int error = EAGAIN;
  for (int i = 0; i < kMaxTries; ++i) {
    const auto fd = syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
    if (fd >= 0) return static_cast<int>(fd);
    error = errno;
    // A path whose names are not all in the kernel's cache is walked twice, and
    // the links of both walks are counted together: ELOOP may pass.
    if (error != EAGAIN && error != EINTR && error != ELOOP) return -error;
  }
  return error == ELOOP ? -ELOOP : -EAGAIN;
}

int OpenBeneathByWalk(int root, const std::string& path, int flags, Confinement confinement) {
  return Walk(root, confinement).Open(path, flags);
}

}  // namespace marcd
