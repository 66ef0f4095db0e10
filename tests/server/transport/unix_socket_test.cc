#include "server/transport/unix_socket.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "core/source/unique_fd.h"
#include "gtest/gtest.h"

namespace marcd {
namespace {

class UnixSocketTest : public testing::Test {
 protected:
  UnixSocketTest() {
    char form[] = "/tmp/marcd-socket-XXXXXX";
    folder_ = mkdtemp(form);
    path_ = folder_ + "/s";
  }
  ~UnixSocketTest() override {
    unlink(path_.c_str());
    rmdir(folder_.c_str());
  }

  UniqueFd Bind() const {
    UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_un address = *UnixAddress(path_);
    EXPECT_EQ(0, bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    return fd;
  }

  std::string folder_;
  std::string path_;
};

TEST_F(UnixSocketTest, ASocketIsFreeUntilSomebodyListens) {
  EXPECT_TRUE(CheckSocketFree(path_).ok());
  const UniqueFd bound = Bind();
  EXPECT_TRUE(CheckSocketFree(path_).ok());
  ASSERT_EQ(0, listen(bound.get(), 1));
  EXPECT_EQ(absl::StatusCode::kAlreadyExists, CheckSocketFree(path_).code());
}

TEST_F(UnixSocketTest, WhatIsNoSocketIsNotFree) {
  ASSERT_EQ(0, symlink("/nothing", path_.c_str()));
  const absl::Status status = CheckSocketFree(path_);
  EXPECT_EQ(absl::StatusCode::kFailedPrecondition, status.code());
  EXPECT_NE(std::string::npos, status.message().find(path_));
}

TEST_F(UnixSocketTest, ASocketFileIsThereUntilItIsRemovedOrReplaced) {
  const UniqueFd first = Bind();
  const SocketFile file(path_);
  EXPECT_TRUE(file.IsThere());
  ASSERT_EQ(0, unlink(path_.c_str()));
  EXPECT_FALSE(file.IsThere());
  const UniqueFd second = Bind();
  EXPECT_FALSE(file.IsThere());
  EXPECT_TRUE(SocketFile(path_).IsThere());
}

TEST_F(UnixSocketTest, AFileThatWasNeverThereIsNotThere) {
  const SocketFile file(path_);
  const UniqueFd bound = Bind();
  EXPECT_FALSE(file.IsThere());
}

}  // namespace
}  // namespace marcd
