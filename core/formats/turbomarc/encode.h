// Frame → turbomarc, of the shape that yaz-marcdump writes.
#ifndef MARCD_CORE_FORMATS_TURBOMARC_ENCODE_H_
#define MARCD_CORE_FORMATS_TURBOMARC_ENCODE_H_

#include <optional>
#include <string>
#include <vector>

#include "core/diagnostics/diagnostic.h"
#include "core/formats/document.h"
#include "core/formats/encode_options.h"
#include "core/record/record_view.h"

namespace marcd {

// Format's functions (core/formats/format.h). With options.single the document is the
// record.
Document TurbomarcDocument(const EncodeOptions& options);
std::optional<Finding> EncodeTurbomarc(const RecordView& record, const EncodeOptions& options,
                                       std::string* out, std::vector<Finding>* notes);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_TURBOMARC_ENCODE_H_
