// The values that MARC 21 defines for the leader's positions, by type of record
// (leader/06): MARC 21 Format for Bibliographic, Authority, Holdings,
// Classification and Community Information Data, "Leader".
#ifndef MARCD_CORE_RECORD_LEADER_VALUES_H_
#define MARCD_CORE_RECORD_LEADER_VALUES_H_

#include <string>

#include "absl/strings/string_view.h"

namespace marcd {

// Whether positions 05 to 11 and 17 to 23 of `leader`, 24 bytes, have values that
// are defined for its type of record, or were so once.
bool HasDefinedValues(absl::string_view leader);

// The positions that have not, such as `05 is 'x' (bibliographic: acdnp)`; empty
// when all have.
std::string DescribeLeaderValues(absl::string_view leader);

}  // namespace marcd

#endif  // MARCD_CORE_RECORD_LEADER_VALUES_H_
