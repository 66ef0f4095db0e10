#include <utf8proc.h>

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/formats/lines/lines.h"
#include "core/formats/mrk/mnemonics.h"

namespace marcd::mrk {
namespace {

constexpr char kEscape = 0x1B;

// The mnemonic without which `c` would mean something else; empty if there is none.
std::string EscapeOf(char c) {
  switch (c) {
    case '$':
      return "{dollar}";
    case '{':
      return "{lcub}";
    case '}':
      return "{rcub}";
    case '\\':
      return "{bsol}";
    default:
      break;
  }
  if (static_cast<unsigned char>(c) >= 0x20) return "";
  constexpr char kDigits[] = "0123456789ABCDEF";
  return {'{', kDigits[c >> 4], kDigits[c & 15], '}'};
}

class AsciiWriter {
 public:
  AsciiWriter(char blank, std::string* out) : blank_(blank), out_(*out) {}

  size_t Write(absl::string_view text) {
    while (!text.empty()) {
      const absl::string_view base = text.substr(0, lines::CharLength(text));
      text.remove_prefix(base.size());
      Cluster(base, &text);
    }
    return references_;
  }

 private:
  // `base`, and of the marks that follow it, which are taken off `rest`, those up to the
  // first without a mnemonic: they come before it.
  void Cluster(absl::string_view base, absl::string_view* rest) {
    std::string written;
    std::vector<const Mnemonic*> marks;
    const bool can_have_marks = Base(base, &written, &marks);
    while (can_have_marks && !rest->empty()) {
      const absl::string_view next = rest->substr(0, lines::CharLength(*rest));
      const Mnemonic* const mark = (next[0] & 0x80) != 0 ? MnemonicOf(next) : nullptr;
      // A double-width mark needs a second base.
      if (mark == nullptr || !mark->mark || (mark->begins != 0 && next.size() == rest->size())) {
        break;
      }
      marks.push_back(mark);
      rest->remove_prefix(next.size());
    }
    // With what comes behind it, its marks being before it, it would be a reference.
    if (written == "&" && rest->substr(0, 2) == "#x") written = "{amp}";
    for (const std::string& half : second_halves_) absl::StrAppend(&out_, "{", half, "}");
    second_halves_.clear();
    unsigned begun = 0;
    for (const Mnemonic* const mark : marks) {
      absl::StrAppend(&out_, "{", mark->name, "}");
      // One of a kind ends all of them: a second one would be a mark of its own.
      if (mark->begins == 0 || (begun & mark->begins) != 0) continue;
      begun |= mark->begins;
      second_halves_.push_back(mark->name == "llig" ? "rlig" : "rdbltil");
    }
    out_ += written;
  }

  // What stands for `character` itself; whether it can have marks before it.
  bool Base(absl::string_view character, std::string* written,
            std::vector<const Mnemonic*>* marks) {
    const char c = character[0];
    if (c == kEscape) {
      *written = Reference(kEscape);
    } else if ((c & 0x80) == 0) {
      *written = EscapeOf(c);
      if (written->empty()) *written = std::string(1, c == ' ' ? blank_ : c);
    } else if (const Mnemonic* const found = MnemonicOf(character);
               found != nullptr && !found->mark) {
      absl::StrAppend(written, "{", found->name, "}");
    } else if (!Decompose(character, written, marks)) {
      int32_t code = 0;
      utf8proc_iterate(reinterpret_cast<const uint8_t*>(character.data()),
                       static_cast<utf8proc_ssize_t>(character.size()), &code);
      *written = Reference(code);
      // A mark by itself: those behind it keep their places.
      return utf8proc_get_property(code)->combining_class == 0;
    }
    return true;
  }

  // A character as its base and marks (UAX #15, canonical decomposition), if all of them
  // have mnemonics.
  static bool Decompose(absl::string_view character, std::string* written,
                        std::vector<const Mnemonic*>* marks) {
    int32_t code = 0;
    utf8proc_iterate(reinterpret_cast<const uint8_t*>(character.data()),
                     static_cast<utf8proc_ssize_t>(character.size()), &code);
    int32_t parts[8];
    const auto count = utf8proc_decompose_char(code, parts, 8, UTF8PROC_DECOMPOSE, nullptr);
    if (count < 2 || count > 8 || parts[0] >= 0x80 || !EscapeOf(char(parts[0])).empty()) {
      return false;
    }
    for (utf8proc_ssize_t i = 1; i < count; ++i) {
      uint8_t bytes[4];
      const auto size = utf8proc_encode_char(parts[i], bytes);
      const Mnemonic* const mark =
          MnemonicOf({reinterpret_cast<const char*>(bytes), static_cast<size_t>(size)});
      if (mark == nullptr || !mark->mark || mark->begins != 0) {
        marks->clear();
        return false;
      }
      marks->push_back(mark);
    }
    *written = std::string(1, static_cast<char>(parts[0]));
    return true;
  }

  std::string Reference(int32_t code) {
    ++references_;
    return absl::StrCat("&#x", absl::Hex(code), ";");
  }

  const char blank_;
  std::string& out_;
  size_t references_ = 0;
  // Of the double-width marks that the base before has.
  std::vector<std::string> second_halves_;
};

}  // namespace

void WriteUtf8(absl::string_view text, char blank, std::string* out) {
  for (const char c : text) {
    const bool ascii = (c & 0x80) == 0;
    const std::string escape = ascii ? EscapeOf(c) : "";
    if (escape.empty()) {
      out->push_back(c == ' ' ? blank : c);
    } else {
      *out += escape;
    }
  }
}

size_t WriteAscii(absl::string_view text, char blank, std::string* out) {
  return AsciiWriter(blank, out).Write(text);
}

}  // namespace marcd::mrk
