// Tells ISO 2709 by its first bytes.
#ifndef MARCD_CORE_FORMATS_ISO2709_SNIFF_H_
#define MARCD_CORE_FORMATS_ISO2709_SNIFF_H_

#include "absl/strings/string_view.h"

namespace marcd {

// Whether `head`, the first bytes of a source, begins with a MARC leader:
// length and base address in digits (leader/00-04, 12-16), which no text format
// has. Needs 24 bytes.
bool SniffIso2709(absl::string_view head);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_ISO2709_SNIFF_H_
