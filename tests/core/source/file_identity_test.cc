#include "core/source/file_identity.h"

#include <zlib.h>

#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "tests/core/source/temp_files.h"
#include "tests/core/source/verdict.h"

namespace marcd {
namespace {

uint32_t Crc(const std::string& bytes) {
  return crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
}

// A file of 200,000 bytes whose identity is recorded.
class FileIdentityTest : public testing::Test {
 protected:
  FileIdentityTest() {
    Write(bytes_);
    recorded_ = *ComputeIdentity(fd_.get(), "f");
  }

  // Writes in place, so that the open file is the one written.
  void Write(const std::string& bytes, int64_t modified = 1'000'000) {
    path_ = dir_.Write("f", bytes);
    SetModified(path_, modified);
    if (!fd_.valid()) fd_ = OpenForReading(path_);
  }
  std::string Altered(size_t at) const {
    std::string bytes = bytes_;
    bytes[at] ^= 1;
    return bytes;
  }
  std::string Check() const { return Verdict(CheckSame(recorded_, fd_.get(), "f")); }

  const std::string kChanged = "FAILED_PRECONDITION FILE_CHANGED";
  TempDir dir_;
  std::string path_;
  UniqueFd fd_;
  const std::string bytes_ = RandomBytes(200'000);
  FileIdentity recorded_;
};

TEST_F(FileIdentityTest, HoldsSizeTimesChecksumsAndInode) {
  struct stat facts;
  ASSERT_EQ(stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(recorded_.size, 200'000u);
  EXPECT_EQ(recorded_.modified_ns, 1'000'000'123'456'789);
  EXPECT_EQ(recorded_.head_crc32, Crc(bytes_.substr(0, 65536)));
  EXPECT_EQ(recorded_.tail_crc32, Crc(bytes_.substr(200'000 - 65536)));
  EXPECT_EQ(recorded_.inode, facts.st_ino);
  EXPECT_EQ(recorded_.device, facts.st_dev);
  EXPECT_EQ(recorded_.changed_ns, ToNanoseconds(facts.st_ctim));
}

TEST_F(FileIdentityTest, ChecksumsAllOfASmallFile) {
  Write("abc");
  const FileIdentity identity = *ComputeIdentity(fd_.get(), "f");
  EXPECT_EQ(identity.head_crc32, Crc("abc"));
  EXPECT_EQ(identity.tail_crc32, Crc("abc"));
}

TEST_F(FileIdentityTest, AnEmptyFileHasOne) {
  Write("");
  const FileIdentity identity = *ComputeIdentity(fd_.get(), "f");
  EXPECT_EQ(identity.size, 0u);
  EXPECT_EQ(identity.head_crc32, 0u);
  EXPECT_EQ(Verdict(CheckSame(identity, fd_.get(), "f")), "OK");
}

TEST_F(FileIdentityTest, UnchangedIsTheSame) { EXPECT_EQ(Check(), "OK"); }

TEST_F(FileIdentityTest, ACopyWithItsTimeIsTheSame) {
  const std::string copy = dir_.Write("copy", bytes_);
  SetModified(copy, 1'000'000);
  EXPECT_EQ(Verdict(CheckSame(recorded_, OpenForReading(copy).get(), "copy")), "OK");
}

TEST_F(FileIdentityTest, GrownIsTheSame) {
  Write(bytes_ + "more", 2'000'000);
  EXPECT_EQ(Check(), "OK");
}

TEST_F(FileIdentityTest, ASmallFileThatGrewPastTheChecksummedBytesIsTheSame) {
  Write("abc");
  recorded_ = *ComputeIdentity(fd_.get(), "f");
  Write("abc" + bytes_, 2'000'000);
  EXPECT_EQ(Check(), "OK");
}

TEST_F(FileIdentityTest, GrownWithAnotherHeadIsChanged) {
  Write(Altered(65535) + "more", 2'000'000);
  EXPECT_EQ(Check(), kChanged);
}

TEST_F(FileIdentityTest, GrownWithOtherBytesBeforeTheRecordedSizeIsChanged) {
  Write(Altered(200'000 - 65536) + "more", 2'000'000);
  EXPECT_EQ(Check(), kChanged);
}

TEST_F(FileIdentityTest, ShrunkIsChanged) {
  Write(bytes_.substr(1));
  const absl::Status status = CheckSame(recorded_, fd_.get(), "some file");
  EXPECT_EQ(Verdict(status), kChanged);
  EXPECT_EQ(MetadataOf(status, "path"), "some file");
}

TEST_F(FileIdentityTest, AnotherModificationTimeIsChanged) {
  SetModified(path_, 1'000'001);
  EXPECT_EQ(Check(), kChanged);
}

TEST_F(FileIdentityTest, TheSameTimeButOtherBytesIsChanged) {
  Write(Altered(0));
  EXPECT_EQ(Check(), kChanged);
  Write(Altered(199'999));
  EXPECT_EQ(Check(), kChanged);
}

TEST_F(FileIdentityTest, AnUnreadableFileIsAnError) {
  const UniqueFd write_only(open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(Verdict(ComputeIdentity(write_only.get(), "f").status()), "DATA_LOSS READ_FAILED");
  EXPECT_EQ(Verdict(ComputeIdentity(-1, "f").status()), "DATA_LOSS READ_FAILED");
}

TEST(ToNanosecondsTest, ReachesBeforeTheEpochAndWrapsFarFromIt) {
  EXPECT_EQ(ToNanoseconds({-1, 5}), -999'999'995);
  ToNanoseconds({std::numeric_limits<time_t>::max(), 999'999'999});  // UBSan watches.
}

}  // namespace
}  // namespace marcd
