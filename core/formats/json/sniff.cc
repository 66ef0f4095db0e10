#include "core/formats/json/sniff.h"

#include <algorithm>

#include "absl/strings/strip.h"
#include "core/framing/json_scan.h"

namespace marcd {
namespace {

// Takes blanks, and the comments that people write though JSON has none, off the front of
// `text`; all of it, if it ends in one.
void SkipBlanksAndComments(absl::string_view* text) {
  for (;;) {
    text->remove_prefix(json::BlanksLength(*text));
    const absl::string_view sign = text->substr(0, 2);
    const absl::string_view closer = sign == "//" ? "\n" : sign == "/*" ? "*/" : "";
    if (closer.empty()) return;
    const size_t end = text->find(closer, sign.size());
    text->remove_prefix(end == text->npos ? text->size() : end + closer.size());
  }
}

// `head` without what may stand before a value; `*marked` if U+001E does.
absl::string_view Value(absl::string_view head, bool* marked) {
  absl::ConsumePrefix(&head, "\xEF\xBB\xBF");
  SkipBlanksAndComments(&head);
  *marked = absl::ConsumePrefix(&head, "\x1E");
  head.remove_prefix(json::BlanksLength(head));
  return head;
}

bool BeginsObject(absl::string_view text) {
  if (text.empty() || text[0] != '{') return false;
  text.remove_prefix(1);
  text.remove_prefix(json::BlanksLength(text));
  return text.empty() || text[0] == '"' || text[0] == '}';
}

bool BeginsArray(absl::string_view text) {
  if (text.empty() || text[0] != '[') return false;
  text.remove_prefix(1);
  SkipBlanksAndComments(&text);
  constexpr absl::string_view kBeginValues = "{[]\"-0123456789tfn";
  return text.empty() || kBeginValues.find(text[0]) != kBeginValues.npos;
}

// Whether what is in view of the first line is an object that a record could be in: an
// array of records in an object of one line is none.
bool IsLine(absl::string_view text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const absl::string_view line = text.substr(0, end);
  size_t at = 1;
  absl::string_view name;
  size_t value = 0;
  bool broken = false;
  at += json::BlanksLength(line.substr(at));
  if (at < line.size() && line[at] == '"' && json::ReadName(line, at, &name, &value, &broken) &&
      json::IsWrapperName(name)) {
    return false;
  }
  json::ObjectScan scan;
  scan.Begin("");
  const auto found = scan.Next(line);
  if (found == json::ObjectScan::Found::kRecord) return false;
  return found == json::ObjectScan::Found::kEnd || end == text.size();
}

}  // namespace

bool SniffJson(absl::string_view head) {
  bool marked = false;
  const absl::string_view value = Value(head, &marked);
  return (BeginsObject(value) || BeginsArray(value)) && !SniffJsonLines(head);
}

bool SniffJsonLines(absl::string_view head) {
  bool marked = false;
  const absl::string_view value = Value(head, &marked);
  return BeginsObject(value) && (marked || IsLine(value));
}

}  // namespace marcd
