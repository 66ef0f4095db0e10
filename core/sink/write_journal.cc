#include "core/sink/write_journal.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/base/status.h"
#include "core/sink/temporary.h"

namespace marcd {
namespace {

constexpr absl::string_view kEnd = ".write";
// Of writes without an id, which nobody asks for.
constexpr absl::string_view kNameless = ".";
// Larger is none of ours.
constexpr size_t kMaxFileBytes = 64 * 1024;

absl::Status Unusable(absl::string_view folder, int error) {
  return MakeError(absl::StatusCode::kUnavailable, "STATE_DIR_UNUSABLE",
                   absl::StrCat("cannot keep a journal in ", folder, ": ", std::strerror(error)));
}

// One line, in one call: of a process that dies it is there or not. Fields are escaped and so hold
// no blank and no line's end; an empty one is `-`.
bool AppendLine(int fd, const std::vector<std::string>& fields) {
  const std::string line = absl::StrCat(absl::StrJoin(fields, " "), "\n");
  return write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

std::string Escaped(absl::string_view text) {
  return text.empty() ? "-" : absl::WebSafeBase64Escape(text);
}

bool Unescape(absl::string_view field, std::string* text) {
  if (field == "-") return true;
  return absl::WebSafeBase64Unescape(field, text);
}

template <typename T>
bool ReadNumber(absl::string_view field, T* number) {
  return absl::SimpleAtoi(field, number);
}

// The lines that AppendLine() writes; others are passed over.
void ReadLine(absl::string_view line, WriteJournal::Left* left) {
  const std::vector<absl::string_view> fields = absl::StrSplit(line, ' ');
  if (fields[0] == "begin" && fields.size() == 6) {
    if (!Unescape(fields[1], &left->directory) || !Unescape(fields[2], &left->temporary) ||
        !Unescape(fields[3], &left->target) || !ReadNumber(fields[4], &left->identity.device) ||
        !ReadNumber(fields[5], &left->identity.inode)) {
      left->directory.clear();
    }
  } else if (fields[0] == "commit" && fields.size() == 7) {
    left->committing =
        Unescape(fields[1], &left->write.name) && ReadNumber(fields[2], &left->write.records) &&
        ReadNumber(fields[3], &left->write.size) && ReadNumber(fields[4], &left->write.crc32) &&
        ReadNumber(fields[5], &left->write.diagnostic_count) &&
        ReadNumber(fields[6], &left->identity.modified_ns);
  } else if (fields[0] == "published" && fields.size() == 2) {
    left->published = left->committing && Unescape(fields[1], &left->write.etag);
  }
}

std::optional<WriteJournal::Left> ReadEntry(int fd) {
  std::string text(kMaxFileBytes, '\0');
  const ssize_t n = pread(fd, &text[0], text.size(), 0);
  if (n < 0) return std::nullopt;
  text.resize(static_cast<size_t>(n));
  WriteJournal::Left left;
  size_t begin = 0;
  for (size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    ReadLine(absl::string_view(text).substr(begin, end - begin), &left);
  }
  if (left.directory.empty()) return std::nullopt;
  return left;
}

bool IsInode(int directory, const std::string& name, const FileIdentity& identity) {
  struct stat facts;
  return fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
         facts.st_dev == identity.device && facts.st_ino == identity.inode;
}

// The etag of the target, if it is what was about to be published.
std::string EtagOfPublished(int directory, const WriteJournal::Left& left) {
  const UniqueFd fd(openat(directory, left.target.c_str(),
                           O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd.valid()) return "";
  const absl::StatusOr<FileIdentity> there = ComputeIdentity(fd.get(), left.target);
  const bool same = there.ok() && there->device == left.identity.device &&
                    there->inode == left.identity.inode && there->size == left.write.size &&
                    there->modified_ns == left.identity.modified_ns;
  return same ? FormatEtag(*there) : "";
}

// The path of an open directory; empty where procfs does not say.
std::string PathOfDirectory(int directory) {
  std::error_code error;
  return std::filesystem::read_symlink(absl::StrCat("/proc/self/fd/", directory), error).string();
}

}  // namespace

JournalEntry::~JournalEntry() {
  if (!published_ || !keep_) unlink(path_.c_str());
}

absl::Status JournalEntry::Committing(const PublishedWrite& write, const FileIdentity& temporary) {
  if (AppendLine(fd_.get(),
                 {"commit", Escaped(write.name), absl::StrCat(write.records),
                  absl::StrCat(write.size), absl::StrCat(write.crc32),
                  absl::StrCat(write.diagnostic_count), absl::StrCat(temporary.modified_ns)})) {
    return absl::OkStatus();
  }
  return Unusable(path_, errno);
}

void JournalEntry::Published(absl::string_view etag) {
  published_ = true;
  AppendLine(fd_.get(), {"published", Escaped(etag)});
}

absl::StatusOr<std::unique_ptr<WriteJournal>> WriteJournal::Open(std::string folder) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return Unusable(folder, errno);
  struct stat facts;
  if (lstat(folder.c_str(), &facts) != 0) return Unusable(folder, errno);
  if (!S_ISDIR(facts.st_mode)) return Unusable(folder, ENOTDIR);
  // Another's could name what is to be removed.
  if (facts.st_uid != geteuid() || (facts.st_mode & 022) != 0) return Unusable(folder, EPERM);
  return std::unique_ptr<WriteJournal>(new WriteJournal(std::move(folder)));
}

std::string WriteJournal::PathOf(absl::string_view request_id) const {
  return absl::StrCat(folder_, "/", request_id, kEnd);
}

absl::StatusOr<std::unique_ptr<JournalEntry>> WriteJournal::Begin(absl::string_view request_id,
                                                                  const FileSink& sink) const {
  MARCD_ASSIGN_OR_RETURN(const FileIdentity identity, sink.Stat());
  // A temporary's name is unique: it names what has no id.
  const std::string path =
      PathOf(request_id.empty() ? absl::StrCat(kNameless, absl::Hex(identity.device), "-",
                                               absl::Hex(identity.inode))
                                : std::string(request_id));
  unlink(path.c_str());  // what an earlier try of the same request left
  UniqueFd fd(
      open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return Unusable(folder_, errno);
  flock(fd.get(), LOCK_EX | LOCK_NB);
  const bool written =
      AppendLine(fd.get(), {"begin", Escaped(PathOfDirectory(sink.target().directory.get())),
                            Escaped(sink.temporary()), Escaped(sink.target().name),
                            absl::StrCat(identity.device), absl::StrCat(identity.inode)});
  const int error = errno;
  std::unique_ptr<JournalEntry> entry(new JournalEntry(path, std::move(fd), !request_id.empty()));
  if (!written) return Unusable(folder_, error);
  return entry;
}

std::vector<WriteJournal::Left> WriteJournal::Read() const {
  std::vector<std::pair<int64_t, Left>> found;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(folder_, error)) {
    const std::string name = file.path().filename().string();
    if (!absl::EndsWith(name, kEnd)) continue;
    const UniqueFd fd(open(file.path().c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat facts;
    if (!fd.valid() || flock(fd.get(), LOCK_EX | LOCK_NB) != 0) continue;  // its writer lives
    std::optional<Left> left = ReadEntry(fd.get());
    if (!left.has_value() || fstat(fd.get(), &facts) != 0) {
      unlink(file.path().c_str());
      continue;
    }
    left->request_id = name.substr(0, name.size() - kEnd.size());
    found.emplace_back(ToNanoseconds(facts.st_mtim), *std::move(left));
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Left> entries;
  entries.reserve(found.size());
  for (auto& [time, left] : found) entries.push_back(std::move(left));
  return entries;
}

WriteJournal::Outcome WriteJournal::Settle(Left* left) const {
  if (left->published) return Outcome::kPublished;
  const bool nameless = absl::StartsWith(left->request_id, kNameless);
  const UniqueFd directory(
      open(left->directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  Outcome outcome = left->committing ? Outcome::kUncertain : Outcome::kNotPublished;
  if (directory.valid() && left->committing) {
    left->write.etag = EtagOfPublished(directory.get(), *left);
    if (!left->write.etag.empty()) outcome = Outcome::kPublished;
  }
  if (directory.valid() && IsTemporaryName(left->temporary) &&
      IsInode(directory.get(), left->temporary, left->identity)) {
    // It may be both: published by a second name where the file system has no other way.
    if (outcome == Outcome::kUncertain) outcome = Outcome::kNotPublished;
    SweepTemporary(directory.get(), left->temporary, FileOps::System());
  }
  if (nameless || outcome == Outcome::kNotPublished) Forget(left->request_id);
  if (outcome == Outcome::kPublished && !nameless) {
    const UniqueFd fd(
        open(PathOf(left->request_id).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
    if (fd.valid()) AppendLine(fd.get(), {"published", Escaped(left->write.etag)});
  }
  return outcome;
}

void WriteJournal::Forget(absl::string_view request_id) const {
  unlink(PathOf(request_id).c_str());
}

}  // namespace marcd
