#include <cstdint>

#include "core/formats/lines/lines.h"
#include "core/formats/mrk/mnemonics.h"
#include "core/text/utf8_writer.h"

namespace marcd::mrk {
namespace {

constexpr char kEscape = 0x1B;

// The length of the reference at the front of `text`, `&#x`, one to six hexadecimal digits
// of a scalar value, and `;`; else 0.
size_t ParseReference(absl::string_view text, char32_t* code) {
  if (text.substr(0, 3) != "&#x") return 0;
  *code = 0;
  for (size_t at = 3; at < text.size() && at < 10; ++at) {
    const char c = text[at];
    if (c == ';') {
      const bool scalar = *code <= 0x10FFFF && (*code < 0xD800 || *code > 0xDFFF);
      return at > 3 && scalar ? at + 1 : 0;
    }
    const bool digit = c >= '0' && c <= '9';
    const char lower = static_cast<char>(c | 0x20);
    if (!digit && (lower < 'a' || lower > 'f')) return 0;
    *code = *code * 16 + static_cast<char32_t>(digit ? c - '0' : lower - 'a' + 10);
  }
  return 0;
}

class Reader {
 public:
  Reader(const ReadOptions& options, std::string* out, Oddities* oddities)
      : options_(options), out_(*out), oddities_(*oddities) {}

  void Read(absl::string_view text) {
    while (!text.empty()) {
      const size_t plain = text.find_first_of(options_.references ? "{&" : "{");
      if (plain > 0) {
        const size_t size = plain == absl::string_view::npos ? text.size() : plain;
        Bases(text.substr(0, size));
        text.remove_prefix(size);
      } else {
        text.remove_prefix(text[0] == '{' ? TakeMnemonic(text) : TakeReference(text));
      }
    }
    oddities_.bare_marks = oddities_.bare_marks || !marks_.empty();
    out_ += marks_;
  }

 private:
  size_t TakeMnemonic(absl::string_view text) {
    size_t length;
    bool unknown;
    const Mnemonic* const found = ParseMnemonic(text, &length, &unknown);
    if (found == nullptr) {
      if (unknown && oddities_.unknown.empty()) {
        oddities_.unknown = std::string(text.substr(0, text.find('}') + 1));
      }
      Bases("{");
    } else if (found->mark) {
      Mark(*found);
    } else {
      Bases(found->text);
    }
    return length;
  }

  size_t TakeReference(absl::string_view text) {
    char32_t code;
    const size_t length = ParseReference(text, &code);
    if (length == 0) {
      Bases("&");
      return 1;
    }
    std::string character;
    Utf8Writer writer(&character);
    code < 0x800 ? writer.Put(PackChar(code)) : writer.PutWide(code);
    writer.Flush();
    Bases(character);
    return length;
  }

  // As in MARC-8 (core/text/marc8/marc8.h): the second half of a double-width mark says
  // nothing new behind a first one.
  void Mark(const Mnemonic& mark) {
    if (!options_.half_marks && (mark.ends & open_) != 0) {
      open_ &= ~mark.ends;
      return;
    }
    begun_ |= mark.begins;
    marks_ += options_.half_marks && !mark.half.empty() ? mark.half : mark.text;
  }

  // One character or more: marks that wait belong to the first.
  void Bases(absl::string_view text) {
    const size_t first = lines::CharLength(text);
    out_.append(text.data(), first);
    out_ += marks_;
    marks_.clear();
    text.remove_prefix(first);
    out_.append(text.data(), text.size());
    open_ = text.empty() ? begun_ : 0;
    begun_ = 0;
  }

  const ReadOptions& options_;
  std::string& out_;
  Oddities& oddities_;
  std::string marks_;
  unsigned begun_ = 0;  // double-width marks whose first half is among marks_
  unsigned open_ = 0;   // those of the base before
};

}  // namespace

void ReadMnemonics(absl::string_view text, const ReadOptions& options, std::string* out,
                   Oddities* oddities) {
  Reader(options, out, oddities).Read(text);
}

bool HasMarc8Escape(absl::string_view text) {
  return text.find(kEscape) != absl::string_view::npos ||
         text.find("{esc}") != absl::string_view::npos ||
         text.find("{1B}") != absl::string_view::npos;
}

void MnemonicsToMarc8(absl::string_view text, std::string* out, Oddities* oddities) {
  while (!text.empty()) {
    const size_t brace = text.find('{');
    const absl::string_view plain = text.substr(0, brace);
    out->append(plain.data(), plain.size());
    text.remove_prefix(plain.size());
    if (text.empty()) return;
    size_t length;
    bool unknown;
    const Mnemonic* const found = ParseMnemonic(text, &length, &unknown);
    if (unknown && oddities->unknown.empty()) {
      oddities->unknown = std::string(text.substr(0, text.find('}') + 1));
    }
    *out += found == nullptr ? "{" : found->marc8;
    text.remove_prefix(length);
  }
}

}  // namespace marcd::mrk
