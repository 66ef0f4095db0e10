#include "server/guard/roots.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/base/status.h"
#include "core/sink/write_error.h"
#include "core/source/file_identity.h"

namespace marcd {
namespace {

using absl::StatusCode;

constexpr size_t kMaxShownBytes = 400;

// `name` without control characters, and without its beginning where it is very
// long: errors travel in gRPC's trailers, which hold 8 KiB.
std::string Shown(absl::string_view name) {
  if (name.size() <= kMaxShownBytes) return absl::Utf8SafeCEscape(name);
  name.remove_prefix(name.size() - kMaxShownBytes);
  while (!name.empty() && (name[0] & 0xC0) == 0x80) name.remove_prefix(1);
  return absl::StrCat("...", absl::Utf8SafeCEscape(name));
}

absl::Status FileError(StatusCode code, absl::string_view reason, const std::string& shown,
                       absl::string_view why) {
  return MakeError(code, reason, absl::StrCat("cannot open \"", shown, "\": ", why),
                   {{"path", shown}});
}

absl::Status NameInvalid(absl::string_view name, absl::string_view why) {
  return FileError(StatusCode::kInvalidArgument, "FILE_NAME_INVALID", Shown(name), why);
}

absl::Status OutsideRoots(const std::string& shown) {
  return FileError(StatusCode::kPermissionDenied, "OUTSIDE_ROOTS", shown,
                   "it does not lie in the daemon's roots, or a symbolic link leads out of them");
}

absl::Status OpenError(int error, const std::string& shown) {
  switch (error) {
    case EXDEV:
    case ELOOP:
      return OutsideRoots(shown);
    case ENOENT:
    case ENOTDIR:
      return FileError(StatusCode::kNotFound, "FILE_NOT_FOUND", shown, "no such file");
    case EACCES:
    case EPERM:
      return FileError(StatusCode::kPermissionDenied, "FILE_UNREADABLE", shown,
                       "the daemon has no permission to read it");
    case ENAMETOOLONG:
      return FileError(StatusCode::kInvalidArgument, "FILE_NAME_INVALID", shown,
                       "a part of the name is too long");
    case EMFILE:
    case ENFILE:
      return FileError(StatusCode::kResourceExhausted, "OPEN_FILES_LIMIT", shown,
                       "the daemon has as many files open as it may; try again later, or raise "
                       "its limit (ulimit -n)");
    default:
      return FileError(StatusCode::kUnavailable, "OPEN_FAILED", shown, std::strerror(error));
  }
}

absl::string_view KindOf(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return "a directory";
    case S_IFIFO:
      return "a FIFO";
    case S_IFSOCK:
      return "a socket";
    case S_IFCHR:
      return "a character device";
    case S_IFBLK:
      return "a block device";
    default:
      return "something else";
  }
}

// The parts of a path, without those that mean nothing.
std::vector<absl::string_view> PartsOf(absl::string_view path) {
  return absl::StrSplit(path, '/',
                        [](absl::string_view part) { return !part.empty() && part != "."; });
}

bool IsRootName(absl::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
  });
}

// `path` without the parts of `root` before it, or nullopt when it begins
// otherwise. A slash at its end stays: it asks for a directory.
std::optional<std::string> Below(absl::string_view root, absl::string_view path) {
  const auto above = PartsOf(root);
  const auto parts = PartsOf(path);
  if (parts.size() < above.size() || !std::equal(above.begin(), above.end(), parts.begin())) {
    return std::nullopt;
  }
  if (parts.size() == above.size()) return ".";
  return absl::StrCat(absl::StrJoin(parts.begin() + above.size(), parts.end(), "/"),
                      path.back() == '/' ? "/" : "");
}

absl::Status RootsInvalid(absl::string_view item, absl::string_view why) {
  return MakeError(StatusCode::kInvalidArgument, "ROOTS_INVALID",
                   absl::StrCat("\"", Shown(item), "\" is not a root: ", why,
                                "; write name=/path,name2=/path2, and :rw behind a path where "
                                "files may be written"));
}

// path_resolution(7).
constexpr int kMaxLinks = 40;

// The last component of a path, and the way to its directory.
struct Split {
  std::string directory;
  std::string leaf;
};

Split SplitPath(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {path.substr(0, slash + 1), path.substr(slash + 1)};
}

// What the symbolic link of that name says, empty when it is none; or the errno.
absl::StatusOr<std::string> ReadLink(int directory, const std::string& leaf,
                                     const std::string& shown) {
  char text[PATH_MAX];
  const ssize_t n = readlinkat(directory, leaf.c_str(), text, sizeof text);
  if (n < 0) {
    if (errno == EINVAL || errno == ENOENT) return "";
    return WriteError(errno, shown);
  }
  // Those of procfs lead where no path does, and say something else.
  struct statfs fs;
  if (fstatfs(directory, &fs) != 0 || fs.f_type == PROC_SUPER_MAGIC) return OutsideRoots(shown);
  return std::string(text, static_cast<size_t>(n));
}

}  // namespace

absl::StatusOr<Roots> Roots::Parse(absl::string_view spec, OpenBeneathFunction open_beneath) {
  Roots roots;
  roots.open_beneath_ = open_beneath;
  for (const absl::string_view item : absl::StrSplit(spec, ',')) {
    const std::pair<absl::string_view, absl::string_view> halves =
        absl::StrSplit(item, absl::MaxSplits('=', 1));
    const absl::string_view name = halves.first;
    absl::string_view path = halves.second;
    const bool writable = absl::ConsumeSuffix(&path, ":rw");
    if (!IsRootName(name)) {
      return RootsInvalid(item, "its name is not 1 to 64 letters, digits, _, - or .");
    }
    const auto known = roots.names();
    if (std::count(known.begin(), known.end(), name) > 0) {
      return RootsInvalid(item, "its name is given twice");
    }
    const auto parts = PartsOf(path);
    if (path.empty() || path[0] != '/') return RootsInvalid(item, "its path is not absolute");
    if (std::count(parts.begin(), parts.end(), "..") > 0) {
      return RootsInvalid(item, "its path has a ..");
    }
    Root root{std::string(name), absl::StrCat("/", absl::StrJoin(parts, "/")), writable};
    const UniqueFd fd(open(root.path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!fd.valid()) return RootsInvalid(item, std::strerror(errno));
    roots.roots_.push_back(std::move(root));
  }
  return roots;
}

std::vector<std::string> Roots::names() const {
  std::vector<std::string> names;
  for (const Root& root : roots_) names.push_back(root.name);
  return names;
}

absl::StatusOr<Roots::Place> Roots::Find(absl::string_view name) const {
  if (name.empty()) return NameInvalid(name, "the name is empty");
  if (name.size() >= PATH_MAX) {
    return NameInvalid(name, absl::StrCat("the name has ", name.size(), " bytes, at most ",
                                          PATH_MAX - 1, " are allowed"));
  }
  if (name.find('\0') != name.npos) return NameInvalid(name, "the name holds a NUL byte");
  return name[0] == '/' ? FindAbsolute(name) : FindByRoot(name);
}

absl::StatusOr<Roots::Place> Roots::FindByRoot(absl::string_view name) const {
  const size_t colon = name.find(':');
  if (colon == name.npos || !IsRootName(name.substr(0, colon))) {
    return NameInvalid(name, "it is neither root:relative/path nor an absolute path");
  }
  const absl::string_view relative = name.substr(colon + 1);
  if (relative.empty() || relative[0] == '/') {
    return NameInvalid(name, "a relative path must follow the root's name");
  }
  for (const Root& root : roots_) {
    if (root.name == name.substr(0, colon)) return Place{&root, std::string(relative)};
  }
  return FileError(
      StatusCode::kNotFound, "ROOT_UNKNOWN", Shown(name),
      absl::StrCat("no root has that name; the roots are ", absl::StrJoin(names(), ", ")));
}

absl::StatusOr<Roots::Place> Roots::FindAbsolute(absl::string_view path) const {
  Place place{nullptr, ""};
  size_t longest = 0;
  for (const Root& root : roots_) {
    std::optional<std::string> relative = Below(root.path, path);
    if (!relative.has_value() || root.path.size() <= longest) continue;
    longest = root.path.size();
    place = {&root, *std::move(relative)};
  }
  if (place.root == nullptr) return OutsideRoots(Shown(path));
  return place;
}

absl::StatusOr<OpenedFile> Roots::Open(absl::string_view name) const {
  MARCD_ASSIGN_OR_RETURN(const Place place, Find(name));
  OpenedFile file;
  file.path = Shown(name);
  const UniqueFd root(open(place.root->path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid()) return OpenError(errno, file.path);
  const Confinement confinement =
      place.root->path == "/" ? Confinement::kInRoot : Confinement::kBeneath;
  // First without opening it: to open a device can rewind a tape or arm a
  // watchdog. Then for reading, and looked at again, for it may be another now.
  for (const int flags : {O_PATH, O_RDONLY | O_NOCTTY | O_NONBLOCK}) {
    const int fd = open_beneath_(root.get(), place.relative, flags | O_CLOEXEC, confinement);
    if (fd < 0) return OpenError(-fd, file.path);
    file.fd = UniqueFd(fd);
    struct stat facts;
    if (fstat(fd, &facts) != 0) return OpenError(errno, file.path);
    if (!S_ISREG(facts.st_mode)) {
      return FileError(StatusCode::kFailedPrecondition, "NOT_A_REGULAR_FILE", file.path,
                       absl::StrCat("it is ", KindOf(facts.st_mode), ", not a regular file"));
    }
    file.view = {facts.st_dev, facts.st_ino, static_cast<uint64_t>(facts.st_size),
                 ToNanoseconds(facts.st_mtim)};
  }
  return file;
}

absl::StatusOr<OpenedTarget> Roots::OpenTarget(absl::string_view name) const {
  MARCD_ASSIGN_OR_RETURN(const Place place, Find(name));
  OpenedTarget target;
  target.path = Shown(name);
  if (!place.root->writable) {
    return TargetError(StatusCode::kPermissionDenied, "ROOT_READ_ONLY", target.path,
                       absl::StrCat("files of the root ", place.root->name,
                                    " are only read; the daemon's --roots allows writing by "
                                    "':rw' behind a path"));
  }
  const UniqueFd root(open(place.root->path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid()) return WriteError(errno, target.path);
  const Confinement confinement =
      place.root->path == "/" ? Confinement::kInRoot : Confinement::kBeneath;
  std::string way = place.relative;
  for (int links = 0; links <= kMaxLinks; ++links) {
    const Split split = SplitPath(way);
    target.name = split.leaf;
    if (target.name.empty() || target.name == "." || target.name == "..") {
      return TargetError(StatusCode::kFailedPrecondition, "NOT_A_REGULAR_FILE", target.path,
                         "its name is that of a directory");
    }
    if (target.name.size() > NAME_MAX) return OpenError(ENAMETOOLONG, target.path);
    MARCD_ASSIGN_OR_RETURN(target.directory,
                           OpenDirectory(root.get(), split.directory, confinement, target.path));
    MARCD_ASSIGN_OR_RETURN(const std::string link,
                           ReadLink(target.directory.get(), target.name, target.path));
    if (link.empty()) return target;
    way = link[0] == '/' ? link : absl::StrCat(split.directory, "/", link);
    if (way.size() >= PATH_MAX) break;
  }
  return OutsideRoots(target.path);
}

absl::StatusOr<UniqueFd> Roots::OpenDirectory(int root, const std::string& way,
                                              Confinement confinement,
                                              const std::string& shown) const {
  int fd = open_beneath_(root, way, O_RDONLY | O_DIRECTORY | O_CLOEXEC, confinement);
  if (fd == -EACCES) fd = open_beneath_(root, way, O_PATH | O_DIRECTORY | O_CLOEXEC, confinement);
  if (fd >= 0) return UniqueFd(fd);
  if (fd == -EXDEV || fd == -ELOOP || fd == -ENAMETOOLONG) return OpenError(-fd, shown);
  return WriteError(-fd, shown);
}

absl::Status CompareSeen(const OpenedFile& opened, const FileView& seen) {
  const FileView& here = opened.view;
  const bool grew = here.size > seen.size && here.modified_ns >= seen.modified_ns;
  std::vector<absl::string_view> differ;
  if (here.device != seen.device) differ.push_back("device");
  if (here.inode != seen.inode) differ.push_back("inode");
  if (!grew && here.size != seen.size) differ.push_back("size");
  if (!grew && here.modified_ns != seen.modified_ns) differ.push_back("modification time");
  if (differ.empty()) return absl::OkStatus();
  const std::string what = absl::StrJoin(differ, ", ");
  return MakeError(
      StatusCode::kFailedPrecondition, "FILE_MISMATCH",
      absl::StrCat("the daemon sees another file as \"", opened.path, "\" than the client (", what,
                   " differ): it is in another container, mount or machine, or the "
                   "file was replaced; send its bytes instead"),
      {{"path", opened.path}, {"differ", what}});
}

}  // namespace marcd
