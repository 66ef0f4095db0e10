#include "server/guard/roots.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/core/source/temp_files.h"
#include "tests/core/source/verdict.h"
#include "tests/server/guard/tree.h"

namespace marcd {
namespace {

constexpr char kOutside[] = "PERMISSION_DENIED OUTSIDE_ROOTS";
constexpr char kNotFound[] = "NOT_FOUND FILE_NOT_FOUND";
constexpr char kNotRegular[] = "FAILED_PRECONDITION NOT_A_REGULAR_FILE";
constexpr char kNameInvalid[] = "INVALID_ARGUMENT FILE_NAME_INVALID";

using Rows = std::vector<std::pair<std::string, std::string>>;

// Takes from this thread what lets root read every file.
void GiveUpRights() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  syscall(SYS_capset, &header, none);
}

// Each test runs on the kernel's way of opening and on the walk.
class RootsTest : public testing::TestWithParam<OpenBeneathFunction> {
 protected:
  void SetUp() override {
    const UniqueFd root(open("/", O_PATH | O_CLOEXEC));
    const UniqueFd fd(GetParam()(root.get(), ".", O_PATH | O_CLOEXEC, Confinement::kBeneath));
    if (!fd.valid()) GTEST_SKIP() << "this kernel or container does not allow openat2";
  }

  Roots Parse(const std::string& spec) const { return *Roots::Parse(spec, GetParam()); }
  Roots TheRoot() const { return Parse("r=" + tree_.root()); }
  void Expect(const Roots& roots, const Rows& rows) const {
    for (const auto& [name, verdict] : rows) {
      EXPECT_EQ(Verdict(roots.Open(name).status()), verdict) << name;
    }
  }

  const Tree tree_;
};

TEST_P(RootsTest, OpensAFileForReading) {
  const auto file = TheRoot().Open("r:sub/deep.mrc");
  ASSERT_TRUE(file.ok()) << file.status();
  char bytes[64];
  EXPECT_EQ(std::string(bytes, pread(file->fd.get(), bytes, sizeof bytes, 0)), "root/sub/deep.mrc");
  EXPECT_EQ(fcntl(file->fd.get(), F_GETFL) & O_ACCMODE, O_RDONLY);
  EXPECT_EQ(fcntl(file->fd.get(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(file->path, "r:sub/deep.mrc");
  struct stat facts;
  ASSERT_EQ(stat((tree_.root() + "/sub/deep.mrc").c_str(), &facts), 0);
  EXPECT_EQ(file->view.device, facts.st_dev);
  EXPECT_EQ(file->view.inode, facts.st_ino);
  EXPECT_EQ(file->view.size, 17u);
  EXPECT_EQ(file->view.modified_ns, facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec);
}

TEST_P(RootsTest, FollowsWhatStaysInsideAndRefusesWhatLeadsOut) {
  Expect(TheRoot(), {{"r:file.mrc", "OK"},
                     {"r:./sub//deep.mrc", "OK"},
                     {"r:sub/../file.mrc", "OK"},
                     {"r:in", "OK"},
                     {"r:sub/back", "OK"},
                     {"r:dir/deep.mrc", "OK"},
                     {"r:dir/../file.mrc", "OK"},
                     {"r:dir_slash/deep.mrc", "OK"},
                     {"r:link40", "OK"},
                     {"r:link41", kOutside},
                     {"r:loop", kOutside},
                     {"r:..", kOutside},
                     {"r:../root/file.mrc", kOutside},
                     {"r:../outside/secret.mrc", kOutside},
                     {"r:../outside/none", kOutside},
                     {"r:sub/../../outside/secret.mrc", kOutside},
                     {"r:out", kOutside},
                     {"r:out_missing", kOutside},
                     {"r:out_and_back", kOutside},
                     {"r:absolute", kOutside},
                     {"r:absolute_out", kOutside},
                     {"r:none", kNotFound},
                     {"r:none/../file.mrc", kNotFound},
                     {"r:dangling", kNotFound},
                     {"r:file.mrc/", kNotFound},
                     {"r:file_slash", kNotFound},
                     {"r:file.mrc/deep", kNotFound},
                     {"r:file.mrc/..", kNotFound},
                     {"r:" + std::string(300, 'x'), kNameInvalid}});
}

TEST_P(RootsTest, OpensNothingButRegularFilesAndSaysWhatItIs) {
  const Roots all = Parse("r=" + tree_.root() + ",all=/");
  for (const auto& [name, kind] : Rows{{"r:.", "a directory"},
                                       {"r:sub", "a directory"},
                                       {"r:dir", "a directory"},
                                       {tree_.root(), "a directory"},
                                       {"r:fifo", "a FIFO"},
                                       {"r:socket", "a socket"},
                                       {"/dev/null", "a character device"}}) {
    const absl::Status status = all.Open(name).status();
    EXPECT_EQ(Verdict(status), kNotRegular) << name;
    EXPECT_NE(status.message().find(kind), absl::string_view::npos) << status;
    EXPECT_EQ(MetadataOf(status, "path"), name);
  }
}

TEST_P(RootsTest, BeneathTheTopAbsoluteLinksWorkAndNothingLeadsOut) {
  const std::string root = tree_.root();
  Expect(Parse("all=/"), {{root + "/absolute", "OK"},
                          {root + "/absolute_out", "OK"},
                          {root + "/out", "OK"},
                          {"/../.." + root + "/file.mrc", "OK"},
                          {"all:../.." + root + "/file.mrc", "OK"},
                          {root + "/loop", kOutside}});
}

TEST_P(RootsTest, LinksOfProcfsThatJumpAreRefusedAndOrdinaryOnesAreNot) {
  const UniqueFd file = OpenForReading(tree_.root() + "/file.mrc");
  Expect(Parse("all=/"), {{absl::StrCat("/proc/self/fd/", file.get()), kOutside},
                          {absl::StrCat("/dev/fd/", file.get()), kOutside},
                          {"/dev/stdin", kOutside},
                          {"/proc/self/exe", kOutside},
                          {"/proc/self/root/etc/passwd", kOutside},
                          {"/proc/self/cwd/x", kOutside},
                          {"/proc/self/ns/mnt", kOutside},
                          {"/proc/self/maps", "OK"},
                          {"/proc/mounts", "OK"}});
}

TEST_P(RootsTest, AnAbsolutePathBelongsToTheLongestRootThatHoldsIt) {
  const std::string root = tree_.root();
  mkdir((root + "/su").c_str(), 0755);
  const std::string r = "r=" + root, sub = absl::StrCat("sub=", root, "/sub,s=", root, "/su");
  for (const std::string& spec : {absl::StrCat(r, ",", sub), absl::StrCat(sub, ",", r)}) {
    Expect(Parse(spec), {{root + "/file.mrc", "OK"},
                         {root + "//sub/./deep.mrc", "OK"},
                         {root + "/sub/deep.mrc/", kNotFound},
                         // Out of `sub`, though still within `r`.
                         {root + "/sub/back", kOutside},
                         {root + "/sub/../file.mrc", kOutside},
                         {root + "er/file.mrc", kOutside},
                         {tree_.dir() / "outside/secret.mrc", kOutside},
                         {tree_.dir() / "outside/none", kOutside},
                         {"/", kOutside}});
  }
}

TEST_P(RootsTest, ANameThatIsNoneIsRefused) {
  Expect(TheRoot(), {{"", kNameInvalid},
                     {"file.mrc", kNameInvalid},
                     {"./a:b", kNameInvalid},
                     {":file.mrc", kNameInvalid},
                     {"r:", kNameInvalid},
                     {"r:/file.mrc", kNameInvalid},
                     {std::string("r:file.mrc\0x", 12), kNameInvalid},
                     {"/" + std::string(5000, 'x'), kNameInvalid},
                     {"q:file.mrc", "NOT_FOUND ROOT_UNKNOWN"}});
}

TEST_P(RootsTest, WhatIsShownOfANameIsShortAndClean) {
  std::string name = "r:a\n";
  for (int i = 0; i < 1000; ++i) name += "\xC3\xA9";
  const std::string shown = MetadataOf(TheRoot().Open(name).status(), "path");
  EXPECT_EQ(shown.size(), 403u);
  EXPECT_EQ(shown.substr(0, 5), "...\xC3\xA9");
  EXPECT_EQ(MetadataOf(TheRoot().Open("r:a\n").status(), "path"), "r:a\\n");
}

TEST_P(RootsTest, ARootThatIsMountedOrReplacedLaterIsSeen) {
  const Roots roots = TheRoot();
  std::filesystem::rename(tree_.root(), tree_.dir() / "old");
  Expect(roots, {{"r:file.mrc", kNotFound}});
  std::filesystem::create_directory(tree_.root());
  tree_.dir().Write("root/new.mrc", "new");
  Expect(roots, {{"r:new.mrc", "OK"}});
}

TEST_P(RootsTest, WhatTheDaemonMayNotReadIsUnreadable) {
  const std::string root = tree_.root();
  chmod((root + "/in").c_str(), 0);  // Follows the link: sub/deep.mrc.
  chmod((root + "/empty").c_str(), 0);
  const Roots roots = TheRoot();
  std::thread([&] {
    GiveUpRights();
    if (UniqueFd(open((root + "/sub/deep.mrc").c_str(), O_RDONLY)).valid()) {
      GTEST_SKIP() << "this user can read files of mode 000";
    }
    const char kUnreadable[] = "PERMISSION_DENIED FILE_UNREADABLE";
    Expect(roots, {{"r:file.mrc", "OK"},
                   {"r:sub/deep.mrc", kUnreadable},
                   {"r:empty/x", kUnreadable},
                   {"r:empty/..", kUnreadable}});
  }).join();
  chmod((root + "/empty").c_str(), 0755);
}

TEST_P(RootsTest, TooManyOpenFilesIsSaid) {
  const Roots roots = TheRoot();
  const int next = dup(0);
  close(next);
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  std::vector<std::string> verdicts;
  for (int more = 0; more < 2; ++more) {
    const rlimit few = {static_cast<rlim_t>(next + more), before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    verdicts.push_back(Verdict(roots.Open("r:sub/deep.mrc").status()));
  }
  setrlimit(RLIMIT_NOFILE, &before);
  for (const std::string& verdict : verdicts) {
    EXPECT_EQ(verdict, "RESOURCE_EXHAUSTED OPEN_FILES_LIMIT");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Ways, RootsTest, testing::Values(&OpenBeneathByKernel, &OpenBeneathByWalk, &OpenBeneath),
    [](const auto& way) {
      return std::string(way.index == 0 ? "Kernel" : way.index == 1 ? "Walk" : "Either");
    });

TEST(RootsParseTest, KeepsTheNamesInOrder) {
  const TempDir dir;
  const auto roots = Roots::Parse(absl::StrCat("b=", dir.path(), "/,A-1_x.y=/"));
  ASSERT_TRUE(roots.ok()) << roots.status();
  EXPECT_EQ(roots->names(), (std::vector<std::string>{"b", "A-1_x.y"}));
}

TEST(RootsParseTest, SaysWhatIsWrong) {
  const TempDir dir;
  dir.Write("file", "");
  for (const auto& [spec, why] : Rows{{"", "name is not"},
                                      {"/tmp", "name is not"},
                                      {"=/tmp", "name is not"},
                                      {"a b=/tmp", "name is not"},
                                      {"a=/,", "name is not"},
                                      {"a=/,a=/tmp", "twice"},
                                      {"a", "not absolute"},
                                      {"a=", "not absolute"},
                                      {"a=tmp", "not absolute"},
                                      {"a=/tmp/../etc", "has a .."},
                                      {"a=" + dir / "none", "No such file"},
                                      {"a=" + dir / "file", "Not a directory"}}) {
    const absl::Status status = Roots::Parse(spec).status();
    EXPECT_EQ(Verdict(status), "INVALID_ARGUMENT ROOTS_INVALID") << spec;
    EXPECT_NE(status.message().find(why), absl::string_view::npos) << status;
  }
}

TEST(CompareSeenTest, NamesWhatDiffersAndLetsAFileGrow) {
  OpenedFile opened;
  opened.path = "r:f";
  opened.view = {1, 2, 300, 4000};
  const std::vector<std::pair<FileView, std::string>> rows = {
      {{1, 2, 300, 4000}, "(none)"},
      {{1, 2, 299, 3999}, "(none)"},
      {{1, 2, 299, 4000}, "(none)"},
      {{9, 2, 300, 4000}, "device"},
      {{1, 9, 300, 4000}, "inode"},
      {{9, 9, 300, 4000}, "device, inode"},
      {{1, 2, 301, 4000}, "size"},
      {{1, 2, 300, 4001}, "modification time"},
      {{1, 2, 300, 3999}, "modification time"},
      {{1, 2, 299, 4001}, "size, modification time"},
      {{9, 2, 299, 3999}, "device"},
  };
  for (const auto& [seen, differ] : rows) {
    const absl::Status status = CompareSeen(opened, seen);
    EXPECT_EQ(MetadataOf(status, "differ"), differ) << status;
    EXPECT_EQ(Verdict(status), differ == "(none)" ? "OK" : "FAILED_PRECONDITION FILE_MISMATCH");
  }
}

}  // namespace
}  // namespace marcd
