// What bytes from 0x80 on are under each encoding, and beside what they stand. All
// costs are in the unit of byte_model.h. Digits of a cost are characters from '0' on.
#ifndef MARCD_CORE_TEXT_DETECT_BYTE_TABLES_H_
#define MARCD_CORE_TEXT_DETECT_BYTE_TABLES_H_

#include <cstdint>

#include "core/text/detect/byte_pairs.h"

namespace marcd {

// How a byte is used, which says what it stands between. Letters come first.
enum class Use : uint8_t {
  kCapital,
  kSmall,
  kInWord,        // a letter or modifier within words: hard and soft sign, alif
  kBeforeWord,    // ayn, and marks before letters
  kOpening,       // « ¿ and quotation marks that open
  kClosing,       // » and quotation marks that close
  kAfterNumber,   // ° ½
  kBeforeNumber,  // © £ §
  kAfterWord,     // ® ² ª
  kBetween,       // dashes, blanks, apostrophes
  kNothing,       // undefined: the cost stands for a damage
};

struct ByteUse {
  Use use;
  uint8_t cost;
};

// By use, by what stands before and by what follows: a small letter, a capital, a
// digit, anything else.
constexpr char kUseCosts[][4][5] = {
    {"89>9", "61<4", "66>9", "01<5"},  // kCapital
    {"08>4", "24>6", "8:@9", "28>7"},  // kSmall
    {"1891", "3392", "9922", "33:D"},  // kInWord
    {"219:", "428:", "::::", "1079"},  // kBeforeWord
    {"99:9", "99:9", "99:9", "2023"},  // kOpening
    {"9991", "9991", "9991", "9991"},  // kClosing
    {"::96", "::96", "6210", "9597"},  // kAfterNumber
    {"8889", "8878", "9977", "6302"},  // kBeforeNumber
    {"9990", "9990", "9991", "9994"},  // kAfterWord
    {"2232", "2232", "3312", "2231"},  // kBetween
    {"0000", "0000", "0000", "0000"},  // kNothing
};

constexpr ByteUse kUndefined = {Use::kNothing, 30};

// Bytes 0x80 to 0xDF of ANSEL.
// clang-format off
constexpr ByteUse kMarc8Uses[0x60] = {
    // 0x80: the non-sorting and joining controls.
    kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined,
    {Use::kOpening, 10}, {Use::kBetween, 10}, kUndefined, kUndefined, kUndefined,
    {Use::kBetween, 12}, {Use::kBetween, 12}, kUndefined,
    // 0x90
    kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined,
    kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined,
    // 0xA0: Ł Ø Đ Þ Æ Œ ʹ · ♭ ® ± Ơ Ư ʼ
    kUndefined, {Use::kCapital, 11}, {Use::kCapital, 12}, {Use::kCapital, 13},
    {Use::kCapital, 13}, {Use::kCapital, 12}, {Use::kCapital, 13}, {Use::kInWord, 7},
    {Use::kBetween, 14}, {Use::kAfterWord, 13}, {Use::kAfterWord, 14}, {Use::kBetween, 14},
    {Use::kCapital, 13}, {Use::kCapital, 13}, {Use::kInWord, 8}, kUndefined,
    // 0xB0: ʻ ł ø đ þ æ œ ʺ ı £ ð ơ ư
    {Use::kBeforeWord, 7}, {Use::kSmall, 8}, {Use::kSmall, 8}, {Use::kSmall, 9},
    {Use::kSmall, 11}, {Use::kSmall, 9}, {Use::kSmall, 10}, {Use::kInWord, 9},
    {Use::kSmall, 9}, {Use::kBeforeNumber, 11}, {Use::kSmall, 11}, kUndefined,
    {Use::kSmall, 9}, {Use::kSmall, 9}, kUndefined, kUndefined,
    // 0xC0: ° ℓ ℗ © ♯ ¿ ¡ ß €
    {Use::kAfterNumber, 9}, {Use::kBetween, 15}, {Use::kBeforeNumber, 12},
    {Use::kBeforeNumber, 10}, {Use::kAfterWord, 13}, {Use::kOpening, 11}, {Use::kOpening, 12},
    {Use::kSmall, 10}, {Use::kBeforeNumber, 12}, kUndefined, kUndefined, kUndefined, kUndefined,
    kUndefined, kUndefined, kUndefined,
    // 0xD0
    kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined,
    kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined, kUndefined,
};
// clang-format on

// Bytes 0x80 to 0xDF of CP1252.
// clang-format off
constexpr ByteUse kLatin1Uses[0x60] = {
    // 0x80: € ‚ ƒ „ … † ‡ ˆ ‰ Š ‹ Œ Ž
    {Use::kBetween, 11}, {Use::kNothing, 24}, {Use::kOpening, 13}, {Use::kBetween, 16},
    {Use::kOpening, 11}, {Use::kBetween, 9}, {Use::kBetween, 14}, {Use::kBetween, 16},
    {Use::kBetween, 16}, {Use::kBetween, 14}, {Use::kCapital, 11}, {Use::kOpening, 13},
    {Use::kCapital, 12}, {Use::kNothing, 24}, {Use::kCapital, 12}, {Use::kNothing, 24},
    // 0x90: ‘ ’ “ ” • – — ˜ ™ š › œ ž Ÿ
    {Use::kNothing, 24}, {Use::kOpening, 9}, {Use::kBetween, 6}, {Use::kOpening, 7},
    {Use::kClosing, 7}, {Use::kBetween, 11}, {Use::kBetween, 6}, {Use::kBetween, 8},
    {Use::kBetween, 16}, {Use::kAfterWord, 11}, {Use::kSmall, 10}, {Use::kClosing, 13},
    {Use::kSmall, 10}, {Use::kNothing, 24}, {Use::kSmall, 11}, {Use::kCapital, 16},
    // 0xA0: a blank ¡ ¢ £ ¤ ¥ ¦ § ¨ © ª « ¬ a hyphen ® ¯
    {Use::kBetween, 9}, {Use::kOpening, 12}, {Use::kBetween, 15}, {Use::kBeforeNumber, 11},
    {Use::kBetween, 20}, {Use::kBetween, 16}, {Use::kBetween, 20}, {Use::kBeforeNumber, 10},
    {Use::kBetween, 20}, {Use::kBeforeNumber, 9}, {Use::kAfterWord, 12}, {Use::kOpening, 8},
    {Use::kBetween, 20}, {Use::kBetween, 13}, {Use::kAfterWord, 11}, {Use::kBetween, 20},
    // 0xB0: ° ± ² ³ ´ µ ¶ · ¸ ¹ º » ¼ ½ ¾ ¿
    {Use::kAfterNumber, 8}, {Use::kBetween, 13}, {Use::kAfterWord, 12}, {Use::kAfterWord, 12},
    {Use::kBetween, 13}, {Use::kBetween, 14}, {Use::kBetween, 20}, {Use::kBetween, 11},
    {Use::kBetween, 20}, {Use::kAfterWord, 13}, {Use::kAfterNumber, 11}, {Use::kClosing, 8},
    {Use::kAfterNumber, 13}, {Use::kAfterNumber, 12}, {Use::kAfterNumber, 13}, {Use::kOpening, 11},
    // 0xC0: À Á Â Ã Ä Å Æ Ç È É Ê Ë Ì Í Î Ï
    {Use::kCapital, 9}, {Use::kCapital, 9}, {Use::kCapital, 11}, {Use::kCapital, 12},
    {Use::kCapital, 8}, {Use::kCapital, 9}, {Use::kCapital, 11}, {Use::kCapital, 10},
    {Use::kCapital, 10}, {Use::kCapital, 7}, {Use::kCapital, 12}, {Use::kCapital, 14},
    {Use::kCapital, 14}, {Use::kCapital, 10}, {Use::kCapital, 11}, {Use::kCapital, 14},
    // 0xD0: Ð Ñ Ò Ó Ô Õ Ö × Ø Ù Ú Û Ü Ý Þ ß
    {Use::kCapital, 14}, {Use::kCapital, 11}, {Use::kCapital, 14}, {Use::kCapital, 10},
    {Use::kCapital, 12}, {Use::kCapital, 13}, {Use::kCapital, 8}, {Use::kBetween, 14},
    {Use::kCapital, 9}, {Use::kCapital, 14}, {Use::kCapital, 10}, {Use::kCapital, 14},
    {Use::kCapital, 8}, {Use::kCapital, 13}, {Use::kCapital, 13}, {Use::kSmall, 6},
};
// clang-format on

// Bytes 0x80 to 0xBF of CP1251: punctuation where CP1252 has it, and letters of
// languages other than Russian.
// clang-format off
constexpr ByteUse kCp1251Uses[0x40] = {
    // 0x80: Ђ Ѓ ‚ ѓ „ … † ‡ € ‰ Љ ‹ Њ Ќ Ћ Џ
    {Use::kCapital, 16}, {Use::kCapital, 18}, {Use::kOpening, 13}, {Use::kSmall, 18},
    {Use::kOpening, 11}, {Use::kBetween, 9}, {Use::kBetween, 14}, {Use::kBetween, 16},
    {Use::kBetween, 13}, {Use::kBetween, 14}, {Use::kCapital, 15}, {Use::kOpening, 13},
    {Use::kCapital, 15}, {Use::kCapital, 18}, {Use::kCapital, 15}, {Use::kCapital, 16},
    // 0x90: ђ ‘ ’ “ ” • – — ™ љ › њ ќ ћ џ
    {Use::kSmall, 13}, {Use::kOpening, 9}, {Use::kBetween, 6}, {Use::kOpening, 7},
    {Use::kClosing, 7}, {Use::kBetween, 11}, {Use::kBetween, 6}, {Use::kBetween, 8},
    {Use::kNothing, 24}, {Use::kAfterWord, 11}, {Use::kSmall, 13}, {Use::kClosing, 13},
    {Use::kSmall, 13}, {Use::kSmall, 18}, {Use::kSmall, 13}, {Use::kSmall, 15},
    // 0xA0: a blank Ў ў Ј ¤ Ґ ¦ § Ё © Є « ¬ a hyphen ® Ї
    {Use::kBetween, 9}, {Use::kCapital, 14}, {Use::kSmall, 12}, {Use::kCapital, 12},
    {Use::kBetween, 20}, {Use::kCapital, 14}, {Use::kBetween, 20}, {Use::kBeforeNumber, 10},
    {Use::kCapital, 13}, {Use::kBeforeNumber, 9}, {Use::kCapital, 12}, {Use::kOpening, 8},
    {Use::kBetween, 20}, {Use::kBetween, 13}, {Use::kAfterWord, 11}, {Use::kCapital, 13},
    // 0xB0: ° ± І і ґ µ ¶ · ё № є » ј Ѕ ѕ ї
    {Use::kAfterNumber, 8}, {Use::kBetween, 13}, {Use::kCapital, 11}, {Use::kSmall, 8},
    {Use::kSmall, 13}, {Use::kBetween, 14}, {Use::kBetween, 20}, {Use::kBetween, 11},
    {Use::kSmall, 9}, {Use::kBeforeNumber, 11}, {Use::kSmall, 10}, {Use::kClosing, 8},
    {Use::kSmall, 9}, {Use::kCapital, 18}, {Use::kSmall, 18}, {Use::kSmall, 9},
};
// clang-format on

// Russian's letters а to я in their order, as bytes 0xE0 to 0xFF have them.
constexpr char kCyrillicCosts[] = "58687598597675476667<9;9:;@88<:8";

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_DETECT_BYTE_TABLES_H_
