#include "core/profile/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Everything in an account, to be compared.
std::string Spell(const Account& account) {
  std::string text = absl::StrCat(account.delivered, " ", account.repaired, " ", account.noted, " ",
                                  account.skipped, " ", account.record_bytes, " ",
                                  account.gap_bytes, " up to ", account.end_offset, "\n");
  for (const auto& [reason, tally] : account.reasons) {
    absl::StrAppend(&text, std::string(RowOf(reason).name), " ", tally.findings, " ", tally.records,
                    " ", tally.noted, " ", tally.repaired, " ", tally.skipped);
    for (const Diagnostic& each : tally.examples) {
      absl::StrAppend(&text, " [", each.ordinal, " ", each.offset, " ", each.length, " ",
                      each.finding.message, "]");
    }
    absl::StrAppend(&text, "\n");
  }
  for (const auto& [reason, tally] : account.gap_reasons) {
    absl::StrAppend(&text, std::string(RowOf(reason).name), " ", tally.gaps, " ", tally.bytes);
    for (const Gap& each : tally.examples) {
      absl::StrAppend(&text, " [", each.offset, " ", each.length, "]");
    }
    absl::StrAppend(&text, "\n");
  }
  if (account.last_gap.has_value()) {
    absl::StrAppend(&text, account.last_gap->offset, " ", account.last_gap->length, "\n");
  }
  return text;
}

// What of `batch` lies between two places; a gap is cut where they fall into it.
Batch Part(const Batch& batch, uint64_t begin, uint64_t end) {
  Batch part;
  const auto is_in = [&](uint64_t offset) { return offset >= begin && offset < end; };
  for (size_t i = 0; i < batch.ordinals.size(); ++i) {
    if (!is_in(batch.offsets[i])) continue;
    part.ordinals.push_back(batch.ordinals[i]);
    part.offsets.push_back(batch.offsets[i]);
    part.lengths.push_back(batch.lengths[i]);
  }
  for (const Diagnostic& each : batch.diagnostics) {
    if (is_in(each.offset)) part.diagnostics.push_back(each);
  }
  for (const Gap& each : batch.gaps) {
    const uint64_t from = std::max(begin, each.offset);
    const uint64_t to = std::min(end, each.offset + each.length);
    if (from < to) part.gaps.push_back({from, to - from, each.reason});
  }
  return part;
}

// Books, one byte in a hundred set to another value, and newlines between some.
std::string DamagedBooks(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string bytes;
  for (int i = 0; i < 30; ++i) {
    std::string book = MakeBook(i);
    for (size_t hits = random() % 3; hits > 0; --hits) {
      book[random() % book.size()] = static_cast<char>(random());
    }
    bytes += book + std::string(random() % 3, '\n');
  }
  return bytes;
}

Batch Repaired(const std::string& bytes) {
  Reading reading;
  reading.mode = RecoveryMode::kRepair;
  return ReadAll(bytes, reading);
}

TEST(Account, EveryByteIsInIt) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const std::string bytes = DamagedBooks(seed);
    const Account account = AccountOf(Repaired(bytes));
    ASSERT_EQ(account.bytes(), bytes.size()) << "seed " << seed;
    ASSERT_EQ(account.end_offset, bytes.size()) << "seed " << seed;
  }
}

TEST(Account, AccountsOfNeighboursMergeWhereverTheyAreCut) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const std::string bytes = DamagedBooks(seed);
    const Batch batch = Repaired(bytes);
    const std::string whole = Spell(AccountOf(batch));
    for (uint64_t cut = 0; cut <= bytes.size(); cut += 7) {
      Account account = AccountOf(Part(batch, 0, cut));
      account.Merge(AccountOf(Part(batch, cut, bytes.size())));
      ASSERT_EQ(Spell(account), whole) << "seed " << seed << ", cut at " << cut;
    }
  }
}

TEST(Account, MergingIsAssociative) {
  const std::string bytes = DamagedBooks(1);
  const Batch batch = Repaired(bytes);
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    uint64_t cuts[] = {random() % bytes.size(), random() % bytes.size()};
    std::sort(cuts, cuts + 2);
    Account left = AccountOf(Part(batch, 0, cuts[0]));
    left.Merge(AccountOf(Part(batch, cuts[0], cuts[1])));
    left.Merge(AccountOf(Part(batch, cuts[1], bytes.size())));
    Account tail = AccountOf(Part(batch, cuts[0], cuts[1]));
    tail.Merge(AccountOf(Part(batch, cuts[1], bytes.size())));
    Account right = AccountOf(Part(batch, 0, cuts[0]));
    right.Merge(std::move(tail));
    ASSERT_EQ(Spell(left), Spell(right)) << cuts[0] << " and " << cuts[1];
  }
}

TEST(Account, GapsOfOneReasonThatTouchAreOne) {
  Batch batch;
  batch.gaps = {{0, 10, Reason::kNotARecord},
                {10, 5, Reason::kNotARecord},
                {15, 5, Reason::kBytesBetweenRecords},
                {20, 1, Reason::kNotARecord},
                {30, 1, Reason::kNotARecord}};
  const Account account = AccountOf(batch);
  EXPECT_EQ(account.gaps(), 4);
  const GapTally& tally = account.gap_reasons.at(Reason::kNotARecord);
  EXPECT_EQ(tally.gaps, 3);
  EXPECT_EQ(tally.bytes, 17);
  EXPECT_EQ(tally.examples[0].length, 15);
  EXPECT_EQ(tally.examples[1].offset, 20);
}

TEST(Account, ManyPiecesOfAGapAreOneAndTheSixthGapIsNoExample) {
  Account account;
  for (uint64_t at = 0; at < 700; ++at) {
    Batch piece;
    if (at % 100 != 99) piece.gaps = {{at, 1, Reason::kNotARecord}};
    account.Merge(AccountOf(piece));
  }
  const GapTally& tally = account.gap_reasons.at(Reason::kNotARecord);
  EXPECT_EQ(tally.gaps, 7);
  ASSERT_EQ(tally.examples.size(), kMaxExamples);
  for (const Gap& each : tally.examples) EXPECT_EQ(each.length, 99);
  EXPECT_EQ(account.last_gap->offset, 600);
  EXPECT_EQ(account.last_gap->length, 99);
}

Diagnostic Found(uint64_t ordinal, Reason reason, Disposition disposition) {
  Diagnostic diagnostic;
  diagnostic.ordinal = ordinal;
  diagnostic.offset = 100 * ordinal;
  diagnostic.length = 100;
  diagnostic.finding.reason = reason;
  diagnostic.finding.disposition = disposition;
  return diagnostic;
}

TEST(Account, ARecordIsWhatTheWorstFindingSays) {
  Batch batch;
  batch.ordinals = {0, 1, 3};
  batch.offsets = {0, 100, 300};
  batch.lengths = {100, 100, 100};
  batch.diagnostics = {Found(0, Reason::kLeaderValue, Disposition::kNoted),
                       Found(1, Reason::kLeaderValue, Disposition::kNoted),
                       Found(1, Reason::kTagInvalid, Disposition::kRepaired),
                       Found(1, Reason::kTagInvalid, Disposition::kRepaired),
                       Found(2, Reason::kTagInvalid, Disposition::kRepaired),
                       Found(2, Reason::kNoFields, Disposition::kSkipped)};
  const Account account = AccountOf(batch);
  EXPECT_EQ(account.delivered, 3);
  EXPECT_EQ(account.noted, 1);
  EXPECT_EQ(account.repaired, 1);
  EXPECT_EQ(account.skipped, 1);
  EXPECT_EQ(account.bad_records(), 2);
  EXPECT_EQ(account.bytes(), 400);
  const ReasonTally& tally = account.reasons.at(Reason::kTagInvalid);
  EXPECT_EQ(tally.findings, 3);
  EXPECT_EQ(tally.records, 2);
  EXPECT_EQ(tally.repaired, 3);
}

TEST(Account, VerdictIsGivenOnlyWhereNoRecordCanBeRead) {
  EXPECT_THAT(AccountOf(Repaired(MakeBook(1) + "junk")).Verdict(), IsEmpty());
  EXPECT_EQ(AccountOf(Repaired("")).Verdict(), "The file is empty.");
  EXPECT_THAT(AccountOf(Repaired("Dear Sir or Madam,\n")).Verdict(), HasSubstr("no MARC"));
  std::string utf16;
  for (const char c : MakeBooks(3)) utf16 += {c, '\0'};
  EXPECT_THAT(AccountOf(Repaired(utf16)).Verdict(), HasSubstr("UTF-16"));
  EXPECT_THAT(AccountOf(ReadAll(MakeRecord({{"245", "1"}}))).Verdict(), HasSubstr("damaged"));
}

}  // namespace
}  // namespace marcd
