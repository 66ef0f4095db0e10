#include "core/text/marc8/encode.h"

#include <utf8proc.h>

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/text/marc8/inverse.h"
#include "core/text/marc8/marc8.h"
#include "core/text/marc8/syntax.h"
#include "core/text/normalize.h"
#include "core/text/plain_run.h"

namespace marcd {
namespace {

using Id = Marc8SetId;

constexpr char32_t kEscape = 0x1B;

// What designates each set, in the order of Marc8SetId. "Technique 1" has two bytes.
constexpr absl::string_view kDesignations[] = {
    "\x1B(B", "\x1B)E", "\x1B(N", "\x1B)Q", "\x1B(S", "\x1B(2", "\x1B(3", "\x1B)4", "\x1Bg",
    "\033b",  // of \x1Bb the b would be a digit
    "\x1Bp",  "\x1B$1",
};

absl::string_view DesignationOf(Id set) { return kDesignations[static_cast<size_t>(set)]; }

bool IsInG1(Id set) {
  return set == Id::kAnsel || set == Id::kExtendedCyrillic || set == Id::kExtendedArabic;
}

bool IsTechniqueOne(Id set) { return DesignationOf(set).size() == 2; }

uint8_t CombiningClass(char32_t c) {
  if (c < 0x300) return 0;
  return static_cast<uint8_t>(
      utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class);
}

// The halves of double-width marks, U+FE20 to U+FE23, in ANSEL.
constexpr char kHalves[] = {'\xEB', '\xEC', '\xFA', '\xFB'};
constexpr char32_t kFirstOfHalves = 0xFE20;

bool IsHalf(char32_t c) { return c >= kFirstOfHalves && c < kFirstOfHalves + sizeof kHalves; }

// Which of the two double-width marks a character is: 1 for the ligature, 2 for the
// tilde; 0 for others.
unsigned DoubleWidth(char32_t c) { return c == 0x361 ? 1 : c == 0x360 ? 2 : 0; }

class Encoder {
 public:
  // `text` is in normal form C.
  Encoder(absl::string_view text, bool in_halves, std::string* out, Marc8Use* use)
      : inverse_(Marc8Inverse::Get()), text_(text), in_halves_(in_halves), out_(*out), use_(*use) {}

  void Run() {
    while (at_ < text_.size()) {
      const size_t run = g0_ == Id::kAscii && open_ == 0 ? RunOfBases() : 0;
      if (run == 0) {
        Cluster();
        continue;
      }
      out_.append(text_.data() + at_, run);
      at_ += run;
    }
    // In this order: pymarc takes what follows on `ESC s` for a character.
    if (g1_ != Id::kAnsel) Designate(Id::kAnsel);
    if (g0_ != Id::kAscii) Designate(Id::kAscii);
  }

 private:
  using Marks = absl::InlinedVector<char32_t, 8>;

  // How many bytes from at_ on are plain, and have no marks.
  size_t RunOfBases() const {
    const absl::string_view rest = text_.substr(at_);
    const size_t run = PlainRun(rest);
    // From U+0300 on: it may be a mark of the last one.
    const bool mark = run < rest.size() && static_cast<uint8_t>(rest[run]) >= 0xCC;
    return run > 0 && mark ? run - 1 : run;
  }

  char32_t Next() {
    utf8proc_int32_t c;
    at_ += static_cast<size_t>(
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text_.data()) + at_,
                         static_cast<utf8proc_ssize_t>(text_.size() - at_), &c));
    return static_cast<char32_t>(c);
  }

  // A character and the marks behind it.
  void Cluster() {
    char32_t base = Next();
    Marks marks;
    if (base == kEscape) {
      ++use_.escapes;
      base = ' ';
    }
    const Marc8Code* code = Choose(base);
    if (code == nullptr) {
      if (const Marc8Expansion* expansion = inverse_.ExpansionOf(base)) {
        code = Choose(expansion->base);
        marks.assign(expansion->marks.begin(), expansion->marks.end());
      }
    }
    while (at_ < text_.size() && static_cast<uint8_t>(text_[at_]) >= 0xCC) {
      const size_t before = at_;
      const char32_t mark = Next();
      if (CombiningClass(mark) == 0) {
        at_ = before;
        break;
      }
      marks.push_back(mark);
    }
    if (code == nullptr || code->mark) {
      Unmappable(base);
      for (const char32_t mark : marks) Trailer(mark);
    } else if (code->set == Id::kAscii && base == '&' && LooksLikeReference()) {
      Reference(base);
      for (const char32_t mark : marks) {
        inverse_.CodesOf(mark).empty() ? Unmappable(mark) : Reference(mark);
      }
    } else {
      Native(*code, marks);
    }
  }

  // Whether `&` and the text from at_ on would be decoded as a reference.
  bool LooksLikeReference() const {
    constexpr size_t kLongest = 10;  // less the `&`
    return ParseMarc8Reference(absl::StrCat("&", text_.substr(at_, kLongest))).has_value();
  }

  // A base that has a code. Its marks come first; those that have none, and those that
  // must not overtake them, come behind, as references.
  void Native(const Marc8Code& code, const Marks& marks) {
    // The second halves of the marks of the base before.
    if ((open_ & 1) != 0) Put(Id::kAnsel, {&kHalves[1], 1});
    if ((open_ & 2) != 0) Put(Id::kAnsel, {&kHalves[3], 1});
    open_ = 0;
    unsigned begun = 0;
    Marks trailers;
    for (const char32_t mark : marks) {
      const auto is_of_class = [of = CombiningClass(mark)](char32_t other) {
        return CombiningClass(other) == of;
      };
      if (std::any_of(trailers.begin(), trailers.end(), is_of_class) || !PutMark(mark, code.set)) {
        trailers.push_back(mark);
      } else if (!in_halves_) {
        begun |= DoubleWidth(mark);
      }
    }
    Put(code.set, code.view());
    open_ = begun;
    for (const char32_t mark : trailers) Trailer(mark);
  }

  // Puts the mark if it has a code, best in the set of its base.
  bool PutMark(char32_t mark, Id set) {
    if (IsHalf(mark)) {
      if (!in_halves_) return false;
      Put(Id::kAnsel, {&kHalves[mark - kFirstOfHalves], 1});
      return true;
    }
    if (in_halves_ && DoubleWidth(mark) != 0) return false;
    const auto codes = inverse_.CodesOf(mark);
    const auto of_set = std::find_if(codes.begin(), codes.end(),
                                     [&](const Marc8Code& code) { return code.set == set; });
    const Marc8Code* const code = of_set != codes.end() ? &*of_set : Choose(mark);
    if (code == nullptr || !code->mark) return false;
    Put(code->set, code->view());
    return true;
  }

  // What comes behind its base though Unicode takes it for a mark.
  void Trailer(char32_t c) {
    const Marc8Code* const code = Choose(c);
    if (code != nullptr && !code->mark) {
      Put(code->set, code->view());
      open_ = 0;
      return;
    }
    Unmappable(c);
  }

  // What has no code, or none that can be used where it stands.
  void Unmappable(char32_t c) {
    if (use_.references++ == 0) use_.first_reference = c;
    Reference(c);
  }

  void Reference(char32_t c) {
    if (g0_ != Id::kAscii) Designate(Id::kAscii);
    absl::StrAppendFormat(&out_, "&#x%04X;", static_cast<uint32_t>(c));
    open_ = 0;
  }

  // The code of `c` in a set that is designated already, else its first; null for none.
  const Marc8Code* Choose(char32_t c) const {
    const auto codes = inverse_.CodesOf(c);
    if (codes.empty()) return nullptr;
    for (const Marc8Code& code : codes) {
      if (code.set == g0_ || code.set == g1_) return &code;
    }
    return &codes[0];
  }

  void Put(Id set, absl::string_view code) {
    if (set != g0_ && set != g1_ && set != Id::kAny) Designate(set);
    // All but EACC's own codes would break its threes, for most readers.
    if (g0_ == Id::kEacc && set != Id::kEacc) Designate(Id::kAscii);
    out_.append(code.data(), code.size());
  }

  void Designate(Id set) {
    const bool back = set == Id::kAscii && IsTechniqueOne(g0_);
    const absl::string_view escape = back ? "\x1Bs" : DesignationOf(set);
    out_.append(escape.data(), escape.size());
    (IsInG1(set) ? g1_ : g0_) = set;
    use_.sets |= 1u << static_cast<unsigned>(set);
  }

  const Marc8Inverse& inverse_;
  const absl::string_view text_;
  const bool in_halves_;
  std::string& out_;
  Marc8Use& use_;
  size_t at_ = 0;
  Id g0_ = Id::kAscii;
  Id g1_ = Id::kAnsel;
  // Double-width marks whose first halves stand before the last base.
  unsigned open_ = 0;
};

}  // namespace

void EncodeMarc8(absl::string_view text, bool half_marks, std::string* out, Marc8Use* use) {
  if (PlainRun(text) == text.size()) {
    out->append(text.data(), text.size());
    return;
  }
  std::string normal(text);
  NormalizeNfc(&normal, 0);
  Encoder(normal, half_marks, out, use).Run();
}

std::string Marc8SetsPresent(uint32_t sets) {
  std::string present;
  for (size_t i = static_cast<size_t>(Id::kCyrillic); i <= static_cast<size_t>(Id::kEacc); ++i) {
    const Id set = static_cast<Id>(i);
    if ((sets >> i & 1) == 0 || IsTechniqueOne(set)) continue;
    absl::StrAppend(&present,
                    "\x1F"
                    "c",
                    DesignationOf(set).substr(1));
  }
  return present;
}

}  // namespace marcd
