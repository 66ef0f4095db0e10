#include "core/source/file_source.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/core/source/temp_files.h"
#include "tests/core/source/verdict.h"

namespace marcd {
namespace {

constexpr char kChanged[] = "FAILED_PRECONDITION FILE_CHANGED";

// A source over a file of `bytes_`, in reads of 64 KiB and then 100 kB.
class FileSourceTest : public testing::Test {
 protected:
  FileSourceTest() { Write(bytes_); }

  void Write(const std::string& bytes) {
    path_ = dir_.Write("f", bytes);
    SetModified(path_, 1'000'000);
  }
  std::unique_ptr<FileSource> Open(uint64_t start = 0) const { return Open(start, options_); }
  std::unique_ptr<FileSource> Open(uint64_t start, const FileSourceOptions& options) const {
    UniqueFd fd = OpenForReading(path_);
    const FileIdentity identity = *ComputeIdentity(fd.get(), "f");
    return *FileSource::Create(std::move(fd), "f", identity, start, options);
  }

  TempDir dir_;
  std::string path_;
  const std::string bytes_ = RandomBytes(500'000);
  FileSourceOptions options_{64 << 10, 100'000, 400'000};
};

// Everything that `source` has left, taken as it comes.
std::string Drain(FileSource& source, absl::Status* status) {
  std::string bytes;
  while (true) {
    absl::StrAppend(&bytes, source.window());
    source.Consume(source.window().size());
    if (source.at_end()) break;
    *status = source.Fill();
    if (!status->ok()) break;
  }
  return bytes;
}

// The verdict of reading `source` to its end.
std::string DrainVerdict(FileSource& source) {
  absl::Status status;
  Drain(source, &status);
  return Verdict(status);
}

// Fills until the window holds `bytes` or the source ends.
void FillTo(FileSource& source, size_t bytes) {
  while (source.window().size() < bytes && !source.at_end()) {
    ASSERT_EQ(source.Fill(), absl::OkStatus());
  }
}

TEST_F(FileSourceTest, ReadsAllBytesInOrder) {
  absl::Status status;
  EXPECT_EQ(Drain(*Open(), &status), bytes_);
  EXPECT_EQ(status, absl::OkStatus());
}

TEST_F(FileSourceTest, ReadsFromAnyOffset) {
  for (const uint64_t start : {1u, 65'536u, 499'999u, 500'000u}) {
    const auto source = Open(start);
    EXPECT_EQ(source->offset(), start);
    absl::Status status;
    EXPECT_EQ(Drain(*source, &status), bytes_.substr(start));
  }
}

TEST_F(FileSourceTest, AnOffsetPastTheEndIsAnError) {
  const auto source = FileSource::Create(OpenForReading(path_), "f", {}, 1);
  EXPECT_EQ(Verdict(source.status()), "OUT_OF_RANGE OFFSET_PAST_END");
  EXPECT_EQ(MetadataOf(source.status(), "path"), "f");
}

TEST_F(FileSourceTest, AnEmptyFileIsAtItsEndAtOnce) {
  Write("");
  const auto source = Open();
  EXPECT_TRUE(source->at_end());
  EXPECT_TRUE(source->window().empty());
  EXPECT_EQ(source->Fill(), absl::OkStatus());
}

TEST_F(FileSourceTest, KnowsTheEndAsSoonAsItHasReadIt) {
  const auto source = Open(200'000);
  FillTo(*source, 300'000);
  EXPECT_TRUE(source->at_end());
  EXPECT_EQ(source->window().size(), 300'000u);
}

TEST_F(FileSourceTest, EveryChunkingGivesTheSameBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    const size_t chunk = 1 + random() % 50'000;
    const auto source = Open(0, {1 + random() % 1000, chunk, 3 * chunk});
    std::string bytes;
    while (!source->at_end()) {
      ASSERT_EQ(source->Fill(), absl::OkStatus());
      // Leaves a piece of random length, as a framer does.
      const size_t n =
          source->window().size() - random() % std::min(source->window().size(), chunk);
      EXPECT_EQ(source->offset(), bytes.size());
      absl::StrAppend(&bytes, source->window().substr(0, n));
      source->Consume(n);
    }
    ASSERT_EQ(bytes + std::string(source->window()), bytes_) << "chunk " << chunk;
  }
}

TEST_F(FileSourceTest, TheFirstReadIsSmallAndOneThatStandsStillDoubles) {
  const auto source = Open(0, {1'000, 10'000, 100'000});
  std::vector<size_t> sizes;
  while (source->window().size() < 100'000) {
    ASSERT_EQ(source->Fill(), absl::OkStatus());
    sizes.push_back(source->window().size());
  }
  EXPECT_EQ(sizes, (std::vector<size_t>{1'000, 11'000, 31'000, 71'000, 100'000}));
  source->Consume(100'000);
  ASSERT_EQ(source->Fill(), absl::OkStatus());
  EXPECT_EQ(source->window().size(), 10'000u);
}

TEST_F(FileSourceTest, AFullWindowIsAnErrorAndNotMoreMemory) {
  const auto source = Open();
  FillTo(*source, 400'000);
  EXPECT_EQ(source->window().size(), 400'000u);
  const absl::Status status = source->Fill();
  EXPECT_EQ(Verdict(status), "RESOURCE_EXHAUSTED WINDOW_FULL");
  EXPECT_EQ(MetadataOf(status, "offset"), "0");
}

TEST_F(FileSourceTest, EarlierBuffersOutliveLaterReadsAndTheSource) {
  auto source = Open();
  ASSERT_EQ(source->Fill(), absl::OkStatus());
  const SharedBytes first = source->buffer();
  source->Consume(10);
  ASSERT_EQ(source->Fill(), absl::OkStatus());
  source.reset();
  EXPECT_EQ(first.view(), bytes_.substr(0, 65'536));
}

TEST_F(FileSourceTest, WhatIsInThePageCacheIsHadAtOnce) {
  const auto source = Open();
  std::string bytes;
  while (!source->at_end()) {
    const absl::StatusOr<bool> filled = source->FillAtOnce();
    ASSERT_TRUE(filled.ok()) << filled.status();
    if (!*filled) GTEST_SKIP() << "no reads without waiting on this file system";
    absl::StrAppend(&bytes, source->window());
    source->Consume(source->window().size());
  }
  EXPECT_EQ(bytes, bytes_);
  EXPECT_FALSE(*source->FillAtOnce()) << "nothing is left";
}

TEST_F(FileSourceTest, WhatIsNotThereAnyMoreIsNotHadAtOnce) {
  const auto source = Open();
  ASSERT_EQ(truncate(path_.c_str(), 1000), 0);
  const absl::StatusOr<bool> filled = source->FillAtOnce();
  EXPECT_TRUE(filled.ok() && !*filled) << filled.status();
  EXPECT_EQ(DrainVerdict(*source), kChanged);
}

TEST_F(FileSourceTest, TruncatedMeanwhileFails) {
  const auto source = Open();
  ASSERT_EQ(source->Fill(), absl::OkStatus());
  ASSERT_EQ(truncate(path_.c_str(), 100'000), 0);
  const absl::Status status = source->Fill();
  EXPECT_EQ(Verdict(status), kChanged);
  EXPECT_EQ(MetadataOf(status, "path"), "f");
  EXPECT_EQ(MetadataOf(status, "offset"), "100000");
}

TEST_F(FileSourceTest, TruncatedBehindTheReadFails) {
  const auto source = Open(100'000);
  ASSERT_EQ(source->Fill(), absl::OkStatus());
  ASSERT_EQ(truncate(path_.c_str(), 499'999), 0);
  SetModified(path_, 1'000'000);
  EXPECT_EQ(Verdict(source->Fill()), kChanged);
}

TEST_F(FileSourceTest, RewrittenInPlaceMeanwhileFails) {
  const auto source = Open();
  ASSERT_EQ(source->Fill(), absl::OkStatus());
  dir_.Write("f", RandomBytes(500'000, 2));
  EXPECT_EQ(Verdict(source->Fill()), kChanged);
}

TEST_F(FileSourceTest, GrownMeanwhileReadsToThePinnedEnd) {
  const auto source = Open();
  ASSERT_EQ(source->Fill(), absl::OkStatus());
  dir_.Append("f", "more");
  absl::Status status;
  EXPECT_EQ(Drain(*source, &status), bytes_);
  EXPECT_EQ(status, absl::OkStatus());
}

TEST_F(FileSourceTest, GrownWithAnotherHeadFailsAtTheEnd) {
  const auto source = Open();
  ASSERT_EQ(source->Fill(), absl::OkStatus());
  dir_.Write("f", "x" + bytes_);
  EXPECT_EQ(DrainVerdict(*source), kChanged);
  EXPECT_FALSE(source->at_end());
}

TEST_F(FileSourceTest, GrownAndCutBackFails) {
  const auto source = Open();
  dir_.Append("f", "more");
  ASSERT_EQ(source->Fill(), absl::OkStatus());
  ASSERT_EQ(truncate(path_.c_str(), 500'000), 0);
  EXPECT_EQ(DrainVerdict(*source), kChanged);
}

TEST_F(FileSourceTest, ReplacedByNameReadsTheOldFileToItsEnd) {
  const auto source = Open();
  ASSERT_EQ(source->Fill(), absl::OkStatus());
  dir_.Write("new", "other");
  std::filesystem::rename(dir_ / "new", path_);
  absl::Status status;
  EXPECT_EQ(Drain(*source, &status), bytes_);
}

TEST_F(FileSourceTest, AFileThatCannotBeReadIsAnError) {
  const FileIdentity identity = *ComputeIdentity(OpenForReading(path_).get(), "f");
  UniqueFd write_only(open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  const auto source = *FileSource::Create(std::move(write_only), "f", identity, 5);
  const absl::Status status = source->Fill();
  EXPECT_EQ(Verdict(status), "DATA_LOSS READ_FAILED");
  EXPECT_EQ(MetadataOf(status, "offset"), "5");
}

TEST_F(FileSourceTest, AFilePastFourGibIsReadWithABoundedWindow) {
  constexpr uint64_t kSize = (4ull << 30) + (5 << 20);
  // In memory, where holes take up none.
  UniqueFd fd(memfd_create("sparse", MFD_CLOEXEC));
  ASSERT_EQ(ftruncate(fd.get(), kSize), 0);
  ASSERT_EQ(pwrite(fd.get(), "tail", 4, kSize - 4), 4);
  const FileIdentity identity = *ComputeIdentity(fd.get(), "sparse");
  const auto source = *FileSource::Create(std::move(fd), "sparse", identity);
  uint64_t read = 0;
  size_t widest = 0;
  std::string last;
  while (!source->at_end()) {
    ASSERT_EQ(source->Fill(), absl::OkStatus());
    ASSERT_EQ(source->offset(), read);
    widest = std::max(widest, source->window().size());
    last = std::string(source->window().substr(source->window().size() - 4));
    read += source->window().size();
    source->Consume(source->window().size());
  }
  EXPECT_EQ(read, kSize);
  EXPECT_EQ(last, "tail");
  EXPECT_LE(widest, 1u << 20);
}

}  // namespace
}  // namespace marcd
