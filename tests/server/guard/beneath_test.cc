#include "server/guard/beneath.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/core/source/temp_files.h"
#include "tests/server/guard/tree.h"

namespace marcd {
namespace {

// Makes openat2 fail with `error` in this thread, as old kernels and containers do.
void ForbidOpenat2(int error) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {4, code};
  ASSERT_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
  ASSERT_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

class BeneathTest : public testing::Test {
 protected:
  // Which file `open` comes to, or why to none.
  std::string Found(OpenBeneathFunction open, const std::string& path, Confinement confinement,
                    int flags = O_PATH | O_CLOEXEC) const {
    const UniqueFd fd(open(root_.get(), path, flags, confinement));
    if (!fd.valid()) return strerrorname_np(-fd.get());
    struct stat facts;
    fstat(fd.get(), &facts);
    return absl::StrCat("inode ", facts.st_ino, " of ", facts.st_dev);
  }
  bool KernelCan() const {
    const std::string found = Found(OpenBeneathByKernel, ".", Confinement::kBeneath);
    return found != "ENOSYS" && found != "EPERM";
  }

  const Tree tree_;
  const UniqueFd root_ = UniqueFd(open(tree_.root().c_str(), O_PATH | O_CLOEXEC));
};

TEST_F(BeneathTest, TheWalkAndTheKernelAgreeOnAnyPath) {
  if (!KernelCan()) GTEST_SKIP() << "this kernel or container does not allow openat2";
  const std::vector<std::string> names = {"..",
                                          ".",
                                          "",
                                          "sub",
                                          "deeper",
                                          "file.mrc",
                                          "in",
                                          "back",
                                          "dir",
                                          "dir_slash",
                                          "file_slash",
                                          "dangling",
                                          "loop",
                                          "out",
                                          "out_missing",
                                          "out_and_back",
                                          "absolute",
                                          "none",
                                          "top_file",
                                          "top_sub",
                                          "link39",
                                          "link40",
                                          "link41",
                                          "fifo",
                                          "socket",
                                          std::string(300, 'x')};
  std::mt19937 random(42);
  for (int round = 0; round < 20'000; ++round) {
    std::string path = names[random() % names.size()];
    for (int i = random() % 5; i > 0; --i) {
      absl::StrAppend(&path, "/", names[random() % names.size()]);
    }
    for (const Confinement confinement : {Confinement::kBeneath, Confinement::kInRoot}) {
      ASSERT_EQ(Found(OpenBeneathByWalk, path, confinement),
                Found(OpenBeneathByKernel, path, confinement))
          << path;
    }
  }
}

TEST_F(BeneathTest, InTheRootAbsoluteLinksBeginAtItsTop) {
  for (const OpenBeneathFunction open : {OpenBeneathByWalk, OpenBeneath}) {
    EXPECT_EQ(Found(open, "sub/deeper/top_sub/top_file", Confinement::kInRoot),
              Found(open, "file.mrc", Confinement::kInRoot));
    EXPECT_EQ(Found(open, "sub/top_file", Confinement::kBeneath), "EXDEV");
  }
}

TEST_F(BeneathTest, TheWalkAndTheKernelAgreeOnReading) {
  if (!KernelCan()) GTEST_SKIP() << "this kernel or container does not allow openat2";
  for (const char* path : {"file.mrc", "in", "sub", "socket", "sub/..", "link40"}) {
    const int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
    EXPECT_EQ(Found(OpenBeneathByWalk, path, Confinement::kBeneath, flags),
              Found(OpenBeneathByKernel, path, Confinement::kBeneath, flags))
        << path;
  }
}

TEST_F(BeneathTest, TheWalkTakesOverWhereOpenat2IsMissingOrForbidden) {
  const std::string file = Found(OpenBeneathByWalk, "sub/back", Confinement::kBeneath);
  for (const int error : {ENOSYS, EPERM}) {
    std::thread([&] {
      ForbidOpenat2(error);
      EXPECT_EQ(Found(OpenBeneathByKernel, "in", Confinement::kBeneath), strerrorname_np(error));
      EXPECT_EQ(Found(OpenBeneath, "sub/back", Confinement::kBeneath), file);
      EXPECT_EQ(Found(OpenBeneath, "out", Confinement::kBeneath), "EXDEV");
    }).join();
  }
}

TEST_F(BeneathTest, TheWalkGoesNoDeeperThanItsLimit) {
  std::string path;
  for (int i = 0; i < 127; ++i) {
    absl::StrAppend(&path, "d/");
    mkdirat(root_.get(), path.c_str(), 0755);
  }
  EXPECT_EQ(Found(OpenBeneathByWalk, path, Confinement::kBeneath).substr(0, 5), "inode");
  mkdirat(root_.get(), (path + "d").c_str(), 0755);
  mkdirat(root_.get(), (path + "d/d").c_str(), 0755);
  EXPECT_EQ(Found(OpenBeneathByWalk, path + "d/d", Confinement::kBeneath), "ENAMETOOLONG");
}

TEST_F(BeneathTest, TheWalkLeavesNoDescriptorOpen) {
  const int before = dup(root_.get());
  close(before);
  for (const char* path : {"sub/deeper/../back", "loop", "out", "none", "file.mrc"}) {
    Found(OpenBeneathByWalk, path, Confinement::kBeneath);
  }
  const int after = dup(root_.get());
  close(after);
  EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace marcd
