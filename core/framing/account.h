// The account of a walk: every byte of it is in one record or in one gap.
#ifndef MARCD_CORE_FRAMING_ACCOUNT_H_
#define MARCD_CORE_FRAMING_ACCOUNT_H_

#include <cstdint>

#include "absl/status/status.h"
#include "core/framing/framer.h"

namespace marcd {

// Is given the blocks of one walk in order. Not thread-safe.
class Account {
 public:
  // The walk begins at byte `offset` with the record `ordinal`.
  Account(uint64_t offset, uint64_t ordinal) : offset_(offset), ordinal_(ordinal) {}

  // Takes the next block. INTERNAL ACCOUNT_UNBALANCED if it leaves out a byte or
  // an ordinal, has one twice, or says something else of itself; the account is
  // of no use then.
  absl::Status Add(const Block& block);

  // Every byte before it is accounted for, and every record.
  uint64_t offset() const { return offset_; }
  uint64_t ordinal() const { return ordinal_; }

 private:
  uint64_t offset_;
  uint64_t ordinal_;
};

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_ACCOUNT_H_
