// The markup of XML, told apart without understanding it: where a tag, a comment, a
// CDATA section, a processing instruction or a DOCTYPE ends, and what a tag is called.
//
// Extensible Markup Language (XML) 1.0, sections 2.4 to 2.8 and 3.1. Tolerant of what
// is not well-formed: a tag that another `<` follows before its `>` is none (XML has no
// `<` in a tag, not even in an attribute's value), so damage does not reach further.
// All bytes that matter are ASCII: the text may be in any encoding that has ASCII in it.
#ifndef MARCD_CORE_FRAMING_XML_MARKUP_H_
#define MARCD_CORE_FRAMING_XML_MARKUP_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace marcd::xml {

// The end of a tag, or of a DOCTYPE, is not looked for further than this.
constexpr size_t kLongestTag = 256 * 1024;

enum class Markup {
  kIncomplete,  // the text ends too early to tell, or inside it
  kStray,       // a `<` with nothing of this behind it
  kStartTag,
  kEmptyTag,  // <name/>
  kEndTag,
  // Of these only what opens them is looked at; Closer(), and DoctypeLength(), say where
  // they end.
  kComment,
  kCdata,
  kInstruction,
  kDoctype,
};

struct Token {
  Markup markup = Markup::kIncomplete;
  // In bytes; of what is only looked at where it opens, that of its opening.
  size_t length = 0;
  // Of a tag, with its prefix.
  absl::string_view name;
  // Of a start tag or an empty one: what stands between the name and its end.
  absl::string_view attributes;
};

// The markup at the front of `text`, which begins with `<`.
Token ReadMarkup(absl::string_view text);

// The length of the DOCTYPE that `text` begins with; 0 when the text ends inside it, npos
// when it does not end within kLongestTag.
size_t DoctypeLength(absl::string_view text);

// What ends a comment, a CDATA section, a processing instruction.
absl::string_view Closer(Markup markup);

// The name behind its prefix.
inline absl::string_view LocalName(absl::string_view name) {
  const size_t colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

// Takes the next attribute off the front of `rest`; false when none is left that can
// be read. The value is as it stands, references and all.
bool NextAttribute(absl::string_view* rest, absl::string_view* name, absl::string_view* value);

// How many blanks and line ends are at the front of `text`.
size_t BlanksLength(absl::string_view text);

inline bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace marcd::xml

#endif  // MARCD_CORE_FRAMING_XML_MARKUP_H_
