// What lies at the front of a window: a record, a gap, or not yet known.
#ifndef MARCD_CORE_FRAMING_PIECE_H_
#define MARCD_CORE_FRAMING_PIECE_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/diagnostics/diagnostic.h"

namespace marcd {

// Sixteen bytes, so that it comes back in registers: there is one a record.
struct Piece {
  enum Kind : uint8_t { kNeedMore, kRecord, kDamagedRecord, kGap };
  size_t length = 0;
  // Of a damaged record and of a gap.
  Reason reason = Reason::kNotARecord;
  Kind kind = kNeedMore;
  // The source ends inside the record; it may go on when the source has grown.
  bool incomplete = false;
  // Of a gap.
  GapNote note = GapNote::kNone;

  static Piece NeedMore() { return {}; }
  static Piece Record(size_t length) {
    return {length, Reason::kNotARecord, kRecord, false, GapNote::kNone};
  }
  static Piece Damaged(size_t length, Reason damage) {
    return {length, damage, kDamagedRecord, false, GapNote::kNone};
  }
  static Piece Truncated(size_t length, Reason damage) {
    return {length, damage, kDamagedRecord, true, GapNote::kNone};
  }
  static Piece GapOf(size_t length, Reason reason, GapNote note = GapNote::kNone) {
    return {length, reason, kGap, false, note};
  }
};
static_assert(sizeof(Piece) == 16, "comes back in registers");

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_PIECE_H_
