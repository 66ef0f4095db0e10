// Says what is wrong with where a record begins or ends.
#ifndef MARCD_CORE_FORMATS_ISO2709_DAMAGE_H_
#define MARCD_CORE_FORMATS_ISO2709_DAMAGE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "core/diagnostics/reason.h"

namespace marcd {

// A sentence about `reason`, found by framing in `record`, which lies at
// `offset` of its source. The wording of the first five is what users of
// pymarc, rmarc and mrrc search for.
std::string DescribeIso2709Damage(Reason reason, absl::string_view record, uint64_t offset);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_ISO2709_DAMAGE_H_
