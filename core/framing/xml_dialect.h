// What MARC looks like in XML: MARCXML, and turbomarc, which says the same in shorter
// names.
#ifndef MARCD_CORE_FRAMING_XML_DIALECT_H_
#define MARCD_CORE_FRAMING_XML_DIALECT_H_

#include "absl/strings/string_view.h"

namespace marcd::xml {

struct Dialect {
  absl::string_view xmlns;
  // Names of elements, without their prefix.
  absl::string_view record;
  absl::string_view leader;
  // Whether an element of that name stands in a record alone, right under it.
  bool (*is_part)(absl::string_view local_name);
};

// MARCXML: MARC 21 XML Schema, https://www.loc.gov/standards/marcxml/.
extern const Dialect kMarcXml;

// Turbomarc, of Index Data's YAZ: `r` for record, `l` for leader, `c001`, `d245`, `sa`; a tag
// or a code that is no name is an attribute: https://www.indexdata.com/turbomarc.
extern const Dialect kTurbomarc;

}  // namespace marcd::xml

#endif  // MARCD_CORE_FRAMING_XML_DIALECT_H_
