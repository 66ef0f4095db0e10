#include "server/pipeline/io_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <vector>

namespace marcd {
namespace {

constexpr std::chrono::seconds kPatience(20);

TEST(IoPool, RunsTheQueueBeforeItDies) {
  std::atomic<int> done{0};
  {
    IoPool pool(2);
    for (int i = 0; i < 1000; ++i) pool.Post([&done] { ++done; });
  }
  EXPECT_EQ(done, 1000);
}

TEST(IoPool, OneThreadKeepsTheOrder) {
  std::vector<int> order;
  {
    IoPool pool(1);
    for (int i = 0; i < 100; ++i) pool.Post([&order, i] { order.push_back(i); });
  }
  ASSERT_EQ(order.size(), 100);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[i], i);
}

TEST(IoPool, ABlockedTaskHoldsUpNoOther) {
  std::promise<void> blocked_may_go;
  std::promise<void> other_ran;
  IoPool pool(2);
  pool.Post([wait = blocked_may_go.get_future().share()] { wait.wait(); });
  pool.Post([&other_ran] { other_ran.set_value(); });
  EXPECT_EQ(other_ran.get_future().wait_for(kPatience), std::future_status::ready);
  blocked_may_go.set_value();
}

TEST(IoPool, ATaskMayPostAnother) {
  std::promise<void> ran;
  IoPool pool(1);
  pool.Post([&pool, &ran] { pool.Post([&ran] { ran.set_value(); }); });
  EXPECT_EQ(ran.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST(IoPool, LetsGoOfATaskOnceItHasRun) {
  IoPool pool(1);
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = held;
  std::promise<void> next;
  pool.Post([held = std::move(held)] {});
  pool.Post([&next] { next.set_value(); });
  ASSERT_EQ(next.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace marcd
