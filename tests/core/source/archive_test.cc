#include "core/source/archive.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/status.h"
#include "core/source/archive_readers.h"
#include "gtest/gtest.h"
#include "tests/core/source/temp_files.h"

namespace marcd {
namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

// A header of POSIX 1003.1-2001's ustar, and what it is about.
std::string TarEntry(const std::string& name, const std::string& bytes, char type = '0') {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  header.replace(100, 8, absl::StrCat("0000644", std::string(1, '\0')));
  header.replace(124, 12, absl::StrFormat("%011o%c", bytes.size(), '\0'));
  header[156] = type;
  header.replace(257, 8, absl::StrCat("ustar", std::string(1, '\0'), "00"));
  header.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  header.replace(148, 8, absl::StrFormat("%06o%c ", sum, '\0'));
  const size_t padding = (512 - bytes.size() % 512) % 512;
  return absl::StrCat(header, bytes, std::string(padding, '\0'));
}

std::string Tar(const Members& members) {
  std::string tar;
  for (const auto& [name, bytes] : members) tar += TarEntry(name, bytes);
  return tar + std::string(1024, '\0');
}

std::unique_ptr<ArchiveReader> OpenReader(const std::string& path) {
  UniqueFd fd = OpenForReading(path);
  const FileIdentity identity = *ComputeIdentity(fd.get(), path);
  return *ArchiveReader::Open(std::move(fd), path, identity);
}

// The members of an archive of these bytes; the reason of the error at which it ends, if any.
std::pair<Members, std::string> Read(const std::string& bytes,
                                     size_t max_name_bytes = kMaxNameBytes) {
  const TempDir folder;
  const std::string path = folder.Write("archive", bytes);
  UniqueFd fd = OpenForReading(path);
  const FileIdentity identity = *ComputeIdentity(fd.get(), path);
  auto reader = ArchiveReader::Open(std::move(fd), path, identity, {nullptr, max_name_bytes});
  if (!reader.ok()) return {{}, ErrorReason(reader.status())};
  Members members;
  while (true) {
    const auto member = (*reader)->Next();
    if (!member.ok()) return {members, ErrorReason(member.status())};
    if (!member->has_value()) return {members, ""};
    members.emplace_back((*member)->name, "");
    char some[700];
    while (true) {
      const auto given = (*reader)->Read(some, sizeof some);
      if (!given.ok()) return {members, ErrorReason(given.status())};
      if (*given == 0) break;
      members.back().second.append(some, *given);
    }
  }
}

const Members kMembers = {
    {"a.mrc", std::string(1000, 'a')}, {"b/c.mrc", std::string(512, 'b')}, {"empty", ""}};

TEST(ArchiveTest, MembersComeInOrderWithWhatTheyHold) {
  EXPECT_EQ(Read(Tar(kMembers)), std::make_pair(kMembers, std::string()));
}

TEST(ArchiveTest, WhatIsNoRegularFileIsPassedOver) {
  const std::string tar = absl::StrCat(TarEntry("folder", "", '5'), TarEntry("link", "", '2'),
                                       TarEntry("device", "", '3'), Tar(kMembers));
  EXPECT_EQ(Read(tar).first, kMembers);
}

TEST(ArchiveTest, TheSecondOfOneNameIsToldApart) {
  const auto [members, error] = Read(Tar({{"a", "1"}, {"a", "2"}, {"b", "3"}, {"a", "4"}}));
  EXPECT_EQ(members, (Members{{"a", "1"}, {"a (2)", "2"}, {"b", "3"}, {"a (3)", "4"}}));
}

TEST(ArchiveTest, AMadeUpNameIsNoOtherMembers) {
  const Members before = {{"x", "1"}, {"x", "2"}, {"x (2)", "3"}, {"x", "4"}};
  EXPECT_EQ(Read(Tar(before)).first,
            (Members{{"x", "1"}, {"x (2)", "2"}, {"x (2) (2)", "3"}, {"x (3)", "4"}}));
  EXPECT_EQ(Read(Tar({{"x", "1"}, {"x (2)", "2"}, {"x", "3"}})).first,
            (Members{{"x", "1"}, {"x (2)", "2"}, {"x (3)", "3"}}));
}

TEST(ArchiveTest, NamesTakeNoMoreMemoryThanTheLimit) {
  const Members members(100, {std::string(90, 'x'), ""});
  const auto [read, error] = Read(Tar(members), 5000);
  EXPECT_EQ(error, "ARCHIVE_NAMES");
  EXPECT_LT(read.size(), 50u);
}

TEST(ArchiveTest, TheKindIsToldByTheHead) {
  const std::string tar = Tar(kMembers);
  EXPECT_EQ(ArchiveKind(tar), "tar");
  EXPECT_EQ(ArchiveKind("PK\x03\x04 and more"), "zip");
  EXPECT_EQ(ArchiveKind(absl::string_view(tar).substr(0, 511)), "");
  std::string other = tar;
  other[0] = 'x';  // the checksum is another's
  EXPECT_EQ(ArchiveKind(other), "");
  EXPECT_EQ(ArchiveKind("00026nam a2200025 i 4500\x1e\x1d"), "");
}

TEST(ArchiveTest, ACutArchiveGivesAllThatIsThereAndFails) {
  const std::string tar = Tar(kMembers);
  const size_t end = tar.size() - 1024;
  for (size_t size = 600; size <= end; size += 93) {
    const auto [members, error] = Read(tar.substr(0, size));
    EXPECT_EQ(error, "ARCHIVE_DAMAGED") << size;
    EXPECT_EQ(members[0].second.size(), std::min<size_t>(size - 512, 1000));
    for (size_t i = 0; i < members.size(); ++i) {
      EXPECT_EQ(members[i].first, kMembers[i].first);
      EXPECT_EQ(kMembers[i].second.find(members[i].second), 0u);
    }
  }
  const auto [members, error] = Read(tar.substr(0, end));
  EXPECT_EQ(members, kMembers);
  EXPECT_EQ(error, "ARCHIVE_DAMAGED");
}

TEST(ArchiveTest, TarsEndToEndAreOne) {
  const std::string tars = Tar({{"a", "1"}}) + std::string(5120, '\0') + Tar({{"b", "2"}});
  EXPECT_EQ(Read(tars), std::make_pair(Members{{"a", "1"}, {"b", "2"}}, std::string()));
}

TEST(ArchiveTest, WhatFollowsTheEndOfATarIsSaid) {
  const auto [members, error] = Read(Tar(kMembers) + std::string(600, 'x'));
  EXPECT_EQ(members, kMembers);
  EXPECT_EQ(error, "ARCHIVE_TRAILING");
}

TEST(ArchiveTest, AMemberThatIsPutBackIsTheNext) {
  const TempDir folder;
  const auto reader = OpenReader(folder.Write("archive", Tar(kMembers)));
  ArchiveMember first = **reader->Next();
  EXPECT_TRUE(reader->HasPassed("a.mrc"));
  reader->PutBack(std::move(first));
  EXPECT_FALSE(reader->HasPassed("a.mrc"));
  EXPECT_EQ(reader->passed(), 0u);
  EXPECT_EQ((**reader->Next()).name, "a.mrc");
  char some[10];
  EXPECT_EQ(*reader->Read(some, sizeof some), sizeof some);
}

TEST(ArchiveReadersTest, WhoeverFitsAndHasComeFarthestIsTaken) {
  const TempDir folder;
  const std::string path = folder.Write("archive", Tar(kMembers));
  ArchiveReaders readers;
  const auto any = [](const ArchiveReader&) { return true; };
  for (const int passed : {1, 2, 0}) {
    auto reader = OpenReader(path);
    for (int i = 0; i < passed; ++i) ASSERT_TRUE(reader->Next().ok());
    readers.Keep(std::move(reader), {});
  }
  const FileIdentity identity = OpenReader(path)->identity();
  FileIdentity other = identity;
  ++other.changed_ns;
  EXPECT_EQ(readers.Take(path, other, any), nullptr);
  EXPECT_EQ(readers.Take("elsewhere", identity, any), nullptr);
  const auto before_the_second = [](const ArchiveReader& r) { return !r.HasPassed("b/c.mrc"); };
  EXPECT_EQ(readers.Take(path, identity, before_the_second)->passed(), 1u);
  EXPECT_EQ(readers.Take(path, identity, any)->passed(), 2u);
}

TEST(ArchiveReadersTest, FewWaitAndNotForLong) {
  const TempDir folder;
  const std::string path = folder.Write("archive", Tar(kMembers));
  const FileIdentity identity = OpenReader(path)->identity();
  ArchiveReaders readers;
  size_t left = 0;
  const auto count = [&left](const ArchiveReader&) { return ++left, false; };
  ArchiveReaders::Time now;
  for (size_t i = 0; i < ArchiveReaders::kMaxWaiting + 1; ++i) {
    readers.Keep(OpenReader(path), now += std::chrono::seconds(1));
  }
  readers.Take(path, identity, count);
  EXPECT_EQ(left, ArchiveReaders::kMaxWaiting);
  left = 0;
  readers.Expire(now + ArchiveReaders::kWait - std::chrono::seconds(1));
  readers.Take(path, identity, count);
  EXPECT_EQ(left, 1u);
}

TEST(ArchiveTest, NoByteOfAHeaderMakesItCrash) {
  const std::string tar = Tar({{"a.mrc", "1"}, {"b.mrc", "2"}});
  for (size_t at = 0; at < 600; ++at) {
    for (const char c : {'\0', '\x7f', '\xff', '9'}) {
      std::string damaged = tar;
      damaged[at] = c;
      EXPECT_LE(Read(damaged).first.size(), 2u);
    }
  }
}

}  // namespace
}  // namespace marcd
