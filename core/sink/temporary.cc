#include "core/sink/temporary.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/source/unique_fd.h"

namespace marcd {
namespace {

constexpr absl::string_view kEnd = ".marcd-tmp";
constexpr size_t kDigits = 16;
// What the name has beside the target's: two dots and the rest.
constexpr size_t kAround = 1 + 1 + kDigits + kEnd.size();
// A directory of a million files is not read through for each write into it.
constexpr size_t kMaxNames = 10'000;

struct CloseDirectory {
  void operator()(DIR* stream) const { closedir(stream); }
};

}  // namespace

std::string TemporaryName(absl::string_view target, uint64_t number) {
  if (target.size() > NAME_MAX - kAround) {
    size_t size = NAME_MAX - kAround;
    while (size > 0 && (target[size] & 0xC0) == 0x80) --size;
    target = target.substr(0, size);
  }
  return absl::StrCat(".", target, ".", absl::Hex(number, absl::kZeroPad16), kEnd);
}

bool IsTemporaryName(absl::string_view name) {
  if (name.size() < kAround || name[0] != '.' || !absl::EndsWith(name, kEnd)) return false;
  name.remove_suffix(kEnd.size());
  const absl::string_view digits = name.substr(name.size() - kDigits);
  return name[name.size() - kDigits - 1] == '.' &&
         std::all_of(digits.begin(), digits.end(),
                     [](char c) { return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f'); });
}

bool SweepTemporary(int directory, const std::string& name, FileOps* ops) {
  struct stat listed;
  if (fstatat(directory, name.c_str(), &listed, AT_SYMLINK_NOFOLLOW) != 0) return false;
  if (!S_ISREG(listed.st_mode)) return false;
  // For writing: NFS locks no other descriptor.
  const UniqueFd fd(
      openat(directory, name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd.valid() || ops->Lock(fd.get()) != 0) return false;
  // Whoever makes one locks it and then looks whether it is still there: once it is locked here
  // it is nobody's, unless another file has its name by now.
  struct stat opened;
  if (fstat(fd.get(), &opened) != 0) return false;
  if (fstatat(directory, name.c_str(), &listed, AT_SYMLINK_NOFOLLOW) != 0) return false;
  if (listed.st_dev != opened.st_dev || listed.st_ino != opened.st_ino) return false;
  return ops->Unlink(directory, name.c_str()) == 0;
}

size_t SweepDirectory(int directory, FileOps* ops) {
  const int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return 0;
  const std::unique_ptr<DIR, CloseDirectory> stream(fdopendir(fd));
  if (stream == nullptr) {
    const UniqueFd closes(fd);
    return 0;
  }
  std::vector<std::string> found;
  size_t names = 0;
  while (const dirent* const entry = readdir(stream.get())) {
    if (++names > kMaxNames) break;
    if (IsTemporaryName(entry->d_name)) found.emplace_back(entry->d_name);
  }
  return static_cast<size_t>(std::count_if(
      found.begin(), found.end(),
      [directory, ops](const std::string& name) { return SweepTemporary(directory, name, ops); }));
}

}  // namespace marcd
