#include "core/source/read_at.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "gtest/gtest.h"
#include "tests/core/source/verdict.h"

namespace marcd {
namespace {

constexpr absl::string_view kFile = "The quick brown fox";
int calls;

// Reads `kFile` by three bytes at a time, interrupted every second time.
ssize_t ReadByThree(int, void* to, size_t size, off_t offset) {
  if (++calls % 2 == 0) {
    errno = EINTR;
    return -1;
  }
  const absl::string_view rest = kFile.substr(std::min<size_t>(offset, kFile.size()));
  const size_t n = std::min<size_t>({size, 3, rest.size()});
  std::memcpy(to, rest.data(), n);
  return static_cast<ssize_t>(n);
}

ssize_t FailTheThird(int fd, void* to, size_t size, off_t offset) {
  if (calls == 4) {
    errno = EIO;
    return -1;
  }
  return ReadByThree(fd, to, size, offset);
}

class ReadAtTest : public testing::Test {
 protected:
  ReadAtTest() { calls = 0; }
  std::string bytes_ = std::string(64, '-');
};

TEST_F(ReadAtTest, GoesOnAfterShortAndInterruptedReads) {
  EXPECT_EQ(*ReadAt(-1, "f", 4, 11, bytes_.data(), ReadByThree), 11u);
  EXPECT_EQ(bytes_.substr(0, 12), "quick brown-");
}

TEST_F(ReadAtTest, ReturnsFewerBytesOnlyAtTheEnd) {
  EXPECT_EQ(*ReadAt(-1, "f", 10, 64, bytes_.data(), ReadByThree), 9u);
  EXPECT_EQ(bytes_.substr(0, 10), "brown fox-");
}

TEST_F(ReadAtTest, SaysWhereAndWhyItFailed) {
  const absl::Status status = ReadAt(-1, "some file", 4, 64, bytes_.data(), FailTheThird).status();
  EXPECT_EQ(Verdict(status), "DATA_LOSS READ_FAILED");
  EXPECT_EQ(MetadataOf(status, "path"), "some file");
  EXPECT_EQ(MetadataOf(status, "offset"), "10");
  EXPECT_EQ(MetadataOf(status, "error"), "Input/output error");
}

TEST_F(ReadAtTest, ReportsTheSystemsOwnFailure) {
  EXPECT_EQ(Verdict(ReadAt(-1, "f", 0, 1, bytes_.data()).status()), "DATA_LOSS READ_FAILED");
}

}  // namespace
}  // namespace marcd
