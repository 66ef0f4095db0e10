#include "core/framing/account.h"

#include <gtest/gtest.h>

namespace marcd {
namespace {

// Twenty bytes from byte 100 on: a record, a gap and a record.
Block MakeBlock() {
  Block block;
  block.offset = 100;
  block.first_ordinal = 7;
  block.records.resize(2);
  block.records[0].length = 10;
  block.records[1].begin = 15;
  block.records[1].length = 5;
  block.gaps.push_back({110, 5, Reason::kNotARecord});
  block.source_bytes = 20;
  block.next_offset = 120;
  block.next_ordinal = 9;
  return block;
}

bool Balances(const Block& block) { return Account(100, 7).Add(block).ok(); }

TEST(Account, BalancesOverRecordsAndGaps) {
  Account account(100, 7);
  ASSERT_TRUE(account.Add(MakeBlock()).ok());
  EXPECT_EQ(account.offset(), 120);
  EXPECT_EQ(account.ordinal(), 9);
}

TEST(Account, ALostByteIsAnError) {
  Block block = MakeBlock();
  block.gaps[0].length = 4;
  block.source_bytes = 19;
  EXPECT_FALSE(Balances(block));
}

TEST(Account, AByteTwiceIsAnError) {
  Block block = MakeBlock();
  block.records[0].length = 11;
  block.source_bytes = 21;
  EXPECT_FALSE(Balances(block));
}

TEST(Account, ALostBlockIsAnError) { EXPECT_FALSE(Account(99, 7).Add(MakeBlock()).ok()); }

TEST(Account, ALostOrdinalIsAnError) { EXPECT_FALSE(Account(100, 6).Add(MakeBlock()).ok()); }

TEST(Account, AWrongSumIsAnError) {
  Block block = MakeBlock();
  block.source_bytes = 21;
  EXPECT_FALSE(Balances(block));
}

TEST(Account, APositionBehindWhatIsCoveredIsAnError) {
  Block block = MakeBlock();
  block.next_offset = 121;
  EXPECT_FALSE(Balances(block));
}

TEST(Account, PositionMayStayBeforeTheLastRecordOfTheWalk) {
  Block block = MakeBlock();
  block.next_offset = 115;
  block.next_ordinal = 8;
  EXPECT_FALSE(Balances(block));
  block.end = true;
  EXPECT_TRUE(Balances(block));
}

TEST(Account, PartsMustAddUpToTheirRecord) {
  Block block = MakeBlock();
  block.records[0].parts = 2;
  EXPECT_FALSE(Balances(block));
  block.part_lengths = {4, 6};
  EXPECT_TRUE(Balances(block));
  block.part_lengths = {4, 5};
  EXPECT_FALSE(Balances(block));
  block.part_lengths = {4, 6, 1};
  EXPECT_FALSE(Balances(block));
}

}  // namespace
}  // namespace marcd
