// What the first bytes of an XML document say of it.
#ifndef MARCD_CORE_FORMATS_XML_CONTEXT_H_
#define MARCD_CORE_FORMATS_XML_CONTEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "core/framing/xml_dialect.h"

namespace marcd::xml {

// Whether `head`, a document's first bytes, is XML and shows signs of the dialect: its
// namespace, or a part of a record right in an element of a record's name. A document in
// UTF-16 is looked at too.
bool HasSigns(absl::string_view head, const Dialect& dialect);

// The local name of the document's root element, or empty if it is no XML.
absl::string_view RootName(absl::string_view head);

// What a record of the document cannot be parsed without: its encoding, if that is not
// UTF-8, and its DOCTYPE, in a form of which Context knows. Most documents have neither,
// and it is empty. Of a DOCTYPE that `head` does not hold whole nothing is told.
std::string ReadContext(absl::string_view head);

// That form taken apart.
struct Context {
  explicit Context(absl::string_view context);

  absl::string_view encoding;  // empty: UTF-8
  absl::string_view doctype;
};

}  // namespace marcd::xml

#endif  // MARCD_CORE_FORMATS_XML_CONTEXT_H_
