// Where the fields of a damaged record lie, as far as can be told.
#ifndef MARCD_CORE_FORMATS_ISO2709_MEND_LAYOUT_H_
#define MARCD_CORE_FORMATS_ISO2709_MEND_LAYOUT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/formats/iso2709/mends.h"

namespace marcd::iso2709 {

// A field found: three printable characters, and its bytes in the record.
struct FoundField {
  std::string tag;
  absl::string_view payload;  // without its terminator
};

struct Layout {
  std::string leader;  // 24 ASCII bytes
  absl::string_view data;
  std::vector<FoundField> fields;
};

// The layout of `record`, which has at least a leader and no terminator; what had
// to be guessed is added to `mends`. The payloads are views into `record`.
Layout FindLayout(absl::string_view record, Mends* mends);

}  // namespace marcd::iso2709

#endif  // MARCD_CORE_FORMATS_ISO2709_MEND_LAYOUT_H_
