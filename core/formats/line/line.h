// The lines that yaz-marcdump writes with `-o line` and reads with `-i line`.
//
//   00026nam a2200025 i 4500
//   001 ocm1
//   245 10 $a Title $b with more
//
// Rules: as Index Data's YAZ 5 writes and reads them. The leader alone on a line, a control
// field's tag, a blank and its text; a data field's tag, a blank, two indicators, and
// subfields, each ` $`, its code, a blank and its text; an empty line behind a record. Read
// are also subfields without blanks around their codes, lines that four blanks continue,
// and comments in parentheses, which are left out.
//
// There are no escapes: line ends in a text, and what looks like the beginning of a
// subfield, are noted when they are written; the former become blanks.
// All functions are those of Format (core/formats/format.h); thread-safe.
#ifndef MARCD_CORE_FORMATS_LINE_LINE_H_
#define MARCD_CORE_FORMATS_LINE_LINE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/decode_options.h"
#include "core/formats/encode_options.h"
#include "core/record/record_view.h"

namespace marcd {

bool SniffLine(absl::string_view head);

std::optional<Finding> DecodeLine(absl::string_view record, const DecodeOptions& options,
                                  std::string* frames, std::vector<Finding>* notes);
bool MendLine(absl::string_view record, const DecodeOptions& options, std::string* frames,
              std::vector<Finding>* findings);

// In UTF-8. A record length that is not five digits is written as zeros: by it the leader
// is known.
std::optional<Finding> EncodeLine(const RecordView& record, const EncodeOptions& options,
                                  std::string* out, std::vector<Finding>* notes);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_LINE_LINE_H_
