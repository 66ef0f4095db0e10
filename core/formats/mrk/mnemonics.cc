#include "core/formats/mrk/mnemonics.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/text/marc8/marc8.h"
#include "core/text/normalize.h"
#include "core/text/utf8.h"

namespace marcd::mrk {
namespace {

struct Row {
  const char* name;
  const char* marc8;
};

constexpr Row kRows[] = {
#include "core/formats/mrk/mnemonics.inc"
};

// Longer than any name.
constexpr size_t kLongestName = 24;
constexpr unsigned kLigature = 1, kDoubleTilde = 2;

std::string Decoded(const std::string& marc8, bool halves, bool* ok) {
  TextOptions options;
  options.half_marks = halves;
  std::string text;
  *ok = DecodeMarc8(marc8, options, &text).ok();
  return text;
}

// False if MARC-8 has nothing at its code.
bool Make(const std::string& name, const std::string& marc8, Mnemonic* made) {
  made->name = name;
  made->marc8 = marc8;
  const auto first = static_cast<unsigned char>(marc8[0]);
  made->mark = marc8.size() == 1 && first >= 0xE0;
  bool ok = true;
  if (marc8 == "\x1B") {
    made->text = marc8;
  } else if (made->mark) {
    made->text = Decoded(marc8 + "x", false, &ok).substr(1);
    const std::string half = Decoded(marc8 + "x", true, &ok).substr(1);
    if (half != made->text || first == 0xEC || first == 0xFB) made->half = half;
    made->begins = first == 0xEB ? kLigature : first == 0xFA ? kDoubleTilde : 0;
    made->ends = first == 0xEC ? kLigature : first == 0xFB ? kDoubleTilde : 0;
  } else {
    made->text = Decoded(marc8, false, &ok);
    NormalizeNfc(&made->text, 0);
  }
  return ok && !made->text.empty();
}

using Table = std::map<std::string, Mnemonic, std::less<>>;

Table MakeTable() {
  Table table;
  const auto add = [&](const std::string& name, const std::string& marc8) {
    Mnemonic made;
    if (Make(name, marc8, &made)) table.emplace(name, made);
  };
  for (const Row& row : kRows) add(row.name, row.marc8);
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (int byte = 0; byte < 256; ++byte) {
    add({kDigits[byte >> 4], kDigits[byte & 15]}, std::string(1, static_cast<char>(byte)));
  }
  for (char c = '0'; c <= 'z'; ++c) {
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c >= 'a') {
      add(std::string(1, c), std::string(1, c));
    }
  }
  return table;
}

const Table& AllMnemonics() {
  static const Table* const table = new Table(MakeTable());
  return *table;
}

// Names that are read, and for which there is a better one.
bool IsSecondName(const std::string& name) {
  static const std::set<std::string>* const names =
      new std::set<std::string>{"ETH",   "Ehookr",  "circb",    "diaer",   "ehookr",   "hookl",
                                "hookr", "mlPrime", "mllhring", "mlprime", "mlrhring", "vlineb"};
  const size_t size = name.size();
  return names->count(name) > 0 || (size > 2 && name.compare(size - 2, 2, "cy") == 0);
}

using Names = absl::flat_hash_map<std::string, const Mnemonic*>;

Names MakeNames() {
  Names names;
  for (const bool of_bytes : {false, true}) {
    for (const auto& [name, each] : AllMnemonics()) {
      const bool is_byte =
          name.size() <= 2 && each.marc8.size() == 1 && name != "lt" && name != "gt";
      // Second halves alone are not what they would be read as.
      if (is_byte != of_bytes || IsSecondName(name) || each.ends != 0) continue;
      const size_t length = 1 + std::count_if(each.text.begin() + 1, each.text.end(),
                                              [](char c) { return (c & 0xC0) == 0x80; });
      const bool one = each.text.size() == length && (each.text[0] & 0x80) != 0;
      if (one) names.emplace(each.text, &each);
    }
  }
  return names;
}

}  // namespace

const Mnemonic* FindMnemonic(absl::string_view name) {
  const Table& table = AllMnemonics();
  const auto found = table.find(std::string(name));
  return found == table.end() ? nullptr : &found->second;
}

const Mnemonic* MnemonicOf(absl::string_view character) {
  static const Names* const names = new Names(MakeNames());
  const auto found = names->find(character);
  return found == names->end() ? nullptr : found->second;
}

const Mnemonic* ParseMnemonic(absl::string_view text, size_t* length, bool* looks_like_one) {
  *length = 1;
  *looks_like_one = false;
  const size_t end = text.substr(0, kLongestName + 2).find('}');
  if (end == absl::string_view::npos || end < 2) return nullptr;
  const absl::string_view name = text.substr(1, end - 1);
  const bool alnum = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
  if (!alnum) return nullptr;
  const Mnemonic* const found = FindMnemonic(name);
  *looks_like_one = found == nullptr;
  if (found != nullptr) *length = end + 1;
  return found;
}

}  // namespace marcd::mrk
