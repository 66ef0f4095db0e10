#include "server/transport/data_server.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace marcd {
namespace {

constexpr char kName[] = "0123456789abcdef";

struct Folder {
  Folder() {
    char form[] = "/tmp/marcd-data-XXXXXX";
    path = mkdtemp(form);
  }
  ~Folder() { rmdir(path.c_str()); }
  std::string path;
};

class DataServerTest : public testing::Test {
 protected:
  DataServerTest() : path_(folder_.path + "/s.data"), server_(*DataServer::Listen({path_})) {}

  // A client's end, whose waits end after ten seconds.
  UniqueFd Connect() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, path_.data(), path_.size());
    UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval limit{10, 0};
    setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    EXPECT_EQ(0, connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
    return fd;
  }

  static void Say(const UniqueFd& fd, const std::string& text) {
    EXPECT_EQ(static_cast<ssize_t>(text.size()),
              send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL));
  }

  // Up to `size` bytes: fewer at the end.
  static std::string Hear(const UniqueFd& fd, size_t size) {
    std::string heard(size, '\0');
    const ssize_t got = recv(fd.get(), &heard[0], size, MSG_WAITALL);
    heard.resize(got < 0 ? 0 : static_cast<size_t>(got));
    return heard;
  }

  // A connection of kName at both ends.
  UniqueFd ConnectKnown() const {
    UniqueFd fd = Connect();
    Say(fd, kName);
    EXPECT_EQ("\x01", Hear(fd, 1));
    return fd;
  }

  // Starts to send `text`; the future tells how that ended.
  static std::future<bool> Write(DataConnection& connection, std::string text) {
    const auto owner = std::make_shared<std::string>(std::move(text));
    const auto done = std::make_shared<std::promise<bool>>();
    std::future<bool> future = done->get_future();
    connection.Write({{&(*owner)[0], owner->size()}}, owner,
                     [done](bool ok) { done->set_value(ok); });
    return future;
  }

  static bool Result(std::future<bool>& future) {
    EXPECT_EQ(std::future_status::ready, future.wait_for(std::chrono::seconds(10)));
    return future.get();
  }

  Folder folder_;
  std::string path_;
  std::unique_ptr<DataServer> server_;
};

TEST_F(DataServerTest, AMessageGoesBehindItsLength) {
  const UniqueFd client = ConnectKnown();
  const auto connection = server_->Claim(kName);
  ASSERT_NE(nullptr, connection);
  auto written = Write(*connection, "hello");
  EXPECT_TRUE(Result(written));
  EXPECT_EQ(std::string("\x05\0\0\0hello", 9), Hear(client, 9));
}

TEST_F(DataServerTest, ALongMessageWaitsForTheClientAndArrivesWhole) {
  const UniqueFd client = ConnectKnown();
  const auto connection = server_->Claim(kName);
  std::string text(8 << 20, 'x');
  text.back() = 'y';
  auto written = Write(*connection, text);
  EXPECT_EQ(std::future_status::timeout, written.wait_for(std::chrono::seconds(0)));
  Hear(client, 4);
  EXPECT_EQ(text, Hear(client, text.size()));
  EXPECT_TRUE(Result(written));
}

TEST_F(DataServerTest, ANameIsClaimedOnce) {
  const UniqueFd client = ConnectKnown();
  EXPECT_NE(nullptr, server_->Claim(kName));
  EXPECT_EQ(nullptr, server_->Claim(kName));
  EXPECT_EQ(nullptr, server_->Claim("fedcba9876543210"));
  EXPECT_EQ(nullptr, server_->Claim(""));
}

TEST_F(DataServerTest, ANameMayComeInParts) {
  const UniqueFd client = Connect();
  Say(client, "0123");
  EXPECT_EQ(nullptr, server_->Claim("0123"));
  Say(client, "456789abcdef");
  EXPECT_EQ("\x01", Hear(client, 1));
  EXPECT_NE(nullptr, server_->Claim(kName));
}

TEST_F(DataServerTest, AWriteEndsWhenTheClientGoes) {
  UniqueFd client = ConnectKnown();
  const auto connection = server_->Claim(kName);
  auto written = Write(*connection, std::string(8 << 20, 'x'));
  client = UniqueFd();
  EXPECT_FALSE(Result(written));
}

TEST_F(DataServerTest, CloseEndsAWriteAndLeavesWhatWasSent) {
  const UniqueFd client = ConnectKnown();
  const auto connection = server_->Claim(kName);
  auto first = Write(*connection, "first");
  EXPECT_TRUE(Result(first));
  auto second = Write(*connection, std::string(8 << 20, 'x'));
  connection->Close();
  EXPECT_FALSE(Result(second));
  EXPECT_EQ(std::string("\x05\0\0\0first", 9), Hear(client, 9));
  auto third = Write(*connection, "third");
  EXPECT_FALSE(Result(third));
}

TEST_F(DataServerTest, AClientThatLeavesBeforeTheCallIsForgotten) {
  {
    const UniqueFd client = Connect();
    Say(client, "0123");
  }
  const UniqueFd next = ConnectKnown();
  EXPECT_NE(nullptr, server_->Claim(kName));
}

TEST_F(DataServerTest, ConnectionsThatNobodyClaimsAreLimited) {
  std::vector<UniqueFd> held;
  for (size_t i = 0; i < DataServer::kMaxWaiting; ++i) {
    std::string name = std::to_string(i);
    name.resize(DataServer::kNameBytes, '.');
    held.push_back(Connect());
    Say(held.back(), name);
    ASSERT_EQ("\x01", Hear(held.back(), 1)) << i;
  }
  const UniqueFd refused = Connect();
  EXPECT_EQ("", Hear(refused, 1));
}

TEST_F(DataServerTest, TheSocketIsForItsOwnerAloneAndRemovedAtTheEnd) {
  struct stat facts {};
  ASSERT_EQ(0, stat(path_.c_str(), &facts));
  EXPECT_EQ(0u, facts.st_mode & 077);
  server_.reset();
  EXPECT_NE(0, stat(path_.c_str(), &facts));
}

TEST_F(DataServerTest, AStaleSocketIsReplaced) {
  UniqueFd stale(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder_.path + "/t.data";
  memcpy(address.sun_path, path.data(), path.size());
  ASSERT_EQ(0, bind(stale.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
  EXPECT_TRUE(DataServer::Listen({path}).ok());
}

TEST_F(DataServerTest, WhatIsNoSocketIsNotReplaced) {
  const std::string path = folder_.path + "/file";
  const UniqueFd file(open(path.c_str(), O_CREAT | O_WRONLY, 0600));
  EXPECT_EQ(absl::StatusCode::kFailedPrecondition, DataServer::Listen({path}).status().code());
  EXPECT_EQ(0, unlink(path.c_str()));
}

TEST_F(DataServerTest, AnothersSocketIsNotRemoved) {
  unlink(path_.c_str());
  const UniqueFd file(open(path_.c_str(), O_CREAT | O_WRONLY, 0600));
  server_.reset();
  EXPECT_EQ(0, unlink(path_.c_str()));
}

// Many messages from many threads, each over a connection of its own, to slow readers.
TEST_F(DataServerTest, ManyConnectionsAtOnce) {
  constexpr int kConnections = 8, kMessages = 50;
  std::vector<std::thread> threads;
  threads.reserve(kConnections);
  for (int c = 0; c < kConnections; ++c) {
    threads.emplace_back([this, c] {
      std::string name = std::to_string(c);
      name.resize(DataServer::kNameBytes, '.');
      const UniqueFd client = Connect();
      Say(client, name);
      ASSERT_EQ("\x01", Hear(client, 1));
      const auto connection = server_->Claim(name);
      ASSERT_NE(nullptr, connection);
      std::thread reader([&client, c] {
        for (int m = 0; m < kMessages; ++m) {
          const std::string head = Hear(client, 4);
          ASSERT_EQ(4u, head.size());
          uint32_t size;
          memcpy(&size, head.data(), 4);
          ASSERT_EQ(std::string(static_cast<size_t>(1000 * m + c + 1), 'a'), Hear(client, size));
        }
      });
      for (int m = 0; m < kMessages; ++m) {
        auto written = Write(*connection, std::string(static_cast<size_t>(1000 * m + c + 1), 'a'));
        ASSERT_TRUE(Result(written));
      }
      reader.join();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace marcd
