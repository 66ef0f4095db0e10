// The leader: 24 bytes that say where things are and how they are coded.
// Positions are those of MARC 21 Bibliographic, "Leader".
#ifndef MARCD_CORE_RECORD_LEADER_H_
#define MARCD_CORE_RECORD_LEADER_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/base/bytes.h"
#include "core/record/frame.h"

namespace marcd {

// Reads a leader in place. `bytes` has at least 24 bytes and outlives the view.
class Leader {
 public:
  explicit Leader(absl::string_view bytes) : bytes_(bytes.substr(0, kLeaderSize)) {}

  absl::string_view bytes() const { return bytes_; }

  // 00-04, record length in bytes; -1 when it is not five digits.
  int32_t record_length() const { return ParseDigits(bytes_.substr(0, 5)); }

  // 12-16, where the first field's data begins; -1 when it is not five digits.
  int32_t base_address() const { return ParseDigits(bytes_.substr(12, 5)); }

  // 09, character coding scheme: `a` is UTF-8, a blank MARC-8.
  char coding_scheme() const { return bytes_[9]; }

 private:
  absl::string_view bytes_;
};

}  // namespace marcd

#endif  // MARCD_CORE_RECORD_LEADER_H_
