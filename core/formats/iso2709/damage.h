// What is wrong with where a record of ISO 2709 begins or ends.
#ifndef MARCD_CORE_FORMATS_ISO2709_DAMAGE_H_
#define MARCD_CORE_FORMATS_ISO2709_DAMAGE_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"

namespace marcd {

// The finding about `record`, which framing found at `offset` of the source and
// called `damage`: told apart further by what the record holds, with a sentence
// that has the numbers filled in.
Finding DescribeIso2709Damage(Reason damage, absl::string_view record, uint64_t offset);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_ISO2709_DAMAGE_H_
