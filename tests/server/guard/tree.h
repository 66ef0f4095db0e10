// A directory with every kind of thing in it that a name may lead to.
#ifndef MARCD_TESTS_SERVER_GUARD_TREE_H_
#define MARCD_TESTS_SERVER_GUARD_TREE_H_

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/source/unique_fd.h"
#include "tests/core/source/temp_files.h"

namespace marcd {

class Tree {
 public:
  Tree() {
    for (const char* name : {"root/sub/deeper", "root/empty", "outside"}) {
      std::filesystem::create_directories(dir_ / name);
    }
    for (const char* name : {"root/file.mrc", "root/sub/deep.mrc", "outside/secret.mrc"}) {
      dir_.Write(name, name);
    }
    Link("in", "sub/deep.mrc");
    Link("sub/back", "../file.mrc");
    Link("dir", "sub");
    Link("dir_slash", "sub/");
    Link("file_slash", "file.mrc/");
    Link("dangling", "nowhere");
    Link("loop", "loop");
    Link("out", "../outside/secret.mrc");
    Link("out_missing", "../outside/none");
    Link("out_and_back", "../root/file.mrc");
    Link("sub/top_file", "/file.mrc");
    Link("sub/deeper/top_sub", "/sub/");
    Link("absolute", root() + "/file.mrc");
    Link("absolute_out", dir_ / "outside/secret.mrc");
    Link("link1", "file.mrc");
    for (int i = 2; i <= 41; ++i) Link(absl::StrCat("link", i), absl::StrCat("link", i - 1));
    mkfifo((root() + "/fifo").c_str(), 0644);
    MakeSocket(root() + "/socket");
  }

  const TempDir& dir() const { return dir_; }
  std::string root() const { return dir_ / "root"; }

 private:
  void Link(const std::string& name, const std::string& target) {
    std::filesystem::create_symlink(target, root() + "/" + name);
  }
  static void MakeSocket(const std::string& path) {
    const UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  const TempDir dir_;
};

}  // namespace marcd

#endif  // MARCD_TESTS_SERVER_GUARD_TREE_H_
