// A source over bytes that are already in memory.
#ifndef MARCD_CORE_SOURCE_MEMORY_SOURCE_H_
#define MARCD_CORE_SOURCE_MEMORY_SOURCE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "core/base/bytes.h"
#include "core/source/source.h"

namespace marcd {

// The window is the whole of the bytes from the beginning, so Fill() has
// nothing to add. Where they are not the last, a record may be cut off at their
// end: their owner then sends what was not consumed again, with more.
class MemorySource final : public Source {
 public:
  // `base_offset` is where `bytes` begin in their owner's source; `last` says
  // that nothing follows them.
  MemorySource(SharedBytes bytes, uint64_t base_offset, bool last);

  // OK at the end; else OUT_OF_RANGE MORE_BYTES_NEEDED.
  absl::Status Fill() override;
};

}  // namespace marcd

#endif  // MARCD_CORE_SOURCE_MEMORY_SOURCE_H_
