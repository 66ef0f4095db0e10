// What a daemon that died has left is tidied up, and what it published is still known.
#include "core/sink/write_journal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "core/base/status.h"
#include "core/sink/write_requests.h"
#include "tests/core/source/temp_files.h"

namespace marcd {
namespace {

using Outcome = WriteJournal::Outcome;

struct World {
  TempDir dir;
  const std::string state = dir / "state";

  World() { std::filesystem::create_directory(dir / "data"); }

  std::unique_ptr<WriteJournal> Open() const { return *WriteJournal::Open(state); }
  std::string path() const { return dir / "data/target"; }

  std::unique_ptr<FileSink> Sink() const {
    SinkOptions options;
    options.precondition.kind = Precondition::Kind::kReplace;
    SinkTarget target{UniqueFd(open((dir / "data").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
                      "target", path()};
    auto sink = *FileSink::Create(std::move(target), options);
    (void)sink->Append("new");
    return sink;
  }
};

enum class Death { kBeforeCommit, kBeforeRename, kAfterRename, kAfterAll };

PublishedWrite Answer() { return {"all:target", 7, 3, 0x12345678, "", 2}; }

// A process that dies so in the midst of a write.
void DieAt(const World& world, Death death, const std::string& id) {
  const pid_t child = fork();
  if (child == 0) {
    const auto journal = world.Open();
    const auto sink = world.Sink();
    auto entry = *journal->Begin(id, *sink);
    if (death == Death::kBeforeCommit) _exit(0);
    const auto published = sink->Publish([&]() -> absl::Status {
      if (!entry->Committing(Answer(), *sink->Stat()).ok()) _exit(1);
      if (death == Death::kBeforeRename) _exit(0);
      return absl::OkStatus();
    });
    if (death == Death::kAfterAll) entry->Published(FormatEtag(published->identity));
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
}

// What is known of the write after the next start.
std::string KnownOf(const World& world, const std::string& id) {
  WriteRequests requests(world.Open());
  requests.Settle();
  const auto known = requests.Begin(id, Answer().name);
  if (!known.ok()) return ErrorReason(known.status());
  if (!known->has_value()) return "nothing";
  EXPECT_EQ((*known)->records, Answer().records);
  EXPECT_EQ((*known)->size, Answer().size);
  EXPECT_EQ((*known)->crc32, Answer().crc32);
  EXPECT_EQ((*known)->diagnostic_count, Answer().diagnostic_count);
  const UniqueFd fd = OpenForReading(world.path());
  EXPECT_EQ((*known)->etag, FormatEtag(*ComputeIdentity(fd.get(), "")));
  return "published";
}

size_t FilesIn(const std::string& folder) {
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files += entry.exists();
  return files;
}

TEST(WriteJournalTest, AWriteThatDiedBeforeItsRenameIsSweptAndUnknown) {
  for (const Death death : {Death::kBeforeCommit, Death::kBeforeRename}) {
    const World world;
    DieAt(world, death, "id");
    EXPECT_EQ(FilesIn(world.dir / "data"), 1);
    EXPECT_EQ(KnownOf(world, "id"), "nothing");
    EXPECT_EQ(FilesIn(world.dir / "data"), 0);
    EXPECT_EQ(FilesIn(world.state), 0);
  }
}

TEST(WriteJournalTest, AWriteThatDiedBehindItsRenameIsAnsweredAgainAndAgain) {
  for (const Death death : {Death::kAfterRename, Death::kAfterAll}) {
    const World world;
    DieAt(world, death, "id");
    for (int start = 0; start < 3; ++start) EXPECT_EQ(KnownOf(world, "id"), "published");
  }
}

TEST(WriteJournalTest, WhatWasPublishedAndThenReplacedWasPublished) {
  const World world;
  DieAt(world, Death::kAfterAll, "id");
  ASSERT_TRUE(world.Sink()->Publish().ok());
  WriteRequests requests(world.Open());
  EXPECT_TRUE((*requests.Begin("id", Answer().name)).has_value());
}

TEST(WriteJournalTest, WhereItCannotBeToldNothingIsClaimed) {
  const World world;
  DieAt(world, Death::kAfterRename, "id");
  world.dir.Append("data/target", " and more");
  for (int start = 0; start < 3; ++start) EXPECT_EQ(KnownOf(world, "id"), "WRITE_UNCERTAIN");
}

TEST(WriteJournalTest, WithoutAnIdItIsSweptAndForgotten) {
  const World world;
  DieAt(world, Death::kBeforeRename, "");
  DieAt(world, Death::kAfterRename, "");
  EXPECT_EQ(KnownOf(world, "id"), "nothing");
  EXPECT_EQ(FilesIn(world.dir / "data"), 1);
  EXPECT_EQ(FilesIn(world.state), 0);
}

TEST(WriteJournalTest, ARunningWriteIsLeftAlone) {
  const World world;
  const auto journal = world.Open();
  const auto sink = world.Sink();
  const auto entry = *journal->Begin("id", *sink);
  EXPECT_EQ(KnownOf(world, "other"), "nothing");
  EXPECT_TRUE(sink->Publish().ok());
}

TEST(WriteJournalTest, AFolderOfSomebodyElsesIsNotUsed) {
  const World world;
  std::filesystem::create_directory(world.state);
  std::filesystem::permissions(world.state, std::filesystem::perms::all);
  EXPECT_EQ(ErrorReason(WriteJournal::Open(world.state).status()), "STATE_DIR_UNUSABLE");
}

TEST(WriteRequestsTest, ARequestRunsThenIsKnownOrForgotten) {
  WriteRequests requests(nullptr);
  EXPECT_FALSE((*requests.Begin("id", "name")).has_value());
  EXPECT_EQ(ErrorReason(requests.Begin("id", "name").status()), "WRITE_RUNNING");
  requests.Forget("id");
  EXPECT_FALSE((*requests.Begin("id", "name")).has_value());
  requests.Published("id", {"name", 1, 2, 3, "etag", 0});
  EXPECT_EQ((*requests.Begin("id", "name"))->etag, "etag");
  EXPECT_EQ(ErrorReason(requests.Begin("id", "another").status()), "REQUEST_ID_USED");
}

TEST(WriteRequestsTest, TheLastThousandAreKnown) {
  WriteRequests requests(nullptr);
  for (size_t i = 0; i <= WriteRequests::kMaxPublished; ++i) {
    (void)requests.Begin(std::to_string(i), "name");
    requests.Published(std::to_string(i), {"name", i, 0, 0, "", 0});
  }
  EXPECT_FALSE((*requests.Begin("0", "name")).has_value());
  EXPECT_EQ((*requests.Begin("1", "name"))->records, 1);
}

}  // namespace
}  // namespace marcd
