// A parser of nearly all records there are: of plain XML.
#ifndef MARCD_CORE_FORMATS_XML_PARSE_PLAIN_H_
#define MARCD_CORE_FORMATS_XML_PARSE_PLAIN_H_

#include "absl/strings/string_view.h"
#include "core/formats/xml/record_handler.h"

namespace marcd::xml {

// Tells `handler` of the elements of `record`, well-formed XML in UTF-8 that has nothing
// but tags with plain ASCII names, text, and references to characters and to the five
// entities of XML 1.0: no comment, CDATA section, instruction, CR in text, or blank but
// U+0020 in an attribute. False for all else, whatever is wrong or odd about it: the
// handler has been told of a part then and is of no use, and the record is expat's to
// read. Where it is true, expat would say the same (a test and a fuzz target compare).
//
// It is here because expat takes as long for a record as a whole run of yaz-marcdump does:
// most of it for copying names and attributes that are looked at once.
bool ParsePlain(absl::string_view record, RecordHandler* handler);

}  // namespace marcd::xml

#endif  // MARCD_CORE_FORMATS_XML_PARSE_PLAIN_H_
