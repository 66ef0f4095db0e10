#include "core/formats/iso2709/sniff.h"

#include "core/record/leader.h"

namespace marcd {

bool SniffIso2709(absl::string_view head) {
  if (head.size() <= kLeaderSize) return false;
  // A leader alone on its line is not the beginning of a directory (formats/line).
  if (head[kLeaderSize] == '\n' || head[kLeaderSize] == '\r') {
    return false;
  }
  const Leader leader(head);
  return leader.record_length() >= 0 && leader.base_address() >= 0;
}

}  // namespace marcd
