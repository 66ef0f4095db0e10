// Turbomarc → frame: https://www.indexdata.com/turbomarc, and what yaz-marcdump writes.
#ifndef MARCD_CORE_FORMATS_TURBOMARC_DECODE_H_
#define MARCD_CORE_FORMATS_TURBOMARC_DECODE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/decode_options.h"
#include "core/framing/framer.h"

namespace marcd {

// Format's functions (core/formats/format.h); what is common to XML is in
// core/formats/xml/decode.h.
bool SniffTurbomarc(absl::string_view head);
std::unique_ptr<Framer> MakeTurbomarcFramer(const FramerOptions& options);
std::optional<Finding> DecodeTurbomarc(absl::string_view record, const DecodeOptions& options,
                                       std::string* frames, std::vector<Finding>* notes);
bool MendTurbomarc(absl::string_view record, const DecodeOptions& options, std::string* frames,
                   std::vector<Finding>* findings);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_TURBOMARC_DECODE_H_
