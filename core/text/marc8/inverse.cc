#include "core/text/marc8/inverse.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <tuple>

#include "core/text/marc8/sets.h"
#include "core/text/normalize.h"

namespace marcd {
namespace {

// The sets' ISO final bytes, in the order of Marc8SetId.
constexpr char kFinals[] = {'B', 'E', 'N', 'Q', 'S', '2', '3', '4', 'g', 'b', 'p'};

char32_t Unpack(PackedChar c) {
  const auto byte = [&](int i) { return static_cast<char32_t>(c >> 8 * i & 0xFF); };
  switch (PackedLength(c)) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    default:
      return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  }
}

// The normal form C of these characters, if it is one character; else 0.
char32_t Compose(const char32_t* chars, size_t count) {
  std::string text;
  Utf8Writer writer(&text);
  for (size_t i = 0; i < count; ++i) {
    if (chars[i] < 0x800) {
      writer.Put(PackChar(chars[i]));
    } else {
      writer.PutWide(chars[i]);
    }
  }
  writer.Flush();
  NormalizeNfc(&text, 0);
  utf8proc_int32_t code;
  const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &code);
  return static_cast<size_t>(length) == text.size() ? static_cast<char32_t>(code) : 0;
}

}  // namespace

struct Marc8Inverse::Row {
  char32_t c;
  // The code stands for a character of which `c` is the normal form; or it has a byte that
  // is a blank: U+3000 has one without.
  bool other;
  Marc8Code code;
};

const Marc8Inverse& Marc8Inverse::Get() {
  static const Marc8Inverse* const inverse = new Marc8Inverse;
  return *inverse;
}

std::vector<Marc8Inverse::Row> Marc8Inverse::CollectRows() {
  std::vector<Row> rows;
  const auto add = [&](char32_t c, Marc8Code code) {
    const char32_t normal = c < 0x300 ? c : Compose(&c, 1);
    const bool other = normal != c || (code.size == 3 && code.bytes[2] == ' ');
    if (normal != 0) rows.push_back({normal, other, code});
  };
  for (unsigned c = 0; c < 0x20; ++c) {
    add(c, {Marc8SetId::kAny, false, 1, {static_cast<char>(c)}});
  }
  add(' ', {Marc8SetId::kAscii, false, 1, {' '}});
  add(0x7F, {Marc8SetId::kAny, false, 1, {0x7F}});
  for (unsigned byte = 0x80; byte < 0xA0; ++byte) {
    const PackedChar c = Marc8Control(static_cast<uint8_t>(byte));
    // They are in every set, too, but yaz knows them in none but ANSEL.
    if (c != 0) add(Unpack(c), {Marc8SetId::kAnsel, false, 1, {static_cast<char>(byte)}});
  }
  for (size_t i = 0; i < sizeof kFinals; ++i) {
    const Marc8Set& set = *FindMarc8Set(kFinals[i], /*in_halves=*/false);
    for (unsigned place = 0x21; place < 0x7F; ++place) {
      const PackedChar c = set.chars[place - 0x20];
      // A second half says nothing by itself.
      if (c == 0 || (c & kSecondHalf) != 0) continue;
      const bool high = set.extended;
      add(Unpack(c), {static_cast<Marc8SetId>(i),
                      (c & kMark) != 0,
                      1,
                      {static_cast<char>(high ? place | 0x80 : place)}});
    }
  }
  for (unsigned first = 0x21; first < 0x7F; ++first) {
    for (unsigned second = 0x21; second < 0x7F; ++second) {
      for (unsigned third = 0x20; third < 0x7F; ++third) {
        const char32_t c = EaccChar(static_cast<uint8_t>(first), static_cast<uint8_t>(second),
                                    static_cast<uint8_t>(third));
        if (c == 0) continue;
        add(c, {Marc8SetId::kEacc,
                false,
                3,
                {static_cast<char>(first), static_cast<char>(second), static_cast<char>(third)}});
      }
    }
  }
  return rows;
}

Marc8Inverse::Marc8Inverse() : pages_(1) {
  std::vector<Row> rows = CollectRows();
  // Of several codes in one set the first is taken, of those that are not others.
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a.c, a.code.set, a.other) < std::tie(b.c, b.code.set, b.other);
  });
  for (size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (i > 0 && rows[i - 1].c == row.c && rows[i - 1].code.set == row.code.set) continue;
    uint16_t& page = page_of_[row.c / kPage];
    if (page == 0) {
      page = static_cast<uint16_t>(pages_.size());
      pages_.emplace_back();
    }
    Range& range = pages_[page][row.c % kPage];
    if (range.size++ == 0) range.begin = static_cast<uint16_t>(codes_.size());
    codes_.push_back(row.code);
  }
  AddExpansions();
}

void Marc8Inverse::AddExpansions() {
  constexpr size_t kLongest = 4;  // of the decompositions of one character
  const auto is = [&](char32_t c, bool mark) {
    const auto codes = CodesOf(c);
    return !codes.empty() && codes[0].mark == mark;
  };
  for (char32_t c = 0x80; c < kExpandedEnd; ++c) {
    if (!CodesOf(c).empty()) continue;
    utf8proc_int32_t parts[kLongest];
    const auto count = static_cast<size_t>(
        utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts, kLongest,
                                static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE), nullptr));
    char32_t chars[kLongest];
    std::copy(parts, parts + count, chars);
    // What has most in common with the character comes first: o with horn for one that has
    // another mark besides, for the horn has no code.
    for (size_t of_base = count - 1; of_base > 0 && count > 1; --of_base) {
      const char32_t base = Compose(chars, of_base);
      const bool marks = std::all_of(chars + of_base, chars + count,
                                     [&](char32_t mark) { return is(mark, /*mark=*/true); });
      if (base == 0 || !marks || !is(base, /*mark=*/false)) continue;
      expansions_.push_back({base, {chars + of_base, chars + count}});
      expansion_of_[c] = static_cast<uint16_t>(expansions_.size());
      break;
    }
  }
}

}  // namespace marcd
