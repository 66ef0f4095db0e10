// ISO 2709 bytes of one record → frame.
//
// Rules: MARC 21 Specifications for Record Structure, "Leader", "Directory" and
// "Variable Fields". Fields come in the order of the directory. What a frame
// cannot hold is a fault, never dropped.
#ifndef MARCD_CORE_FORMATS_ISO2709_DECODE_H_
#define MARCD_CORE_FORMATS_ISO2709_DECODE_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "core/diagnostics/reason.h"

namespace marcd {

// Why a record cannot be decoded.
struct DecodeFault {
  Reason reason;
  // The tag of the field at fault, or empty.
  std::string tag;
  // A sentence that says what was found, and where in the record.
  std::string message;
};

// Appends the frame of `record` to `frames`, or returns the fault and leaves
// `frames` as it was. `record` is one record with its terminator, as framed.
// The frame's payloads are at most `max_payload` bytes together. Thread-safe.
std::optional<DecodeFault> DecodeIso2709(absl::string_view record, size_t max_payload,
                                         std::string* frames);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_ISO2709_DECODE_H_
