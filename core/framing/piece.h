// What lies at the front of a window: a record, a gap, or not yet known.
#ifndef MARCD_CORE_FRAMING_PIECE_H_
#define MARCD_CORE_FRAMING_PIECE_H_

#include <cstddef>
#include <optional>

#include "core/diagnostics/reason.h"

namespace marcd {

struct Piece {
  enum Kind { kNeedMore, kRecord, kGap } kind = kNeedMore;
  size_t length = 0;
  std::optional<Reason> damage;               // of a record
  Reason gap = Reason::kBytesBetweenRecords;  // of a gap
  bool incomplete = false;                    // the source ends inside the record

  static Piece NeedMore() { return {}; }
  static Piece Record(size_t length, std::optional<Reason> damage = std::nullopt) {
    Piece piece;
    piece.kind = kRecord;
    piece.length = length;
    piece.damage = damage;
    return piece;
  }
  // A record that may go on when the source has grown.
  static Piece Incomplete(size_t length, std::optional<Reason> damage = std::nullopt) {
    Piece piece = Record(length, damage);
    piece.incomplete = true;
    return piece;
  }
  static Piece GapOf(size_t length, Reason reason) {
    Piece piece;
    piece.kind = kGap;
    piece.length = length;
    piece.gap = reason;
    return piece;
  }
};

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_PIECE_H_
