// A record whose text stands in a frame as it stands in the source: nearly every one.
#ifndef MARCD_CORE_FORMATS_ISO2709_COPY_RECORD_H_
#define MARCD_CORE_FORMATS_ISO2709_COPY_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/inlined_vector.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/iso2709/parts.h"

namespace marcd::iso2709 {

// What text may be copied into the frame as it is.
enum class Copyable { kAnything, kUtf8, kPlainMarc8, kAscii };

using Extents = absl::InlinedVector<Extent, 64>;

// Where a record's fields lie in its data.
struct Layout {
  Extents extents;
  size_t payload_size = 0;
  bool contiguous = true;  // each field begins where the one before it ends

  // Whether nothing but the fields, each once, makes up the data.
  bool Fills(const Parts& parts) const {
    return contiguous && payload_size + extents.size() == parts.data.size();
  }
};

// What a record's text is, beside its delimiters.
struct Seen {
  bool ascii = true;
  bool escapes = false;  // ESC, or 0x1C
};

enum class Copied { kWhole, kFault, kTextToDecode };

// Appends the frame of a record, its flags apart, and says in `seen` what its text is. Where a
// field has a fault, which goes to `fault`, or its text is not to be copied, `frames` is left as
// it was.
Copied CopyRecord(const Parts& parts, const Layout& layout, Copyable copyable, std::string* frames,
                  Seen* seen, std::optional<Finding>* fault);

}  // namespace marcd::iso2709

#endif  // MARCD_CORE_FORMATS_ISO2709_COPY_RECORD_H_
