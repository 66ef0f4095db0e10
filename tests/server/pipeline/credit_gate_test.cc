#include "server/pipeline/credit_gate.h"

#include <gtest/gtest.h>

#include <limits>

namespace marcd {
namespace {

TEST(CreditGate, GrantsUpToTheLimit) {
  CreditGate gate(10);
  EXPECT_TRUE(gate.TryTake(4));
  EXPECT_TRUE(gate.TryTake(6));
  EXPECT_FALSE(gate.TryTake(1));
  gate.Return(4);
  EXPECT_FALSE(gate.TryTake(5));
  EXPECT_TRUE(gate.TryTake(4));
  EXPECT_EQ(gate.outstanding(), 10);
}

TEST(CreditGate, LetsOneThatIsTooLargePassAlone) {
  CreditGate gate(10);
  EXPECT_TRUE(gate.TryTake(25));
  EXPECT_FALSE(gate.TryTake(1));
  gate.Return(25);
  EXPECT_TRUE(gate.TryTake(1));
  EXPECT_FALSE(gate.TryTake(25));
}

TEST(CreditGate, WaitsUntilAChargeOverTheLimitIsPaidBack) {
  CreditGate gate(10);
  EXPECT_TRUE(gate.TryTake(4));
  gate.Charge(20);
  EXPECT_FALSE(gate.TryTake(0));
  gate.Return(14);
  EXPECT_TRUE(gate.Fits(0));
  EXPECT_FALSE(gate.Fits(1));
}

TEST(CreditGate, DoesNotOverflow) {
  CreditGate gate(10);
  EXPECT_TRUE(gate.TryTake(1));
  EXPECT_FALSE(gate.TryTake(std::numeric_limits<uint64_t>::max()));
}

}  // namespace
}  // namespace marcd
