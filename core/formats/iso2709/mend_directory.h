// The leader and the directory of a damaged record, as far as they can be read.
#ifndef MARCD_CORE_FORMATS_ISO2709_MEND_DIRECTORY_H_
#define MARCD_CORE_FORMATS_ISO2709_MEND_DIRECTORY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/formats/iso2709/mends.h"
#include "core/formats/iso2709/parts.h"

namespace marcd::iso2709 {

// One entry, perhaps without usable numbers.
struct FoundEntry {
  std::string tag;        // three printable characters
  std::string shown_tag;  // as the source has it
  // What the entry says, whether or not it lies in the data; the terminator counts.
  std::optional<Extent> extent;
};

struct FoundDirectory {
  std::string leader;  // 24 ASCII bytes
  std::vector<FoundEntry> entries;
  absl::string_view data;  // what follows the directory
};

// Whether an extent begins and ends in `data` where fields do.
bool LiesAsFieldsDo(const std::optional<Extent>& extent, absl::string_view data);

// Finds both in `record`, at most one entry more than a frame can have; `record` has at least a
// leader and no terminator. What had to be guessed is added to `mends`.
FoundDirectory FindDirectory(absl::string_view record, Mends* mends);

// Adds a finding about the entry at `index`.
void AddAboutEntry(Reason reason, size_t index, const FoundEntry& entry, absl::string_view what,
                   Mends* mends);

}  // namespace marcd::iso2709

#endif  // MARCD_CORE_FORMATS_ISO2709_MEND_DIRECTORY_H_
