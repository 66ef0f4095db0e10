#include "core/diagnostics/diagnostic.h"

namespace marcd {

absl::string_view MessageOf(const Gap& gap) {
  switch (gap.note) {
    case GapNote::kNone:
      break;
    case GapNote::kRecordsAsText:
      return "Records stand there as text, escaped or in CDATA, and are not read: ask the server "
             "for "
             "recordPacking=xml, or unescape them.";
    case GapNote::kEntity:
      return "An entity stands there outside of any record, and records that it may hold are not "
             "read: resolve it first, for example with xmllint --noent.";
  }
  return RowOf(gap.reason).what;
}

}  // namespace marcd
