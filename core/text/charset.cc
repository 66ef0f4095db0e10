#include "core/text/charset.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "core/text/plain_run.h"
#include "core/text/utf8_writer.h"

namespace marcd {
namespace {

// A name, and which of kCharsets it is of.
struct Name {
  absl::string_view name;
  uint8_t charset;
};

#include "core/text/charset_tables.inc"

constexpr uint16_t kNothing = 0xFFFF;

// As Python does it: letters in lower case, and all else that stands between
// letters and digits one underscore.
std::string NormalName(absl::string_view name) {
  std::string normal;
  bool gap = false;
  for (const char c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      gap = true;
      continue;
    }
    if (gap && !normal.empty()) normal += '_';
    gap = false;
    normal += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return normal;
}

}  // namespace

const Charset* Charset::Find(absl::string_view name) {
  const std::string normal = NormalName(name);
  const auto* const row =
      std::lower_bound(std::begin(kNames), std::end(kNames), normal,
                       [](const Name& a, const std::string& b) { return a.name < b; });
  return row != std::end(kNames) && row->name == normal ? &kCharsets[row->charset] : nullptr;
}

TextFaults Charset::Decode(absl::string_view text, std::string* out) const {
  constexpr char32_t kReplacement = 0xFFFD;
  TextFaults faults;
  Utf8Writer writer(out);
  for (size_t at = 0; at < text.size();) {
    const size_t run = AsciiRun(text.substr(at));
    writer.Copy(text.substr(at, run));
    at += run;
    for (; at < text.size() && static_cast<uint8_t>(text[at]) >= 0x80; ++at) {
      const uint16_t c = high_[static_cast<uint8_t>(text[at]) & 0x7F];
      if (c == kNothing && faults.count++ == 0) faults.first = at;
      writer.Put(PackChar(c == kNothing ? kReplacement : c));
    }
  }
  writer.Flush();
  return faults;
}

}  // namespace marcd
