// A file is written whole or not at all, whatever call of the system fails.
#include "core/sink/file_sink.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/status.h"
#include "core/sink/temporary.h"
#include "tests/core/source/temp_files.h"

namespace marcd {
namespace {

using ::testing::Contains;
using ::testing::Pair;

using Kind = Precondition::Kind;

constexpr char kOld[] = "what was there before";
constexpr char kNew[] = "what is to be there";

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

SinkTarget TargetIn(const TempDir& dir, const std::string& name) {
  return {UniqueFd(open(dir.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), name, dir / name};
}

SinkOptions With(Kind kind, std::string etag = "") {
  SinkOptions options;
  options.precondition = {kind, std::move(etag)};
  return options;
}

std::vector<std::string> TemporariesIn(const TempDir& dir) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    const std::string name = entry.path().filename().string();
    if (IsTemporaryName(name)) found.push_back(name);
  }
  return found;
}

std::string EtagOf(const std::string& path) {
  return FormatEtag(*ComputeIdentity(OpenForReading(path).get(), path));
}

mode_t ModeOf(const std::string& path) {
  struct stat facts = {};
  stat(path.c_str(), &facts);
  return facts.st_mode & 07777;
}

// Writes a file in one go.
absl::StatusOr<FileSink::Published> WriteNew(const TempDir& dir, const SinkOptions& options) {
  MARCD_ASSIGN_OR_RETURN(const auto sink, FileSink::Create(TargetIn(dir, "target"), options));
  for (const char byte : std::string(kNew)) {
    MARCD_RETURN_IF_ERROR(sink->Append(absl::string_view(&byte, 1)));
  }
  return sink->Publish();
}

std::string ReasonOf(const TempDir& dir, const SinkOptions& options) {
  return ErrorReason(WriteNew(dir, options).status());
}

// The n-th call fails with `error`; of write() half is written before.
class FailingOps : public FileOps {
 public:
  FailingOps(int nth, int error) : left_(nth), error_(error) {}

  bool failed() const { return left_ < 0; }
  // Also where that call is not known, and never: as on a file system without it.
  bool no_rename_new = false;

  int Create(int directory, const char* name, mode_t mode) override {
    return Fails() ? -1 : FileOps::Create(directory, name, mode);
  }
  int Lock(int fd) override { return Fails() ? -1 : FileOps::Lock(fd); }
  ssize_t Write(int fd, const char* bytes, size_t size) override {
    if (!Fails()) return FileOps::Write(fd, bytes, size);
    FileOps::Write(fd, bytes, size / 2);
    errno = error_;
    return -1;
  }
  int Chown(int fd, uid_t owner, gid_t group) override {
    return Fails() ? -1 : FileOps::Chown(fd, owner, group);
  }
  int Chmod(int fd, mode_t mode) override { return Fails() ? -1 : FileOps::Chmod(fd, mode); }
  int Flush(int fd) override { return Fails() ? -1 : FileOps::Flush(fd); }
  int FlushDirectory(int fd) override { return Fails() ? -1 : FileOps::FlushDirectory(fd); }
  int RenameNew(int directory, const char* from, const char* to) override {
    if (Fails()) return -1;
    if (!no_rename_new) return FileOps::RenameNew(directory, from, to);
    errno = EINVAL;
    return -1;
  }
  int Link(int directory, const char* from, const char* to) override {
    return Fails() ? -1 : FileOps::Link(directory, from, to);
  }
  int Rename(int directory, const char* from, const char* to) override {
    return Fails() ? -1 : FileOps::Rename(directory, from, to);
  }

 private:
  bool Fails() {
    if (left_-- != 0) return false;
    errno = error_;
    return true;
  }

  int left_;
  const int error_;
};

// What is there after a write in which the n-th call failed: the old file or the new one.
void CheckAfterFailure(Kind kind, int nth, int error, bool no_rename_new) {
  SCOPED_TRACE(absl::StrCat("call ", nth, " fails with ", error));
  const TempDir dir;
  if (kind == Kind::kReplace) dir.Write("target", kOld);
  FailingOps ops(nth, error);
  ops.no_rename_new = no_rename_new;
  SinkOptions options = With(kind);
  options.ops = &ops;
  const auto written = WriteNew(dir, options);
  EXPECT_TRUE(TemporariesIn(dir).empty());
  const bool published = written.ok();
  if (published && !written->flushed.ok()) {
    EXPECT_EQ(ErrorReason(written->flushed), "FLUSH_FAILED");
    EXPECT_THAT(GetErrorMetadata(written->flushed), Contains(Pair("published", "true")));
  }
  EXPECT_EQ(ReadAll(dir / "target"), published ? kNew : kind == Kind::kReplace ? kOld : "");
  EXPECT_EQ(std::filesystem::exists(dir / "target"), published || kind == Kind::kReplace);
}

int CallsOfAWrite(Kind kind, bool no_rename_new) {
  for (int nth = 0;; ++nth) {
    const TempDir dir;
    FailingOps ops(nth, EIO);
    ops.no_rename_new = no_rename_new;
    SinkOptions options = With(kind);
    options.ops = &ops;
    (void)WriteNew(dir, options);
    if (!ops.failed()) return nth;
  }
}

void CheckEveryCall(Kind kind, bool no_rename_new) {
  const int calls = CallsOfAWrite(kind, no_rename_new);
  EXPECT_GT(calls, 20);
  for (int nth = 0; nth < calls; ++nth) {
    for (const int error : {EIO, ENOSPC, EACCES, EINVAL, EINTR}) {
      CheckAfterFailure(kind, nth, error, no_rename_new);
    }
  }
}

TEST(FileSinkTest, WhateverCallFailsTheFileIsTheOldOneOrTheNewOne) {
  CheckEveryCall(Kind::kReplace, false);
}

TEST(FileSinkTest, WhateverCallFailsANewFileIsWholeOrNotThere) {
  CheckEveryCall(Kind::kMustNotExist, false);
}

TEST(FileSinkTest, SoItIsWhereTheFileSystemCannotRenameToAFreeNameAlone) {
  CheckEveryCall(Kind::kMustNotExist, true);
}

TEST(FileSinkTest, NothingIsSeenUnderTheNameBeforeItIsPublished) {
  const TempDir dir;
  const auto sink = *FileSink::Create(TargetIn(dir, "target"), With(Kind::kMustNotExist));
  ASSERT_TRUE(sink->Append(kNew).ok());
  EXPECT_FALSE(std::filesystem::exists(dir / "target"));
  const auto published = sink->Publish();
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(ReadAll(dir / "target"), kNew);
  EXPECT_EQ(FormatEtag(published->identity), EtagOf(dir / "target"));
  EXPECT_EQ(sink->size(), sizeof kNew - 1);
}

TEST(FileSinkTest, ItsChecksumIsThatOfItsBytesHoweverTheyCome) {
  const TempDir dir;
  const auto sink = *FileSink::Create(TargetIn(dir, "target"), SinkOptions());
  for (const char* const part : {"", "123", "", "456789"}) ASSERT_TRUE(sink->Append(part).ok());
  ASSERT_TRUE(sink->Append(absl::string_view()).ok());
  EXPECT_EQ(sink->crc32(), 0xCBF43926);  // the check value of CRC-32/ISO-HDLC
}

TEST(FileSinkTest, ASinkThatIsDroppedLeavesNothing) {
  const TempDir dir;
  { ASSERT_TRUE((*FileSink::Create(TargetIn(dir, "target"), SinkOptions()))->Append(kNew).ok()); }
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
}

TEST(FileSinkTest, MustNotExistHoldsAtTheBeginningAndAtTheEnd) {
  const TempDir dir;
  const auto sink = *FileSink::Create(TargetIn(dir, "target"), With(Kind::kMustNotExist));
  dir.Write("target", kOld);
  EXPECT_EQ(ReasonOf(dir, With(Kind::kMustNotExist)), "TARGET_EXISTS");
  EXPECT_EQ(ErrorReason(sink->Publish().status()), "TARGET_EXISTS");
  EXPECT_EQ(ReadAll(dir / "target"), kOld);
}

TEST(FileSinkTest, AnEtagHoldsAtTheBeginningAndAtTheEnd) {
  const TempDir dir;
  EXPECT_EQ(ReasonOf(dir, With(Kind::kIfEtag, "1-0")), "TARGET_CHANGED");
  dir.Write("target", kOld);
  EXPECT_EQ(ReasonOf(dir, With(Kind::kIfEtag, "1-0")), "TARGET_CHANGED");
  const SinkOptions seen = With(Kind::kIfEtag, EtagOf(dir / "target"));
  const auto sink = *FileSink::Create(TargetIn(dir, "target"), seen);
  dir.Append("target", " and more");
  EXPECT_EQ(ErrorReason(sink->Publish().status()), "TARGET_CHANGED");
  EXPECT_EQ(ReadAll(dir / "target"), absl::StrCat(kOld, " and more"));
  EXPECT_EQ(ReasonOf(dir, With(Kind::kIfEtag, EtagOf(dir / "target"))), "");
  EXPECT_EQ(ReadAll(dir / "target"), kNew);
}

TEST(FileSinkTest, OfManyWhoSawOneStateOneAloneReplacesIt) {
  const TempDir dir;
  dir.Write("target", kOld);
  const SinkOptions seen = With(Kind::kIfEtag, EtagOf(dir / "target"));
  std::vector<std::unique_ptr<FileSink>> sinks;
  for (int i = 0; i < 8; ++i) sinks.push_back(*FileSink::Create(TargetIn(dir, "target"), seen));
  std::vector<int> published(sinks.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < sinks.size(); ++i) {
    threads.emplace_back([&, i] { published[i] = sinks[i]->Publish().ok() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::count(published.begin(), published.end(), 1), 1);
}

TEST(FileSinkTest, TheModeIsTheOneAskedForOrThatOfTheOldFile) {
  const TempDir dir;
  SinkOptions options = With(Kind::kReplace);
  options.new_mode = 0644;
  EXPECT_EQ(ReasonOf(dir, options), "");
  EXPECT_EQ(ModeOf(dir / "target"), 0644);
  chmod((dir / "target").c_str(), 0600);
  EXPECT_EQ(ReasonOf(dir, options), "");
  EXPECT_EQ(ModeOf(dir / "target"), 0600);
  options.mode = 0664;
  EXPECT_EQ(ReasonOf(dir, options), "");
  EXPECT_EQ(ModeOf(dir / "target"), 0664);
}

TEST(FileSinkTest, NothingButARegularFileIsReplaced) {
  const TempDir dir;
  std::filesystem::create_directory(dir / "target");
  EXPECT_EQ(ReasonOf(dir, With(Kind::kReplace)), "NOT_A_REGULAR_FILE");
  std::filesystem::remove(dir / "target");
  ASSERT_EQ(mkfifo((dir / "target").c_str(), 0600), 0);
  EXPECT_EQ(ReasonOf(dir, With(Kind::kReplace)), "NOT_A_REGULAR_FILE");
  EXPECT_TRUE(TemporariesIn(dir).empty());
}

TEST(FileSinkTest, ADirectoryThatIsMovedTakesItsFileAlong) {
  const TempDir dir;
  std::filesystem::create_directory(dir / "before");
  SinkTarget target{UniqueFd(open((dir / "before").c_str(), O_RDONLY | O_DIRECTORY)), "target",
                    dir / "before/target"};
  const auto sink = *FileSink::Create(std::move(target), SinkOptions());
  std::filesystem::rename(dir / "before", dir / "after");
  EXPECT_TRUE(sink->Publish().ok());
  EXPECT_TRUE(std::filesystem::exists(dir / "after/target"));
}

TEST(FileSinkTest, ADirectoryThatIsRemovedIsSaidToBe) {
  const TempDir dir;
  std::filesystem::create_directory(dir / "gone");
  SinkTarget target{UniqueFd(open((dir / "gone").c_str(), O_RDONLY | O_DIRECTORY)), "target",
                    dir / "gone/target"};
  const auto sink = *FileSink::Create(std::move(target), SinkOptions());
  std::filesystem::remove_all(dir / "gone");
  EXPECT_EQ(ErrorReason(sink->Publish().status()), "DIRECTORY_NOT_FOUND");
}

TEST(FileSinkTest, AFullDeviceIsDiskFull) {
  // Every write to it is ENOSPC.
  class FullOps : public FileOps {
    ssize_t Write(int, const char* bytes, size_t size) override {
      const UniqueFd full(open("/dev/full", O_WRONLY | O_CLOEXEC));
      return FileOps::Write(full.get(), bytes, size);
    }
  } ops;
  const TempDir dir;
  SinkOptions options;
  options.ops = &ops;
  const absl::Status status = WriteNew(dir, options).status();
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_EQ(ErrorReason(status), "DISK_FULL");
  EXPECT_TRUE(absl::StrContains(status.message(), dir / "target"));
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
}

TEST(TemporaryTest, ItsNameFitsAndIsKnownAgain) {
  for (const size_t size : {1, 227, 228, 255}) {
    const std::string name = TemporaryName(std::string(size, 'x'), 0x0123456789abcdef);
    EXPECT_LE(name.size(), 255);
    EXPECT_TRUE(IsTemporaryName(name)) << name;
  }
  EXPECT_EQ(TemporaryName("a.mrc", 255), ".a.mrc.00000000000000ff.marcd-tmp");
  // Two bytes a letter: none is cut in two.
  std::string letters;
  for (int i = 0; i < 120; ++i) letters += "\xc3\xa4";
  EXPECT_EQ(TemporaryName(letters, 1).rfind(".00") % 2, 1);
  for (const char* other : {"a.mrc", ".a.marcd-tmp", ".a.00000000000000FF.marcd-tmp",
                            "a.00000000000000ff.marcd-tmp", ".a-00000000000000ff.marcd-tmp"}) {
    EXPECT_FALSE(IsTemporaryName(other)) << other;
  }
}

TEST(TemporaryTest, ASweepTakesWhatNobodyHoldsAndNothingElse) {
  const TempDir dir;
  const auto live = *FileSink::Create(TargetIn(dir, "live"), SinkOptions());
  dir.Write(".dead.00000000000000ff.marcd-tmp", "half a file");
  dir.Write("other", "");
  ASSERT_EQ(mkfifo((dir / ".fifo.00000000000000ff.marcd-tmp").c_str(), 0600), 0);
  const UniqueFd directory(open(dir.path().c_str(), O_RDONLY | O_DIRECTORY));
  EXPECT_EQ(SweepDirectory(directory.get(), FileOps::System()), 1);
  EXPECT_FALSE(std::filesystem::exists(dir / ".dead.00000000000000ff.marcd-tmp"));
  EXPECT_TRUE(std::filesystem::exists(dir / "other"));
  EXPECT_TRUE(live->Publish().ok());
}

TEST(TemporaryTest, AWriteSweepsItsDirectory) {
  const TempDir dir;
  dir.Write(".dead.00000000000000ff.marcd-tmp", "half a file");
  EXPECT_EQ(ReasonOf(dir, SinkOptions()), "");
  EXPECT_TRUE(TemporariesIn(dir).empty());
}

}  // namespace
}  // namespace marcd
