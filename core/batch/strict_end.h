// Where and why a read in the mode STRICT ends.
#ifndef MARCD_CORE_BATCH_STRICT_END_H_
#define MARCD_CORE_BATCH_STRICT_END_H_

#include "core/batch/batch.h"
#include "core/batch/read_plan.h"
#include "core/diagnostics/diagnostic.h"
#include "core/framing/framer.h"

namespace marcd {

// The first bytes in `block` that are neither of a record nor filler, which STRICT
// does not pass over; null if there are none.
const Gap* FindStrictGap(const Block& block);

// Ends `batch` before the record that `where` tells, which is damaged, and drops the
// gaps behind it: DATA_LOSS with the finding's reason; metadata `offset`, `length`,
// `ordinal`, `tag`.
void EndAtRecord(const Diagnostic& where, Batch* batch);

// Ends `batch` before `gap`, which is one of `block` and of `batch`; no record of the
// batch lies behind it, and the next would have the ordinal.
void EndAtGap(const Gap& gap, const Block& block, const ReadPlan& plan, uint64_t ordinal,
              Batch* batch);

}  // namespace marcd

#endif  // MARCD_CORE_BATCH_STRICT_END_H_
