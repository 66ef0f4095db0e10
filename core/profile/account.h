// What became of every byte of a range of a source: how many records were
// delivered, mended or left out and why, and which bytes belong to none.
//
//   Account account;
//   account.Merge(AccountOf(batch));   // for each batch, in the order of the source
//   assert(account.bytes() == account.end_offset);   // nothing is lost or told twice
//
// Accounts of neighbouring ranges merge into that of both: merging is associative,
// and gives what one walk over both ranges gives. Not thread-safe.
#ifndef MARCD_CORE_PROFILE_ACCOUNT_H_
#define MARCD_CORE_PROFILE_ACCOUNT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/batch/batch.h"
#include "core/diagnostics/diagnostic.h"

namespace marcd {

// The findings about one record, which stand together in a batch.
using RecordFindings = absl::Span<const Diagnostic>;

// Calls `use(RecordFindings)` for each record of the batch about which there are any.
template <typename Use>
void ForEachFound(const Batch& batch, Use use) {
  const RecordFindings all(batch.diagnostics);
  for (size_t begin = 0; begin < all.size();) {
    size_t end = begin + 1;
    while (end < all.size() && all[end].ordinal == all[begin].ordinal) ++end;
    use(all.subspan(begin, end - begin));
    begin = end;
  }
}

// What was done about the record: the worst of what was done about its findings.
Disposition DispositionOf(RecordFindings findings);

// How many examples of each reason are kept: the first ones.
constexpr size_t kMaxExamples = 5;

// How often one reason was given for records.
struct ReasonTally {
  // Findings, and the records that they are about.
  uint64_t findings = 0;
  uint64_t records = 0;
  // Findings by what was done.
  uint64_t noted = 0;
  uint64_t repaired = 0;
  uint64_t skipped = 0;
  // In the order of the source; without `index` and `source`.
  std::vector<Diagnostic> examples;
};

// How often one reason was given for gaps. Gaps of one reason that touch are one,
// into however many pieces the walk cut them.
struct GapTally {
  uint64_t gaps = 0;
  uint64_t bytes = 0;
  std::vector<Gap> examples;
};

struct Account {
  // Of records. A delivered one is `repaired` if at least one finding says so, else
  // `noted` if there is any finding.
  uint64_t delivered = 0;
  uint64_t repaired = 0;
  uint64_t noted = 0;
  uint64_t skipped = 0;
  // The lengths of all records, skipped ones included; of all gaps.
  uint64_t record_bytes = 0;
  uint64_t gap_bytes = 0;
  // Behind the last byte of the last record or gap; 0 without any.
  uint64_t end_offset = 0;

  std::map<Reason, ReasonTally> reasons;
  std::map<Reason, GapTally> gap_reasons;
  // The last gap: the next range may begin with more of it.
  std::optional<Gap> last_gap;

  uint64_t records() const { return delivered + skipped; }
  // Those that were mended or left out.
  uint64_t bad_records() const { return repaired + skipped; }
  uint64_t gaps() const;
  // What is accounted for: all from the start of the range to end_offset.
  uint64_t bytes() const { return record_bytes + gap_bytes; }

  // Adds the account of the range that begins where this one ends.
  void Merge(Account next);

  // What is to be said of a source of which not one record could be read; empty for
  // any other.
  std::string Verdict() const;
};

// The account of one batch.
Account AccountOf(const Batch& batch);

}  // namespace marcd

#endif  // MARCD_CORE_PROFILE_ACCOUNT_H_
