// What an element of a record in XML says, apart from how its dialect spells it.
#ifndef MARCD_CORE_FORMATS_XML_ELEMENT_H_
#define MARCD_CORE_FORMATS_XML_ELEMENT_H_

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/framing/xml_dialect.h"

namespace marcd::xml {

struct Attribute {
  absl::string_view name;
  absl::string_view value;
};

struct Element {
  enum Kind { kUnknown, kRecord, kLeader, kControlField, kDataField, kSubfield };
  Kind kind = kUnknown;
  // A field's tag, a subfield's code; empty where none is given.
  absl::string_view value;
  absl::string_view indicator1;
  absl::string_view indicator2;
  // The name of an attribute that the dialect does not have, or empty.
  absl::string_view unknown_attribute;
};

// How records are read: the dialect, and what it means by the element of this name,
// which has no prefix, with these attributes. The result points into its arguments.
struct Reader {
  const Dialect* dialect;
  Element (*read)(absl::string_view local_name, absl::Span<const Attribute> attributes);
};

// Whether an attribute says nothing of a record that a MARC record could hold:
// declarations of namespaces and schemas, and the schema's own `id` and `type`.
inline bool IsSilent(absl::string_view name) {
  return name == "id" || name == "type" || name == "xmlns" || absl::StartsWith(name, "xmlns:") ||
         absl::StartsWith(name, "xsi:") || absl::StartsWith(name, "xml:");
}

}  // namespace marcd::xml

#endif  // MARCD_CORE_FORMATS_XML_ELEMENT_H_
