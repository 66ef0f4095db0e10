// Frame → ISO 2709 bytes of one record.
//
// Rules: MARC 21 Specifications for Record Structure. docs/formats.md says what is done
// with what the format has no room for.
#ifndef MARCD_CORE_FORMATS_ISO2709_ENCODE_H_
#define MARCD_CORE_FORMATS_ISO2709_ENCODE_H_

#include <optional>
#include <string>
#include <vector>

#include "core/diagnostics/diagnostic.h"
#include "core/formats/encode_options.h"
#include "core/record/record_view.h"

namespace marcd {

// Appends `record` to `out`, and what is to be said of it to `notes`; or says why it cannot
// be written, and appends nothing. A verbatim record comes out as it went in, if its leader
// says what `options` want; of any other lengths and base address are counted anew, and
// leader/09 says what the text is. Raw payloads are written as they are, under their own
// leader/09; an undecoded record, as its bytes. Thread-safe.
std::optional<Finding> EncodeIso2709(const RecordView& record, const EncodeOptions& options,
                                     std::string* out, std::vector<Finding>* notes);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_ISO2709_ENCODE_H_
