// A damaged field's payload → one that a frame can hold.
#ifndef MARCD_CORE_FORMATS_ISO2709_MEND_PAYLOAD_H_
#define MARCD_CORE_FORMATS_ISO2709_MEND_PAYLOAD_H_

#include <string>

#include "absl/strings/string_view.h"
#include "core/formats/iso2709/mends.h"

namespace marcd::iso2709 {

// The payload, mended so that CheckPayload() accepts it; what was done is added to
// `mends`. No text is lost: what stands where it cannot stay moves into a subfield.
// (A third indicator is: the finding shows it.)
std::string MendPayload(absl::string_view payload, absl::string_view tag, bool control,
                        Mends* mends);

}  // namespace marcd::iso2709

#endif  // MARCD_CORE_FORMATS_ISO2709_MEND_PAYLOAD_H_
