#include "core/framing/xml_markup.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/match.h"

namespace marcd::xml {
namespace {

constexpr absl::string_view kCommentOpen = "<!--";
constexpr absl::string_view kCdataOpen = "<![CDATA[";
constexpr absl::string_view kDoctypeOpen = "<!DOCTYPE";

bool EndsName(char c) { return IsBlank(c) || c == '/' || c == '>' || c == '<' || c == '='; }

Token Found(Markup markup, size_t length) { return {markup, length, {}, {}}; }

// The `>` of the tag that begins `text`, quoted ones left out; npos when the text ends
// before it or another `<` comes.
size_t FindTagEnd(absl::string_view text, size_t from, bool* broken) {
  char quote = 0;
  for (size_t at = from; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '<') {
      *broken = true;
      return text.npos;
    }
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '>') {
      return at;
    } else if (c == '"' || c == '\'') {
      quote = c;
    }
  }
  return text.npos;
}

Token ReadTag(absl::string_view text) {
  const absl::string_view view = text.substr(0, kLongestTag);
  const size_t begin = view.size() > 1 && view[1] == '/' ? 2 : 1;
  size_t end = begin;
  while (end < view.size() && !EndsName(view[end])) ++end;
  if (end == begin && end < view.size()) return Found(Markup::kStray, 1);
  bool broken = false;
  const size_t close = FindTagEnd(view, end, &broken);
  if (broken || (close == view.npos && text.size() >= kLongestTag)) {
    return Found(Markup::kStray, 1);
  }
  if (close == view.npos) return {};
  Token token;
  token.length = close + 1;
  token.name = view.substr(begin, end - begin);
  token.attributes = view.substr(end, close - end);
  if (begin == 2) {
    token.markup = Markup::kEndTag;
  } else if (absl::EndsWith(token.attributes, "/")) {
    token.markup = Markup::kEmptyTag;
    token.attributes.remove_suffix(1);
  } else {
    token.markup = Markup::kStartTag;
  }
  return token;
}

// The end of what stands in a DOCTYPE at `at`: a literal, a comment, an instruction.
// npos when it is not in view.
size_t SkipInDoctype(absl::string_view view, size_t at) {
  const auto behind = [&](absl::string_view closer, size_t from) {
    const size_t found = view.find(closer, from);
    return found == view.npos ? found : found + closer.size();
  };
  const absl::string_view rest = view.substr(at);
  if (rest[0] == '"' || rest[0] == '\'') return behind(rest.substr(0, 1), at + 1);
  if (absl::StartsWith(rest, kCommentOpen)) return behind("-->", at + kCommentOpen.size());
  if (absl::StartsWith(rest, "<?")) return behind("?>", at + 2);
  return at + 1;
}

// Whether `text` begins with `opening` as far as it goes.
bool MayBe(absl::string_view text, absl::string_view opening) {
  const size_t n = std::min(text.size(), opening.size());
  return text.substr(0, n) == opening.substr(0, n);
}

}  // namespace

Token ReadMarkup(absl::string_view text) {
  if (text.size() < 2) return {};
  if (text[1] == '?') return Found(Markup::kInstruction, 2);
  if (text[1] != '!') return ReadTag(text);
  for (const absl::string_view opening : {kCommentOpen, kCdataOpen, kDoctypeOpen}) {
    if (!MayBe(text, opening)) continue;
    if (text.size() < opening.size()) return {};
    return Found(opening == kCommentOpen ? Markup::kComment
                 : opening == kCdataOpen ? Markup::kCdata
                                         : Markup::kDoctype,
                 opening.size());
  }
  return Found(Markup::kStray, 1);
}

// XML 1.0, [28] doctypedecl: literals, and an internal subset in brackets that has
// declarations with literals, comments and instructions.
size_t DoctypeLength(absl::string_view text) {
  const absl::string_view view = text.substr(0, kLongestTag);
  bool in_subset = false;
  for (size_t at = kDoctypeOpen.size(); at < view.size();) {
    const char c = view[at];
    if (c == '>' && !in_subset) return at + 1;
    if (c == '[') in_subset = true;
    if (c == ']') in_subset = false;
    at = SkipInDoctype(view, at);
  }
  return text.size() >= kLongestTag ? text.npos : 0;
}

absl::string_view Closer(Markup markup) {
  switch (markup) {
    case Markup::kComment:
      return "-->";
    case Markup::kCdata:
      return "]]>";
    default:
      return "?>";
  }
}

bool NextAttribute(absl::string_view* rest, absl::string_view* name, absl::string_view* value) {
  rest->remove_prefix(BlanksLength(*rest));
  size_t end = 0;
  while (end < rest->size() && !EndsName((*rest)[end])) ++end;
  *name = rest->substr(0, end);
  rest->remove_prefix(end);
  rest->remove_prefix(BlanksLength(*rest));
  if (name->empty() || rest->empty() || rest->front() != '=') return false;
  rest->remove_prefix(1);
  rest->remove_prefix(BlanksLength(*rest));
  if (rest->empty() || (rest->front() != '"' && rest->front() != '\'')) return false;
  const size_t close = rest->find(rest->front(), 1);
  if (close == rest->npos) return false;
  *value = rest->substr(1, close - 1);
  rest->remove_prefix(close + 1);
  return true;
}

size_t BlanksLength(absl::string_view text) {
  size_t n = 0;
  while (n < text.size() && IsBlank(text[n])) ++n;
  return n;
}

}  // namespace marcd::xml
