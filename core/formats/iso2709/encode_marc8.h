// The fields of a frame with their text in MARC-8.
#ifndef MARCD_CORE_FORMATS_ISO2709_ENCODE_MARC8_H_
#define MARCD_CORE_FORMATS_ISO2709_ENCODE_MARC8_H_

#include <optional>
#include <string>
#include <vector>

#include "core/diagnostics/diagnostic.h"
#include "core/formats/encode_options.h"
#include "core/formats/iso2709/write_record.h"
#include "core/record/record_view.h"

namespace marcd::iso2709 {

// Appends to `fields` those of `record` in MARC-8, with a 066 ("Character Sets Present") of
// the sets that are used besides ASCII and ANSEL: in the place of the first that is there,
// or else before the first field with a higher tag; none where none is used. They are views
// into `record` and `text`. Notes what could not be kept; or says what has no code, if
// references are not wanted.
std::optional<Finding> EncodeFieldsInMarc8(const RecordView& record, const EncodeOptions& options,
                                           std::string* text, std::vector<OutField>* fields,
                                           std::vector<Finding>* notes);

}  // namespace marcd::iso2709

#endif  // MARCD_CORE_FORMATS_ISO2709_ENCODE_MARC8_H_
