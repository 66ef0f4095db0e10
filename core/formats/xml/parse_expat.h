// A record's XML read by expat.
#ifndef MARCD_CORE_FORMATS_XML_PARSE_EXPAT_H_
#define MARCD_CORE_FORMATS_XML_PARSE_EXPAT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "core/formats/loose_record.h"
#include "core/formats/xml/context.h"
#include "core/formats/xml/record_handler.h"

namespace marcd::xml {

// Where and why a parse ended early.
struct ParseError {
  uint64_t byte = 0;  // of the record
  uint64_t line = 0;  // of the record, from 1
  std::string message;
};

// Tells `handler` of the elements of `record`, which stands in a document with that
// context, up to where it breaks XML's rules, nests too deeply or has too much text.
// `before` is a tag to be read before it, or empty.
//
// Nothing but the arguments is read: an entity that is outside of the document is left
// out, and `found` given a finding; so it is with one that is not declared, where the document has
// a DTD that could. What entities are expanded to is bounded, by expat and by the handler's bound
// on text. Thread-safe.
std::optional<ParseError> ParseByExpat(absl::string_view record, const Context& context,
                                       absl::string_view before, RecordHandler* handler,
                                       LooseRecord* found);

}  // namespace marcd::xml

#endif  // MARCD_CORE_FORMATS_XML_PARSE_EXPAT_H_
