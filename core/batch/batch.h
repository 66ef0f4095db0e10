// Records decoded from one block.
#ifndef MARCD_CORE_BATCH_BATCH_H_
#define MARCD_CORE_BATCH_BATCH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/batch/read_plan.h"
#include "core/diagnostics/diagnostic.h"
#include "core/framing/framer.h"

namespace marcd {

// The records of one block as frames (docs/frame.md), with everything said of
// them. The arrays have one element for each record delivered, in the order of
// the source.
struct Batch {
  std::string frames;
  std::vector<uint32_t> frame_lengths;
  std::vector<uint64_t> ordinals;
  std::vector<uint64_t> offsets;
  std::vector<uint32_t> lengths;
  std::vector<Diagnostic> diagnostics;
  std::vector<Gap> gaps;
  // From where, and with which ordinal, a later read would go on.
  uint64_t next_offset = 0;
  uint64_t next_ordinal = 0;
  // Nothing comes after this batch.
  bool end = false;
  // Not OK when the read ends here: STRICT met a damaged record. The records
  // before it are in the batch.
  absl::Status error;
};

// Decodes the records of `block` as `plan` says. A pure function: safe to call
// from any thread.
Batch DecodeBlock(const Block& block, const ReadPlan& plan);

}  // namespace marcd

#endif  // MARCD_CORE_BATCH_BATCH_H_
