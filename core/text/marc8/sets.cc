#include "core/text/marc8/sets.h"

#include <cstddef>

namespace marcd {
namespace {

struct CodeAndChar {
  uint32_t code;
  char32_t value;
};

#include "core/text/marc8/tables.inc"

// The range of the bytes of EACC codes; the last one of U+3000 is a blank, too.
constexpr uint8_t kFirst = 0x21;
constexpr uint8_t kLast = 0x7E;
constexpr size_t kColumns = kLast - kFirst + 1;

// Few rows, so that looking at all of them is quicker than choosing.
template <size_t n>
char32_t FindCode(const CodeAndChar (&table)[n], uint32_t code) {
  char32_t found = 0;
  for (const CodeAndChar& row : table) found |= row.code == code ? row.value : 0;
  return found;
}

}  // namespace

const Marc8Set* FindMarc8Set(uint8_t final, bool in_halves) {
  const Marc8Set* const set = SetOf(final);
  return set == &kMarc8Set45 && in_halves ? &kMarc8Set45InHalves : set;
}

PackedChar Marc8Control(uint8_t byte) { return kControls[byte & 0x1F]; }

char32_t EaccChar(uint8_t first, uint8_t second, uint8_t third) {
  if (first < kFirst || first > kLast || second < kFirst || second > kLast) return 0;
  if (third < kFirst - 1 || third > kLast) return 0;
  const size_t row = kEaccRows[(first - kFirst) * kColumns + (second - kFirst)];
  const char32_t cell = kEaccCells[row * (kColumns + 1) + (third - (kFirst - 1))];
  return cell >= 0xD800 && cell <= 0xDFFF ? kEaccFar[cell - 0xD800] : cell;
}

char32_t PymarcEaccChar(uint8_t first, uint8_t second, uint8_t third) {
  return FindCode(kPymarc, first << 16 | second << 8 | third);
}

char32_t OddEaccChar(uint8_t first, uint8_t second, uint8_t third) {
  return FindCode(kOdd, first << 16 | second << 8 | third);
}

}  // namespace marcd
