#include "core/text/marc8/marc8.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/record/frame.h"
#include "core/text/marc8/mark_writer.h"
#include "core/text/marc8/pymarc.h"
#include "core/text/marc8/sets.h"
#include "core/text/marc8/syntax.h"
#include "core/text/normalize.h"
#include "core/text/plain_run.h"

namespace marcd {
namespace {

constexpr char kEscape = 0x1B;
constexpr char32_t kReplacement = 0xFFFD;

class Decoder {
 public:
  Decoder(absl::string_view text, bool in_halves, std::string* out)
      : text_(text),
        in_halves_(in_halves),
        ascii_(FindMarc8Set('B', in_halves)),
        g0_(ascii_),
        g1_(FindMarc8Set('E', in_halves)),
        writer_(out) {}

  TextFaults Run() {
    while (at_ < text_.size()) {
      if (g0_ == ascii_) {
        const size_t run = PlainRun(text_.substr(at_));
        if (run > 0) {
          Bases(run);
          continue;
        }
      }
      Step();
    }
    if (writer_.waiting()) AddFault(marks_at_);
    writer_.Finish();
    return faults_;
  }

 private:
  // What stands at at_, up to where the next thing begins.
  void Step() {
    const uint8_t byte = static_cast<uint8_t>(text_[at_]);
    if (byte >= 0xA0) return Graphic(*g1_, byte);
    if (byte >= 0x80) return Char(Marc8Control(byte));
    if (byte == kEscape) return Designate();
    // A blank or a control character, whatever the sets are; but codes that are none of
    // EACC's own may begin with DEL.
    if (byte <= 0x20 || (byte == 0x7F && !g0_->is_eacc())) return Char(PackChar(byte));
    if (byte == '&' && g0_ == ascii_) return Ampersand();
    Graphic(*g0_, byte);
  }

  void Graphic(const Marc8Set& set, uint8_t byte) {
    if (set.is_eacc()) return Eacc(byte & 0x80);
    Char(set.chars[(byte & 0x7F) - 0x20]);
  }

  // The character that the byte at at_ stands for; 0 for none.
  void Char(PackedChar c) {
    if (c == 0) return Fault(1);
    if (c & kMark) {
      Mark(c);
    } else {
      writer_.Base(c);
      BaseWritten();
    }
    ++at_;
  }

  // A double-width mark stands behind the first of its two bases. So its second half
  // says nothing new; without a first half before the base before, it is a mark of its
  // own, so that nothing is lost.
  void Mark(PackedChar mark) {
    const unsigned kind = mark & kDoubleTilde ? 2 : 1;
    if (mark & kSecondHalf && open_ & kind) {
      open_ &= ~kind;
      return;
    }
    if (mark & kFirstHalf) begun_ |= kind;
    if (!writer_.waiting()) marks_at_ = at_;
    writer_.Mark(mark);
  }

  void BaseWritten() {
    open_ = begun_;
    begun_ = 0;
  }

  void Bases(size_t count) {
    writer_.Bases(text_.substr(at_, count));
    at_ += count;
    BaseWritten();
    if (count > 1) BaseWritten();
  }

  void WideBase(char32_t base, size_t length) {
    writer_.WideBase(base);
    BaseWritten();
    at_ += length;
  }

  void Ampersand() {
    const auto reference = ParseMarc8Reference(text_.substr(at_));
    if (!reference) return Char(PackChar('&'));
    if (reference->code >= 0x800) return WideBase(reference->code, reference->length);
    writer_.Base(PackChar(reference->code));
    BaseWritten();
    at_ += reference->length;
  }

  void Designate() {
    const absl::string_view rest = text_.substr(at_);
    if (const auto escape = ParseMarc8Escape(rest, in_halves_)) {
      (escape->to_g1 ? g1_ : g0_) = escape->set;
      at_ += escape->length;
    } else {
      AddFault(at_);
      Bases(ForeignEscapeLength(rest));
    }
  }

  // A code of three bytes, all with the high bit `high`.
  void Eacc(uint8_t high) {
    const size_t left = std::min<size_t>(text_.size() - at_, 3);
    uint8_t code[3] = {};
    for (size_t i = 0; i < left; ++i) code[i] = static_cast<uint8_t>(text_[at_ + i]) ^ high;
    char32_t c = EaccChar(code[0], code[1], code[2]);
    if (c == 0) c = OddEaccChar(code[0], code[1], code[2]);
    if (c != 0) return WideBase(c, 3);
    // What cannot be part of a code ends the broken one, and is decoded for itself.
    size_t broken = 1;
    while (broken < left && code[broken] > 0x20 && code[broken] < 0x7F) ++broken;
    Fault(broken);
  }

  void Fault(size_t length) {
    AddFault(at_);
    WideBase(kReplacement, length);
  }

  void AddFault(size_t at) {
    if (faults_.count++ == 0 || at < faults_.first) faults_.first = at;
  }

  const absl::string_view text_;
  const bool in_halves_;
  const Marc8Set* const ascii_;
  const Marc8Set* g0_;
  const Marc8Set* g1_;
  size_t at_ = 0;
  MarkWriter writer_;
  // Where the first mark stands that waits for its base.
  size_t marks_at_ = 0;
  // Double-width marks of which the first half was seen: before the base to come, and
  // before the last base.
  unsigned begun_ = 0;
  unsigned open_ = 0;
  TextFaults faults_;
};

}  // namespace

TextFaults DecodeMarc8(absl::string_view text, const TextOptions& options, std::string* out) {
  const size_t from = out->size();
  const TextFaults faults = options.pymarc ? DecodeMarc8AsPymarc(text, out)
                                           : Decoder(text, options.half_marks, out).Run();
  if (options.nfc || options.pymarc) NormalizeNfc(out, from);
  return faults;
}

bool IsPlainInMarc8(absl::string_view text) {
  for (;;) {
    text.remove_prefix(PlainRun(text));
    if (text.empty()) return true;
    const bool lone_ampersand = text[0] == '&' && text.substr(0, 2) != "&#";
    if (!lone_ampersand && text[0] != kSubfieldDelimiter) return false;
    text.remove_prefix(1);
  }
}

}  // namespace marcd
