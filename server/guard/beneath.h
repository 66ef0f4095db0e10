// Opening a path so that it cannot lead out of a directory.
//
// Two ways with one verdict: openat2(2), and a walk over the path's components
// for kernels and containers that do not have it or do not allow it (it goes at
// most 128 directories deep, where the kernel goes as deep as it likes). Both
// follow up to 40 symbolic links, and refuse the links of procfs that jump to an open
// file, a program or a namespace (/proc/self/fd/3, /dev/stdin).
// Safe to call from any thread; may block as long as the file system does.
#ifndef MARCD_SERVER_GUARD_BENEATH_H_
#define MARCD_SERVER_GUARD_BENEATH_H_

#include <string>

namespace marcd {

// What `..` at the top and absolute links do.
enum class Confinement {
  // They are refused.
  kBeneath,
  // The directory is taken for the root of the file system, which nothing leaves.
  kInRoot,
};

// Opens `path`, relative to the directory open at `root`, with the `flags` of
// open(2), and returns the new descriptor, or the negated errno: EXDEV for a way
// out, ELOOP for a link that is not followed, else as openat(2).
using OpenBeneathFunction = int (*)(int root, const std::string& path, int flags,
                                    Confinement confinement);

// By the kernel where it can, else by a walk.
int OpenBeneath(int root, const std::string& path, int flags, Confinement confinement);

// Either of the two. The first also returns -ENOSYS or -EPERM where the kernel
// or the container has no openat2, and -EAGAIN when `..` kept meeting renames.
int OpenBeneathByKernel(int root, const std::string& path, int flags, Confinement confinement);
int OpenBeneathByWalk(int root, const std::string& path, int flags, Confinement confinement);

}  // namespace marcd

#endif  // MARCD_SERVER_GUARD_BENEATH_H_
