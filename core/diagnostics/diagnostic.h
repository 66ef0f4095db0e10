// What can be said of one record, or of bytes that belong to none.
#ifndef MARCD_CORE_DIAGNOSTICS_DIAGNOSTIC_H_
#define MARCD_CORE_DIAGNOSTICS_DIAGNOSTIC_H_

#include <cstdint>
#include <string>

#include "core/diagnostics/reason.h"

namespace marcd {

// What was done about a finding; the values are those of the API.
enum class Disposition { kNoted = 1, kRepaired = 2, kSkipped = 3 };

// A finding about one record.
struct Diagnostic {
  Reason reason = Reason::kNotARecord;
  Disposition disposition = Disposition::kSkipped;
  // The record's index among those delivered in its batch, or -1.
  int32_t index = -1;
  uint64_t ordinal = 0;
  // Where the record lies in the source, in bytes.
  uint64_t offset = 0;
  uint64_t length = 0;
  // The tag of the field at fault, or empty.
  std::string tag;
  // A sentence: what, where, why.
  std::string message;
};

// Bytes of the source that belong to no record.
struct Gap {
  uint64_t offset = 0;
  uint64_t length = 0;
  Reason reason;
};

}  // namespace marcd

#endif  // MARCD_CORE_DIAGNOSTICS_DIAGNOSTIC_H_
