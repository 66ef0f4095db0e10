#include "core/formats/json/parse_plain.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/formats/json/notes.h"
#include "core/formats/json/units.h"
#include "core/framing/json_scan.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace marcd::json {
namespace {

// What ends a run of plain text: RFC 8259, section 7.
bool IsStop(char c) { return c == '"' || c == '\\' || static_cast<uint8_t>(c) < 0x20; }

// Where the first such byte stands from `at` on; text.size() if none does.
size_t FindStop(absl::string_view text, size_t at) {
#if defined(__SSE2__)
  for (; text.size() - at >= 16; at += 16) {
    const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(chunk, _mm_set1_epi8(0x1F)), chunk);
    const __m128i found =
        _mm_or_si128(control, _mm_or_si128(_mm_cmpeq_epi8(chunk, _mm_set1_epi8('"')),
                                           _mm_cmpeq_epi8(chunk, _mm_set1_epi8('\\'))));
    const int mask = _mm_movemask_epi8(found);
    if (mask != 0) return at + static_cast<size_t>(__builtin_ctz(static_cast<unsigned>(mask)));
  }
#endif
  while (at < text.size() && !IsStop(text[at])) ++at;
  return at;
}

class PlainParser {
 public:
  PlainParser(absl::string_view text, const DecodeOptions& options, LooseRecord* loose)
      : text_(text), options_(options), loose_(*loose) {}

  bool Parse() {
    absl::string_view leader;
    if (!Take('{') || !Name("leader") || !Short(&leader)) return false;
    NoteLeader(options_, leader, &loose_);
    loose_.SetLeader(leader);
    if (!Take(',') || !Name("fields") || !Take('[')) return false;
    if (Take(']')) {
      NoteNoFields(options_, &loose_);
    } else {
      do {
        if (!Field()) return false;
      } while (Take(','));
      if (!Take(']')) return false;
    }
    if (!Take('}')) return false;
    while (at_ < text_.size() && IsBetween(text_[at_])) ++at_;
    return at_ == text_.size();
  }

 private:
  bool Take(char c) {
    if (at_ < text_.size() && text_[at_] != c) SkipBlanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }

  // A string without escapes.
  bool Short(absl::string_view* text) {
    if (!Take('"')) return false;
    const size_t begin = at_;
    while (at_ < text_.size() && !IsStop(text_[at_])) ++at_;
    if (at_ == text_.size() || text_[at_] != '"') return false;
    *text = text_.substr(begin, at_ - begin);
    ++at_;
    return true;
  }

  // A member's name and the colon. Most are written without a blank.
  template <size_t kSize>
  bool Name(const char (&name)[kSize]) {
    constexpr size_t kLength = kSize - 1;
    if (!Take('"') || text_.size() - at_ < kLength + 1 ||
        std::memcmp(text_.data() + at_, name, kLength) != 0 || text_[at_ + kLength] != '"') {
      return false;
    }
    at_ += kLength + 1;
    return Take(':');
  }

  bool Field() {
    absl::string_view tag;
    if (!Take('{') || !Short(&tag) || !Take(':')) return false;
    if (Take('{')) {
      if (!DataField(tag)) return false;
    } else {
      loose_.BeginControlField(tag);
      if (!Text()) return false;
    }
    loose_.EndField();
    return Take('}');
  }

  bool DataField(absl::string_view tag) {
    absl::string_view indicator1, indicator2;
    if (!Name("ind1") || !Short(&indicator1) || !Take(',') || !Name("ind2") ||
        !Short(&indicator2) || !Take(',') || !Name("subfields") || !Take('[')) {
      return false;
    }
    loose_.BeginDataField(tag, indicator1, indicator2);
    if (!Take(']')) {
      do {
        absl::string_view code;
        if (!Take('{') || !Short(&code) || code == "code" || code == "data" || !Take(':')) {
          return false;
        }
        loose_.BeginSubfield(code);
        if (!Text() || !Take('}')) return false;
      } while (Take(','));
      if (!Take(']')) return false;
    }
    return Take('}');
  }

  // A string, which goes into the record.
  bool Text() {
    if (!Take('"')) return false;
    for (;;) {
      const size_t stop = FindStop(text_, at_);
      loose_.AppendText(text_.substr(at_, stop - at_));
      at_ = stop;
      if (at_ == text_.size()) return false;
      if (text_[at_] == '"') {
        ++at_;
        return true;
      }
      if (text_[at_] != '\\' || !Escape()) return false;
    }
  }

  bool Escape() {
    if (text_.size() - at_ < 2) return false;
    constexpr absl::string_view kEscapes = "\"\\/bfnrt";
    constexpr absl::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const size_t escape = kEscapes.find(text_[at_ + 1]);
    if (escape != kEscapes.npos) {
      loose_.AppendText(kMeanings.substr(escape, 1));
      at_ += 2;
      return true;
    }
    const int32_t unit = UnitAt(text_, at_);
    if (unit < 0 || IsLow(unit)) return false;
    at_ += 6;
    auto code = static_cast<uint32_t>(unit);
    if (IsHigh(unit)) {
      const int32_t low = UnitAt(text_, at_);
      if (!IsLow(low)) return false;
      at_ += 6;
      code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<uint32_t>(low) - 0xDC00);
    }
    AppendCode(code);
    return true;
  }

  // In UTF-8.
  void AppendCode(uint32_t code) {
    char bytes[4];
    size_t size = 1;
    if (code < 0x80) {
      bytes[0] = static_cast<char>(code);
    } else {
      size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      for (size_t i = size - 1; i > 0; --i, code >>= 6) {
        bytes[i] = static_cast<char>(0x80 | (code & 0x3F));
      }
      bytes[0] = static_cast<char>((0xF00U >> size) | code);
    }
    loose_.AppendText({bytes, size});
  }

  const absl::string_view text_;
  const DecodeOptions& options_;
  LooseRecord& loose_;
  size_t at_ = 0;
};

}  // namespace

bool ParsePlain(absl::string_view record, const DecodeOptions& options, LooseRecord* loose) {
  return PlainParser(record, options, loose).Parse();
}

}  // namespace marcd::json
