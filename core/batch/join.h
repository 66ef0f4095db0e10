// Frames of records that continue one another → one frame.
#ifndef MARCD_CORE_BATCH_JOIN_H_
#define MARCD_CORE_BATCH_JOIN_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace marcd {

// Replaces the valid frames, decoded and without source bytes, that stand end to end
// in `frames` from `begin` on and have these lengths by one: the leader and the
// fields of the first, and of the others the fields less those control fields that
// stand in the first; then `source`, unless it is empty, as its source bytes. False, and
// `frames` as it was, if that has more fields than a frame can have, or payloads of more
// than `max_payload` bytes.
bool JoinFrames(size_t begin, absl::Span<const size_t> lengths, absl::string_view source,
                size_t max_payload, std::string* frames);

}  // namespace marcd

#endif  // MARCD_CORE_BATCH_JOIN_H_
