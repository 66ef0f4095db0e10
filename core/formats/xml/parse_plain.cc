#include "core/formats/xml/parse_plain.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "core/formats/xml/text_stop.h"
#include "core/framing/xml_markup.h"
#include "core/text/utf8.h"
#include "core/text/utf8_writer.h"

namespace marcd::xml {
namespace {

constexpr size_t kDeepest = 8;
constexpr size_t kMostAttributes = 8;
constexpr absl::string_view kNoncharacter = "\xEF\xBF";  // U+FFFE or U+FFFF, with 0xBE or 0xBF

// The bytes of plain names, which begin with a letter or an underscore.
constexpr std::array<bool, 256> MakeNameBytes() {
  std::array<bool, 256> bytes{};
  for (int c = 0; c < 128; ++c) {
    bytes[c] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.' || c == ':';
  }
  return bytes;
}
constexpr std::array<bool, 256> kNameBytes = MakeNameBytes();

bool BeginsName(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_'; }

// XML 1.0, [2] Char.
bool IsXmlChar(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xD800) ||
         (c > 0xDFFF && c < 0xFFFE) || (c > 0xFFFF && c <= 0x10FFFF);
}

void AppendUtf8(char32_t c, std::string* out) {
  Utf8Writer writer(out);
  c < 0x800 ? writer.Put(PackChar(c)) : writer.PutWide(c);
  writer.Flush();
}

// Whether `text` begins with `name`; a loop, for names are short.
bool BeginsWith(absl::string_view text, absl::string_view name) {
  if (text.size() < name.size()) return false;
  if (name.size() >= 8) {
    uint64_t a, b;
    std::memcpy(&a, text.data(), 8);
    std::memcpy(&b, name.data(), 8);
    if (a != b) return false;
  }
  for (size_t i = name.size() >= 8 ? 8 : 0; i < name.size(); ++i) {
    if (text[i] != name[i]) return false;
  }
  return true;
}

class PlainParser {
 public:
  PlainParser(absl::string_view text, RecordHandler* handler) : text_(text), handler_(*handler) {}

  bool Parse() {
    SkipBlanks();
    do {
      if (!(Sees('<') ? Tag() : Text())) return false;
    } while (depth_ > 0);
    SkipBlanks();
    return at_ == text_.size();
  }

 private:
  bool Sees(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool Take(char c) {
    if (!Sees(c)) return false;
    ++at_;
    return true;
  }
  bool SkipBlanks() {
    const size_t begin = at_;
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
    return at_ > begin;
  }
  absl::string_view Name() {
    const size_t begin = at_;
    if (at_ < text_.size() && BeginsName(text_[at_])) {
      while (at_ < text_.size() && kNameBytes[static_cast<uint8_t>(text_[at_])]) ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  bool Tag() {
    ++at_;
    if (Take('/')) return EndTag();
    const absl::string_view name = Name();
    if (name.empty()) return false;
    size_t attributes = 0;
    for (;;) {
      const bool blanks = SkipBlanks();
      if (Sees('>') || Sees('/')) break;
      if (!blanks || attributes == kMostAttributes || !ReadAttribute(attributes)) return false;
      ++attributes;
    }
    handler_.Start(LocalName(name), absl::MakeConstSpan(attributes_.data(), attributes));
    if (Take('/')) {
      handler_.End();
      return Take('>') && depth_ > 0;
    }
    ++at_;
    if (depth_ == kDeepest) return false;
    open_[depth_++] = name;
    if (!handler_.takes_text()) SkipBlanks();
    return true;
  }

  bool EndTag() {
    if (depth_ == 0) return false;
    const absl::string_view name = open_[depth_ - 1];
    if (!BeginsWith(text_.substr(at_), name)) return false;
    at_ += name.size();
    SkipBlanks();
    if (!Take('>')) return false;
    --depth_;
    handler_.End();
    if (!handler_.takes_text()) SkipBlanks();
    return true;
  }

  bool ReadAttribute(size_t index) {
    Attribute& attribute = attributes_[index];
    attribute.name = Name();
    if (attribute.name.empty()) return false;
    for (size_t i = 0; i < index; ++i) {
      if (attributes_[i].name == attribute.name) return false;
    }
    SkipBlanks();
    if (!Take('=')) return false;
    SkipBlanks();
    if (!Sees('"') && !Sees('\'')) return false;
    const char quote = text_[at_++];
    const size_t begin = at_;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      const char c = text_[at_];
      // `>` and `]` are like any other here.
      if (IsTextStop(c) && c != '>' && c != ']') return false;
    }
    attribute.value = text_.substr(begin, at_ - begin);
    return Take(quote);
  }

  // Text up to the next tag.
  bool Text() {
    if (depth_ == 0) return false;
    size_t begin = at_;
    for (;;) {
      at_ = FindTextStop(text_, at_);
      if (at_ == text_.size()) return false;
      switch (text_[at_]) {
        case '<':
          Tell(begin);
          return true;
        case '&':
          Tell(begin);
          if (!Reference()) return false;
          begin = at_;
          continue;
        case ']':
          if (text_.substr(at_, 3) == "]]>") return false;
          break;
        case '\xEF':
          if (text_.substr(at_, 2) == kNoncharacter && text_[at_ + 2] >= '\xBE') return false;
          break;
        case '>':
        case '\t':
        case '\n':
          break;
        default:
          return false;
      }
      ++at_;
    }
  }

  void Tell(size_t begin) {
    if (at_ > begin) handler_.Text(text_.substr(begin, at_ - begin));
  }

  bool Reference() {
    constexpr size_t kLongest = 12;
    const absl::string_view view = text_.substr(at_ + 1, kLongest);
    const size_t end = view.find(';');
    if (end == view.npos) return false;
    const absl::string_view name = view.substr(0, end);
    at_ += end + 2;
    if (!name.empty() && name[0] == '#') return CharacterReference(name.substr(1));
    static constexpr std::pair<absl::string_view, absl::string_view> kEntities[] = {
        {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
    for (const auto& [entity, text] : kEntities) {
      if (name != entity) continue;
      handler_.Text(text);
      return true;
    }
    return false;
  }

  bool CharacterReference(absl::string_view digits) {
    const bool hex = !digits.empty() && digits[0] == 'x';
    if (hex) digits.remove_prefix(1);
    if (digits.empty() || digits.size() > 8) return false;
    uint64_t code = 0;
    for (const char c : digits) {
      const auto byte = static_cast<unsigned char>(c);
      if (!(hex ? absl::ascii_isxdigit(byte) : absl::ascii_isdigit(byte))) return false;
      const int digit = byte <= '9' ? byte - '0' : (byte | 0x20) - 'a' + 10;
      code = code * (hex ? 16 : 10) + static_cast<unsigned>(digit);
    }
    if (code > 0x10FFFF || !IsXmlChar(static_cast<char32_t>(code))) return false;
    std::string text;
    AppendUtf8(static_cast<char32_t>(code), &text);
    handler_.Text(text);
    return true;
  }

  const absl::string_view text_;
  RecordHandler& handler_;
  size_t at_ = 0;
  size_t depth_ = 0;
  std::array<absl::string_view, kDeepest> open_;
  std::array<Attribute, kMostAttributes> attributes_;
};

}  // namespace

bool ParsePlain(absl::string_view record, RecordHandler* handler) {
  return IsUtf8(record) && PlainParser(record, handler).Parse();
}

}  // namespace marcd::xml
