#include "core/text/marc8/pymarc.h"

#include <cstddef>
#include <cstdint>

#include "core/text/marc8/mark_writer.h"
#include "core/text/marc8/sets.h"
#include "core/text/plain_run.h"

namespace marcd {
namespace {

constexpr char kEscape = 0x1B;

const Marc8Set* Find(char final) {
  return FindMarc8Set(static_cast<uint8_t>(final), /*in_halves=*/true);
}

class PymarcDecoder {
 public:
  PymarcDecoder(absl::string_view text, std::string* out) : text_(text), writer_(out) {}

  TextFaults Run() {
    while (at_ < text_.size()) {
      if (!Step()) return {1, at_};
    }
    if (writer_.waiting()) return {1, text_.size() - 1};
    writer_.Finish();
    return {};
  }

 private:
  // What stands at at_. As those below, false where there is a fault.
  bool Step() {
    if (text_[at_] == kEscape) return Escape();
    if (g0_ == ascii_) {
      const size_t run = PlainRun(text_.substr(at_));
      if (run > 0) {
        writer_.Bases(text_.substr(at_, run));
        at_ += run;
        return true;
      }
    }
    return g0_ != nullptr && g0_->is_eacc() ? Eacc() : Char();
  }

  bool Escape() {
    const size_t left = text_.size() - at_;
    if (left < 2) return false;
    const char kind = text_[at_ + 1];
    switch (kind) {
      case '(':
      case ',':
      case '$': {
        if (left < 3) return false;
        const size_t final = kind == '$' && text_[at_ + 2] == ',' ? 3 : 2;
        if (left <= final) return false;
        g0_ = Find(text_[at_ + final]);
        at_ += final + 1;
        return true;
      }
      case ')':
      case '-':
        if (left < 3) return false;
        g1_ = Find(text_[at_ + 2]);
        at_ += 3;
        return true;
    }
    return ShortEscape(kind);
  }

  // ESC and a final byte. A character must follow, and no escape.
  bool ShortEscape(char final) {
    const Marc8Set* const set = final == 's' ? ascii_ : Find(final);
    if (set == nullptr) return false;
    const size_t next = at_ + 2;
    if (next == text_.size() ? final != 's' : text_[next] == kEscape) return false;
    g0_ = set;
    at_ = next;
    return true;
  }

  bool Eacc() {
    if (text_.size() - at_ < 3) return false;
    const auto byte = [&](size_t i) { return static_cast<uint8_t>(text_[at_ + i]); };
    char32_t c = PymarcEaccChar(byte(0), byte(1), byte(2));
    if (c == 0) c = EaccChar(byte(0), byte(1), byte(2));
    if (c != 0) {
      writer_.WideBase(c);
    } else {
      c = OddEaccChar(byte(0), byte(1), byte(2));
      if (c == 0) return false;
      writer_.Passing(c);
    }
    at_ += 3;
    return true;
  }

  bool Char() {
    const uint8_t byte = static_cast<uint8_t>(text_[at_]);
    if (byte < 0x20 || (byte >= 0x80 && byte < 0xA0)) return false;
    const Marc8Set* const set = byte < 0x80 ? g0_ : g1_;
    if (set == nullptr || set->is_eacc() || set->extended != (byte >= 0x80)) return false;
    const PackedChar c = set->chars[(byte & 0x7F) - 0x20];
    if (c == 0) return false;
    if (c & kMark) {
      writer_.Mark(c);
    } else {
      writer_.Base(c);
    }
    ++at_;
    return true;
  }

  const absl::string_view text_;
  const Marc8Set* const ascii_ = Find('B');
  // Null where the escape named no set: then no byte stands for anything.
  const Marc8Set* g0_ = ascii_;
  const Marc8Set* g1_ = Find('E');
  size_t at_ = 0;
  MarkWriter writer_;
};

}  // namespace

TextFaults DecodeMarc8AsPymarc(absl::string_view text, std::string* out) {
  return PymarcDecoder(text, out).Run();
}

}  // namespace marcd
