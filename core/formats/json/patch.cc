#include "core/formats/json/patch.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/formats/json/units.h"
#include "core/framing/json_scan.h"
#include "core/text/utf8.h"

namespace marcd::json {
namespace {

// How many there are of a fault, and where the first is.
struct Count {
  size_t count = 0;
  size_t first = 0;
  void Add(size_t at) {
    if (count++ == 0) first = at;
  }
};

class Patcher {
 public:
  explicit Patcher(absl::string_view text) : text_(text) { out_.reserve(text.size() + 16); }

  void Run() {
    bool inside = false;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') inside = !inside;
      if (inside && c == '\\') {
        Escape();
      } else if (static_cast<uint8_t>(c) < 0x20 && (inside || c == '\0')) {
        controls.Add(at_++);
        absl::StrAppend(&out_, inside ? "\\u00" : " ");
        if (inside) absl::StrAppend(&out_, absl::Hex(static_cast<uint8_t>(c), absl::kZeroPad2));
      } else {
        out_.push_back(c);
        ++at_;
      }
    }
    if (inside) out_.push_back('"');
  }

  std::string TakeText() { return std::move(out_); }

  Count controls, escapes, halves;

 private:
  // At a backslash.
  void Escape() {
    const int32_t unit = UnitAt(text_, at_);
    if (unit >= 0) {
      const size_t pair = IsHigh(unit) && IsLow(UnitAt(text_, at_ + 6)) ? 12 : 6;
      if (pair == 6 && (IsHigh(unit) || IsLow(unit))) {
        halves.Add(at_);
        out_ += "\\uFFFD";
      } else {
        out_.append(text_.data() + at_, pair);
      }
      at_ += pair;
      return;
    }
    constexpr absl::string_view kEscaped = "\"\\/bfnrt";
    const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (next != '\0' && kEscaped.find(next) != kEscaped.npos) {
      out_.append(text_.data() + at_, 2);
      at_ += 2;
      return;
    }
    // Of an escape that the record ends in nothing is left.
    escapes.Add(at_++);
    if (text_.size() - at_ < 5 && text_.find('"', at_) == text_.npos) {
      at_ = text_.size();
    } else {
      out_ += "\\\\";
    }
  }

  const absl::string_view text_;
  size_t at_ = 0;
  std::string out_;
};

// The most digits of which every number is a double's.
constexpr size_t kMostDigits = 300;

size_t DigitsLength(absl::string_view text, size_t at) {
  const size_t begin = at;
  while (at < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[at]))) ++at;
  return at - begin;
}

// Of the number at `at` (RFC 8259, section 6); 0 if none is there.
size_t NumberLength(absl::string_view text, size_t at, bool* large) {
  const size_t begin = at;
  if (text[at] == '-') ++at;
  const size_t whole = DigitsLength(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return 0;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const size_t fraction = DigitsLength(text, ++at);
    if (fraction == 0) return 0;
    at += fraction;
  }
  size_t exponent = 0;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    exponent = DigitsLength(text, at);
    if (exponent == 0) return 0;
    at += exponent;
  }
  *large = at - begin > kMostDigits || exponent > 2;
  return at - begin;
}

void Tell(const Count& count, Reason reason, absl::string_view what, absl::string_view done,
          absl::string_view text, LooseRecord* found) {
  if (count.count == 0) return;
  found->Add(MakeFinding(
      reason, Disposition::kRepaired,
      absl::StrCat(count.count, " ", what, ", the first at byte ", count.first,
                   " of the record: ", EscapeBytes(text.substr(count.first, 16)), "; ", done)));
}

}  // namespace

std::string Patched(absl::string_view record, LooseRecord* found) {
  std::string utf8;
  const TextFaults faults = RepairUtf8(record, &utf8);
  if (!faults.ok()) {
    Tell({faults.count, faults.first}, Reason::kInvalidUtf8, "sequences that are not UTF-8",
         "U+FFFD stands in their place", record, found);
  }
  Patcher patcher(utf8);
  patcher.Run();
  Tell(patcher.controls, Reason::kNotWellFormed, "control characters that are not escaped",
       "they are taken as they stand", utf8, found);
  Tell(patcher.escapes, Reason::kNotWellFormed, "backslashes that begin no escape",
       "they are taken as they stand", utf8, found);
  Tell(patcher.halves, Reason::kInvalidUtf8, "escapes of half a surrogate pair",
       "U+FFFD stands in their place", utf8, found);
  return patcher.TakeText();
}

bool QuoteLargeNumbers(absl::string_view text, std::string* quoted) {
  quoted->clear();
  quoted->reserve(text.size() + 2);
  size_t done = 0;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    bool large = false;
    size_t length = 0;
    if (c == '"') {
      at = StringEnd(text, at);
      continue;  // if it does not end that is npos
    }
    if (c == '-' || absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      length = NumberLength(text, at, &large);
    }
    if (large) {
      absl::StrAppend(quoted, text.substr(done, at - done), "\"", text.substr(at, length), "\"");
      done = at + length;
    }
    at += length > 0 ? length : 1;
  }
  quoted->append(text.data() + done, text.size() - done);
  return done > 0;
}

}  // namespace marcd::json
