// The rule of ISO 2709: what begins at a byte, and where it ends.
//
// A record says where it ends twice: by the leader's length (00-04), and by the
// record terminator 0x1D. In good data they agree. The rule for the rest is
// written out in docs/reading.md, "Where a record ends"; the numbers in
// iso2709_rule.cc are those of its steps.
//
// It looks only at what follows the byte, and what it says does not depend on how
// much of that happens to be in view: it has decided, or it asks for more. So a
// walk that is resumed at any boundary goes on as the first one did.
#ifndef MARCD_CORE_FRAMING_ISO2709_RULE_H_
#define MARCD_CORE_FRAMING_ISO2709_RULE_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/framing/leader_signs.h"
#include "core/framing/piece.h"

namespace marcd {

// Not thread-safe: it keeps what its searches have found.
class Iso2709Rule {
 public:
  explicit Iso2709Rule(size_t max_record_bytes);

  // What lies at the front of `window`, which begins at byte `offset` of the
  // source and, with `at_end`, ends with it. `window` is not empty.
  Piece Look(absl::string_view window, uint64_t offset, bool at_end) {
    const size_t length = AgreedLength(window);
    return length > 0 ? Piece::Record(length) : LookClosely(window, offset, at_end);
  }

 private:
  struct Place;

  Piece LookClosely(absl::string_view window, uint64_t offset, bool at_end);
  Piece Resolve(const Place& place);
  Piece ResolveTerminated(const Place& place, size_t end) const;
  Piece ResolveFar(const Place& place);
  // The end of the first terminator among the first `limit` bytes; 0 when there
  // is none in view.
  size_t TerminatorEnd(const Place& place, size_t limit);

  // The furthest that a terminator is looked for.
  const size_t horizon_;
  // There is no terminator in [clear_from_, clear_to_) of the source: many
  // records without one must not each search the same bytes.
  uint64_t clear_from_ = 1;
  uint64_t clear_to_ = 0;
};

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_ISO2709_RULE_H_
