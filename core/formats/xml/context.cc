#include "core/formats/xml/context.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/framing/xml_markup.h"

namespace marcd::xml {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Markup one after the other; text between is passed over.
class Scanner {
 public:
  explicit Scanner(absl::string_view head) : rest_(head) {
    absl::ConsumePrefix(&rest_, kByteOrderMark);
    rest_.remove_prefix(BlanksLength(rest_));
    if (!absl::StartsWith(rest_, "<")) rest_ = {};
  }

  // False when no more is there whole.
  bool Next(Token* token, absl::string_view* text) {
    rest_.remove_prefix(std::min(rest_.find('<'), rest_.size()));
    if (rest_.empty()) return false;
    *token = ReadMarkup(rest_);
    size_t length = token->length;
    switch (token->markup) {
      case Markup::kIncomplete:
        return false;
      case Markup::kComment:
      case Markup::kCdata:
      case Markup::kInstruction: {
        const absl::string_view closer = Closer(token->markup);
        const size_t end = rest_.find(closer, length);
        if (end == rest_.npos) return false;
        length = end + closer.size();
        break;
      }
      case Markup::kDoctype:
        length = DoctypeLength(rest_);
        if (length == 0 || length == rest_.npos) return false;
        break;
      default:
        break;
    }
    *text = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return true;
  }

 private:
  absl::string_view rest_;
};

bool IsElement(const Token& token) {
  return token.markup == Markup::kStartTag || token.markup == Markup::kEmptyTag;
}

bool HasNamespace(const Token& tag, absl::string_view xmlns) {
  absl::string_view rest = tag.attributes, name, value;
  while (NextAttribute(&rest, &name, &value)) {
    if (value == xmlns && absl::StartsWith(name, "xmlns")) return true;
  }
  return false;
}

// The characters below U+0100 of UTF-16, if the text is that.
std::string Narrowed(absl::string_view head) {
  std::string narrow;
  const absl::string_view begin = head.substr(0, 2);
  const bool marked = begin == "\xFF\xFE" || begin == "\xFE\xFF";
  if (!marked && begin != absl::string_view("<\0", 2) && begin != absl::string_view("\0<", 2)) {
    return narrow;
  }
  head.remove_prefix(marked ? 2 : 0);
  std::copy_if(head.begin(), head.end(), std::back_inserter(narrow), [](char c) { return c != 0; });
  return narrow;
}

// The encoding that an XML declaration names; empty where that is UTF-8, or cannot be true:
// the declaration could not be read in it.
std::string DeclaredEncoding(absl::string_view declaration) {
  absl::ConsumePrefix(&declaration, "<?xml");
  absl::string_view name, value;
  while (NextAttribute(&declaration, &name, &value)) {
    if (name != "encoding") continue;
    const std::string lower = absl::AsciiStrToLower(value);
    const bool plain = lower == "utf-8" || lower == "utf8" || lower == "us-ascii" ||
                       lower == "ascii" || absl::StartsWith(lower, "utf-16") ||
                       absl::StartsWith(lower, "ucs-") || absl::StrContains(lower, "\n");
    return plain ? "" : std::string(value);
  }
  return "";
}

}  // namespace

bool HasSigns(absl::string_view head, const Dialect& dialect) {
  const std::string narrow = Narrowed(head);
  if (!narrow.empty()) head = narrow;
  Scanner scanner(head);
  Token token;
  absl::string_view text;
  bool in_record = false;
  while (scanner.Next(&token, &text)) {
    if (!IsElement(token)) continue;
    const absl::string_view name = LocalName(token.name);
    if (HasNamespace(token, dialect.xmlns)) return true;
    if (in_record && dialect.is_part(name)) return true;
    in_record = name == dialect.record;
  }
  return false;
}

absl::string_view RootName(absl::string_view head) {
  Scanner scanner(head);
  Token token;
  absl::string_view text;
  while (scanner.Next(&token, &text)) {
    if (IsElement(token)) return LocalName(token.name);
  }
  return "";
}

std::string ReadContext(absl::string_view head) {
  const bool marked = absl::StartsWith(head, kByteOrderMark);
  Scanner scanner(head);
  Token token;
  absl::string_view text;
  std::string encoding;
  absl::string_view doctype;
  while (scanner.Next(&token, &text) && !IsElement(token)) {
    if (token.markup == Markup::kInstruction && absl::StartsWith(text, "<?xml ") && !marked) {
      encoding = DeclaredEncoding(text);
    } else if (token.markup == Markup::kDoctype) {
      doctype = text;
    }
  }
  return encoding.empty() && doctype.empty() ? "" : absl::StrCat(encoding, "\n", doctype);
}

Context::Context(absl::string_view context) {
  const size_t end = context.find('\n');
  if (end == context.npos) return;
  encoding = context.substr(0, end);
  doctype = context.substr(end + 1);
}

}  // namespace marcd::xml
