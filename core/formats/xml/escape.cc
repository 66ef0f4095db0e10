#include "core/formats/xml/escape.h"

#include "absl/strings/str_cat.h"
#include "core/formats/xml/text_stop.h"

namespace marcd::xml {

size_t Escaper::AppendSpecial(absl::string_view text, size_t at, bool value) {
  switch (text[at]) {
    case '&':
      out_.append("&amp;");
      return 1;
    case '<':
      out_.append("&lt;");
      return 1;
    case '>':
      out_.append("&gt;");
      return 1;
    case '\r':
      out_.append("&#13;");
      return 1;
    case '\n':
      value ? out_.append("&#10;") : out_.append(1, '\n');
      return 1;
    case '\t':
      value ? out_.append("&#09;") : out_.append(1, '\t');
      return 1;
    case ']':
      out_.push_back(']');
      return 1;
    case '\xEF': {
      const absl::string_view character = text.substr(at, 3);
      const bool forbidden = character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
      if (forbidden) ++replaced_;
      const absl::string_view written = forbidden ? "\uFFFD" : character;
      out_.append(written.data(), written.size());
      return character.size();
    }
    default:
      ++replaced_;
      out_.append("\uFFFD");
      return 1;
  }
}

void Escaper::AppendText(absl::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t stop = FindTextStop(text, at);
    out_.append(text.data() + at, stop - at);
    at = stop < text.size() ? stop + AppendSpecial(text, stop, /*value=*/false) : stop;
  }
}

void Escaper::AppendValue(absl::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"') {
      out_.append("&quot;");
      ++at;
    } else if (IsTextStop(c)) {
      at += AppendSpecial(text, at, /*value=*/true);
    } else {
      out_.push_back(c);
      ++at;
    }
  }
}

Finding NotAllowed(size_t count) {
  Finding note =
      MakeFinding(Reason::kCharacterNotAllowed, Disposition::kRepaired,
                  absl::StrCat(count, " characters that XML cannot hold are written as U+FFFD"));
  note.variables = {{"count", absl::StrCat(count)}};
  return note;
}

}  // namespace marcd::xml
