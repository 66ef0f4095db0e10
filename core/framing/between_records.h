// Bytes that stand where a record could begin and are plainly none.
#ifndef MARCD_CORE_FRAMING_BETWEEN_RECORDS_H_
#define MARCD_CORE_FRAMING_BETWEEN_RECORDS_H_

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "core/framing/piece.h"

namespace marcd {

// How far the end of a record is looked for from a place that does not look like
// one with its directory. No length that a leader can say reaches further.
constexpr size_t kReach = 256 * 1024;

// The gap at the front of `window`: a record in UTF-16, or filler (newlines,
// blanks, NUL, 0x1A, a byte order mark) that no leader begins in; kNeedMore when
// more of either must be in view, nullopt when it is neither. `window` has
// kSignBytes bytes, or with `at_end` all that there are.
std::optional<Piece> LookBetweenRecords(absl::string_view window, bool at_end);

// How many bytes of line ends stand at the front of `text`, at most two.
size_t LineEndsLength(absl::string_view text);

// Whether nothing but filler is in `text`.
bool IsFiller(absl::string_view text);

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_BETWEEN_RECORDS_H_
