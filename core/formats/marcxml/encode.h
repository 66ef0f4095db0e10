// Frame → MARCXML, byte for byte as pymarc 5.4's XMLWriter has it, but for what
// core/formats/xml/escape.h says.
#ifndef MARCD_CORE_FORMATS_MARCXML_ENCODE_H_
#define MARCD_CORE_FORMATS_MARCXML_ENCODE_H_

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
Document MarcXmlDocument(const EncodeOptions& options);
std::optional<Finding> EncodeMarcXml(const RecordView& record, const EncodeOptions& options,
                                     std::string* out, std::vector<Finding>* notes);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_MARCXML_ENCODE_H_
