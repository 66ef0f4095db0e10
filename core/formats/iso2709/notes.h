// What can be said of a record that is delivered as it stands.
#ifndef MARCD_CORE_FORMATS_ISO2709_NOTES_H_
#define MARCD_CORE_FORMATS_ISO2709_NOTES_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/iso2709/parts.h"

namespace marcd::iso2709 {

// Adds LEADER_VALUE if the leader of `record` has values that MARC 21 does not
// define for its type of record.
void NoteLeader(absl::string_view record, std::vector<Finding>* notes);

// Adds what the fields' places in the data give cause to say: NO_FIELDS,
// FIELDS_OUT_OF_ORDER, FIELDS_OVERLAP, DATA_UNREFERENCED.
void NoteLayout(const Parts& parts, absl::Span<const Extent> extents, std::vector<Finding>* notes);

}  // namespace marcd::iso2709

#endif  // MARCD_CORE_FORMATS_ISO2709_NOTES_H_
