#include "core/profile/account.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace marcd {
namespace {

// Moves examples behind those that are there, as long as there is room.
template <typename T>
void AddExamples(std::vector<T> more, std::vector<T>* examples) {
  for (T& each : more) {
    if (examples->size() == kMaxExamples) return;
    examples->push_back(std::move(each));
  }
}

// Without the record's bytes and its place in the batch.
Diagnostic ExampleOf(const Diagnostic& diagnostic) {
  Diagnostic example;
  example.finding = diagnostic.finding;
  example.ordinal = diagnostic.ordinal;
  example.offset = diagnostic.offset;
  example.length = diagnostic.length;
  return example;
}

void AddFinding(const Diagnostic& diagnostic, bool first_of_record, ReasonTally* tally) {
  ++tally->findings;
  tally->records += first_of_record;
  tally->noted += diagnostic.finding.disposition == Disposition::kNoted;
  tally->repaired += diagnostic.finding.disposition == Disposition::kRepaired;
  tally->skipped += diagnostic.finding.disposition == Disposition::kSkipped;
  if (tally->examples.size() < kMaxExamples) tally->examples.push_back(ExampleOf(diagnostic));
}

void ExtendTo(uint64_t end, Account* account) {
  account->end_offset = std::max(account->end_offset, end);
}

void AddFindings(RecordFindings findings, Account* account) {
  std::set<Reason> seen;
  for (const Diagnostic& each : findings) {
    const Reason reason = each.finding.reason;
    AddFinding(each, seen.insert(reason).second, &account->reasons[reason]);
  }
  switch (DispositionOf(findings)) {
    case Disposition::kNoted:
      ++account->noted;
      break;
    case Disposition::kRepaired:
      ++account->repaired;
      break;
    case Disposition::kSkipped:
      ++account->skipped;
      account->record_bytes += findings[0].length;
      ExtendTo(findings[0].offset + findings[0].length, account);
      break;
  }
}

void Merge(ReasonTally next, ReasonTally* tally) {
  tally->findings += next.findings;
  tally->records += next.records;
  tally->noted += next.noted;
  tally->repaired += next.repaired;
  tally->skipped += next.skipped;
  AddExamples(std::move(next.examples), &tally->examples);
}

void Merge(GapTally next, GapTally* tally) {
  tally->gaps += next.gaps;
  tally->bytes += next.bytes;
  AddExamples(std::move(next.examples), &tally->examples);
}

uint64_t EndOf(const Gap& gap) { return gap.offset + gap.length; }

// Where the first gap of `next` is more of the last one here, makes them one.
void JoinGaps(Account* account, Account* next) {
  if (!account->last_gap.has_value()) return;
  Gap& last = *account->last_gap;
  const auto found = next->gap_reasons.find(last.reason);
  if (found == next->gap_reasons.end()) return;
  GapTally& more = found->second;
  const Gap first = more.examples.front();
  if (first.offset != EndOf(last)) return;
  last.length += first.length;
  std::vector<Gap>& examples = account->gap_reasons[last.reason].examples;
  if (examples.back().offset == last.offset) examples.back().length = last.length;
  more.examples.erase(more.examples.begin());
  --more.gaps;
  if (next->last_gap->offset == first.offset) next->last_gap.reset();
}

Account AccountOf(const Gap& gap) {
  Account account;
  account.gap_bytes = gap.length;
  account.gap_reasons[gap.reason] = {1, gap.length, {gap}};
  account.last_gap = gap;
  account.end_offset = EndOf(gap);
  return account;
}

}  // namespace

Disposition DispositionOf(RecordFindings findings) {
  Disposition worst = Disposition::kNoted;
  for (const Diagnostic& each : findings) worst = std::max(worst, each.finding.disposition);
  return worst;
}

uint64_t Account::gaps() const {
  uint64_t sum = 0;
  for (const auto& [reason, tally] : gap_reasons) sum += tally.gaps;
  return sum;
}

void Account::Merge(Account next) {
  delivered += next.delivered;
  repaired += next.repaired;
  noted += next.noted;
  skipped += next.skipped;
  record_bytes += next.record_bytes;
  gap_bytes += next.gap_bytes;
  ExtendTo(next.end_offset, this);
  JoinGaps(this, &next);
  for (auto& [reason, tally] : next.reasons) marcd::Merge(std::move(tally), &reasons[reason]);
  for (auto& [reason, tally] : next.gap_reasons) {
    marcd::Merge(std::move(tally), &gap_reasons[reason]);
  }
  if (next.last_gap.has_value()) last_gap = next.last_gap;
}

std::string Account::Verdict() const {
  if (delivered > 0) return "";
  if (gap_reasons.count(Reason::kUtf16) > 0) {
    return absl::StrCat("The file is in UTF-16. ", RowOf(Reason::kUtf16).advice);
  }
  if (skipped > 0) return "Not one record can be read: all are damaged.";
  if (bytes() > 0) return "This is no MARC: there is not one record in it.";
  return "The file is empty.";
}

Account AccountOf(const Batch& batch) {
  Account account;
  account.delivered = batch.ordinals.size();
  for (size_t i = 0; i < batch.lengths.size(); ++i) {
    account.record_bytes += batch.lengths[i];
    ExtendTo(batch.offsets[i] + batch.lengths[i], &account);
  }
  for (const Gap& gap : batch.gaps) account.Merge(AccountOf(gap));
  ForEachFound(batch, [&account](RecordFindings found) { AddFindings(found, &account); });
  return account;
}

}  // namespace marcd
