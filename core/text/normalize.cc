#include "core/text/normalize.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/text/plain_run.h"

namespace marcd {
namespace {

using CodePoint = utf8proc_int32_t;

constexpr auto kNfc = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);

// Whether `c` is itself in normal form C whatever stands before it. Not every such
// character is here, but those of which most texts are made.
bool IsStable(CodePoint c) {
  return c < 0x300 || (c >= 0x391 && c <= 0x482) || (c >= 0x5D0 && c <= 0x5EA) ||
         (c >= 0x621 && c <= 0x64A) || (c >= 0x1E00 && c <= 0x1EFF) ||
         (c >= 0x2010 && c <= 0x2027) || (c >= 0x3001 && c <= 0x3029) ||
         (c >= 0x3041 && c <= 0x3096) || (c >= 0x30A1 && c <= 0x30FC) ||
         (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3);
}

struct Character {
  CodePoint code;
  size_t length;
};

Character Read(absl::string_view text, size_t at) {
  Character c;
  c.length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                              text.size() - at, &c.code);
  return c;
}

// Where the first character from `at` on stands that may not be stable; the end
// of the text when there is none.
size_t FindUnstable(absl::string_view text, size_t at) {
  while (at < text.size()) {
    const uint8_t byte = static_cast<uint8_t>(text[at]);
    if (byte < 0x80) {
      at += AsciiRun(text.substr(at));
      continue;
    }
    // Up to U+02FF, or within a character; from U+4000 to U+9FFF.
    if (byte < 0xCC || (byte >= 0xE4 && byte <= 0xE9)) {
      ++at;
      continue;
    }
    const Character c = Read(text, at);
    if (!IsStable(c.code)) break;
    at += c.length;
  }
  return at;
}

// Where the first stable character from `at` on stands.
size_t FindStable(absl::string_view text, size_t at) {
  while (at < text.size()) {
    const Character c = Read(text, at);
    if (IsStable(c.code)) break;
    at += c.length;
  }
  return at;
}

void PutInOrder(std::vector<CodePoint>* codes) {
  const auto combining_class = [](CodePoint c) {
    return utf8proc_get_property(c)->combining_class;
  };
  const auto is_starter = [&](CodePoint c) { return combining_class(c) == 0; };
  for (auto begin = codes->begin(); begin != codes->end();) {
    begin = std::find_if_not(begin, codes->end(), is_starter);
    const auto end = std::find_if(begin, codes->end(), is_starter);
    std::stable_sort(begin, end, [&](CodePoint a, CodePoint b) {
      return combining_class(a) < combining_class(b);
    });
    begin = end;
  }
}

// What ASCII characters and marks from U+0300 to U+033F are together; 0 where they
// remain two. By far the most that is to be composed is such.
class AsciiCompositions {
 public:
  static char16_t Find(uint8_t base, uint8_t mark) {
    static const AsciiCompositions* const table = new AsciiCompositions;
    return table->composed_[base * kMarks + mark];
  }

  // Whether `text` is such a pair: the low bits of its last byte tell the mark.
  static bool IsPair(absl::string_view text) {
    return text.size() == 3 && static_cast<uint8_t>(text[0]) < 0x80 && text[1] == '\xCC';
  }

 private:
  static constexpr int kMarks = 0x40;

  AsciiCompositions() : composed_(0x80 * kMarks) {
    for (int i = 0; i < 0x80 * kMarks; ++i) {
      CodePoint pair[] = {i / kMarks, 0x300 + i % kMarks};
      const auto length = utf8proc_normalize_utf32(pair, 2, kNfc);
      if (length == 1) composed_[i] = static_cast<char16_t>(pair[0]);
    }
  }

  std::vector<char16_t> composed_;
};

void AppendCode(CodePoint code, std::string* out) {
  utf8proc_uint8_t bytes[4];
  const auto length = utf8proc_encode_char(code, bytes);
  out->append(reinterpret_cast<const char*>(bytes), length);
}

// Appends the normal form of `text`. `codes` is room to work in.
void AppendNormal(absl::string_view text, std::vector<CodePoint>* codes, std::string* out) {
  if (AsciiCompositions::IsPair(text)) {
    const char16_t composed = AsciiCompositions::Find(text[0], text[2] & 0x3F);
    if (composed != 0) return AppendCode(composed, out);
    out->append(text.data(), text.size());
    return;
  }
  constexpr size_t kLongest = 4;  // of the decompositions of one character
  codes->clear();
  for (size_t at = 0; at < text.size();) {
    const Character c = Read(text, at);
    const size_t used = codes->size();
    codes->resize(used + kLongest);
    codes->resize(used +
                  utf8proc_decompose_char(c.code, codes->data() + used, kLongest, kNfc, nullptr));
    at += c.length;
  }
  PutInOrder(codes);
  codes->resize(utf8proc_normalize_utf32(codes->data(), codes->size(), kNfc));
  for (const CodePoint code : *codes) AppendCode(code, out);
}

}  // namespace

void NormalizeNfc(std::string* text, size_t from) {
  size_t unstable = FindUnstable(*text, from);
  if (unstable == text->size()) return;
  std::string normal;
  normal.reserve(text->size() - from);
  std::vector<CodePoint> codes;
  size_t done = from;
  while (unstable < text->size()) {
    // The stable character before it may be its base.
    size_t begin = unstable;
    if (begin > done) --begin;
    while (begin > done && (static_cast<uint8_t>((*text)[begin]) & 0xC0) == 0x80) --begin;
    const size_t end = FindStable(*text, unstable);
    normal.append(*text, done, begin - done);
    AppendNormal(absl::string_view(*text).substr(begin, end - begin), &codes, &normal);
    done = end;
    unstable = FindUnstable(*text, end);
  }
  text->replace(from, done - from, normal);
}

}  // namespace marcd
