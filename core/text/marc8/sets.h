// The character sets of MARC-8, made from marc8_table.txt.
#ifndef MARCD_CORE_TEXT_MARC8_SETS_H_
#define MARCD_CORE_TEXT_MARC8_SETS_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/text/utf8_writer.h"

namespace marcd {

// What else a PackedChar of a set says: that it comes before its base; and of the
// double-width marks, that it is the first half of one or the second half, and of
// which.
constexpr PackedChar kMark = 1u << 31;
constexpr PackedChar kFirstHalf = 1u << 30;
constexpr PackedChar kSecondHalf = 1u << 29;
constexpr PackedChar kDoubleTilde = 1u << 28;  // else the ligature

struct Marc8Set {
  // What a code stands for, by its low seven bits less 0x20; 0 for nothing. Null for
  // EACC, whose codes have three bytes each.
  const PackedChar* chars;
  // Whether the code tables give its codes as from G1, with the high bit set.
  bool extended;

  bool is_eacc() const { return chars == nullptr; }
};

// The set whose ISO final byte is `final`, or null. `in_halves`: ANSEL with the
// double-width marks as two halves each, which are marks as others.
const Marc8Set* FindMarc8Set(uint8_t final, bool in_halves);

// What a byte from 0x80 to 0x9F stands for whatever the sets are; 0 for nothing.
PackedChar Marc8Control(uint8_t byte);

// What the three bytes of an EACC code, as from G0, stand for; 0 for nothing.
char32_t EaccChar(uint8_t first, uint8_t second, uint8_t third);

// What pymarc 5.4 has in its place; 0 where nothing else.
char32_t PymarcEaccChar(uint8_t first, uint8_t second, uint8_t third);

// What three bytes stand for that are no EACC code, yet found in files; 0 for nothing.
char32_t OddEaccChar(uint8_t first, uint8_t second, uint8_t third);

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_MARC8_SETS_H_
