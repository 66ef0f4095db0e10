// Text for people, as pymarc writes it: written, not read.
//
// Byte for byte what pymarc 5.4's TextWriter writes of the record: MARCMaker's lines without
// its mnemonics, so that `$`, `{` and line ends in the data stand as they are.
// All functions are those of Format (core/formats/format.h); thread-safe.
#ifndef MARCD_CORE_FORMATS_TEXT_TEXT_H_
#define MARCD_CORE_FORMATS_TEXT_TEXT_H_

#include <optional>
#include <string>
#include <vector>

#include "core/diagnostics/diagnostic.h"
#include "core/formats/encode_options.h"
#include "core/record/record_view.h"

namespace marcd {

std::optional<Finding> EncodeText(const RecordView& record, const EncodeOptions& options,
                                  std::string* out, std::vector<Finding>* notes);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_TEXT_TEXT_H_
