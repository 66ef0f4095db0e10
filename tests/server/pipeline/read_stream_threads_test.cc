// ReadStream on real threads, for the thread sanitizer: it links no TBB.
#include <gtest/gtest.h>

#include "tests/server/pipeline/stream_crowd.h"
#include "tests/server/pipeline/thread_executor.h"

namespace marcd {
namespace {

TEST(ReadStreamThreads, KeepsItsPromisesInACrowd) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    ThreadExecutor executor(3);
    RunCrowd(&executor, seed, 12);
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace marcd
