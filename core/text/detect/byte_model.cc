#include "core/text/detect/byte_model.h"

#include <bitset>
#include <cstdint>
#include <cstring>

#include "core/record/frame.h"
#include "core/text/detect/byte_tables.h"

namespace marcd {
namespace {

// Words are written in Cyrillic seldom, and any two bytes may look like one.
constexpr int kCp1251Cost = 20;

// What a byte is as a neighbour; the order is that of kUseCosts.
enum class Class { kLower, kUpper, kDigit, kOther };

bool IsLetter(Class of) { return of <= Class::kUpper; }

// A byte from 0x80 on and its neighbours.
struct Place {
  uint8_t before;
  uint8_t byte;
  uint8_t after;
  uint8_t then;
};

Place PlaceAt(absl::string_view text, size_t at) {
  const auto byte = [text](size_t i) {
    return static_cast<uint8_t>(i < text.size() ? text[i] : kFieldTerminator);
  };
  // A subfield's code is no letter of a word.
  const bool begins = at == 0 || (at >= 2 && text[at - 2] == kSubfieldDelimiter);
  return {begins ? static_cast<uint8_t>(kFieldTerminator) : byte(at - 1), byte(at), byte(at + 1),
          byte(at + 2)};
}

// A word that comes again says nothing new. Where two places share a slot, one of
// them is not counted: then there are many.
constexpr size_t kSeenPlaces = 4096;

size_t SlotOf(const Place& place) {
  uint32_t bytes;
  static_assert(sizeof bytes == sizeof place);
  std::memcpy(&bytes, &place, sizeof bytes);
  return bytes * 2654435761U >> 20;
}

Class AsciiClass(uint8_t byte) {
  if (byte >= 'a' && byte <= 'z') return Class::kLower;
  if (byte >= 'A' && byte <= 'Z') return Class::kUpper;
  return byte >= '0' && byte <= '9' ? Class::kDigit : Class::kOther;
}

Class ClassOf(const ByteUse& use) {
  if (use.use == Use::kCapital) return Class::kUpper;
  return use.use == Use::kSmall || use.use == Use::kInWord ? Class::kLower : Class::kOther;
}

// What a byte is in the three encodings. A mark is as a letter.
Class Marc8Class(uint8_t byte) {
  if (byte < 0x80) return AsciiClass(byte);
  return byte >= 0xE0 ? Class::kLower : ClassOf(kMarc8Uses[byte - 0x80]);
}

Class Latin1Class(uint8_t byte) {
  if (byte < 0x80) return AsciiClass(byte);
  if (byte >= 0xE0) return byte == 0xF7 ? Class::kOther : Class::kLower;
  return ClassOf(kLatin1Uses[byte - 0x80]);
}

Class Cp1251Class(uint8_t byte) {
  if (byte < 0x80) return AsciiClass(byte);
  if (byte >= 0xC0) return byte >= 0xE0 ? Class::kLower : Class::kUpper;
  return ClassOf(kCp1251Uses[byte - 0x80]);
}

int CostByUse(const ByteUse& use, Class before, Class after) {
  return use.cost +
         kUseCosts[static_cast<int>(use.use)][static_cast<int>(before)][static_cast<int>(after)] -
         '0';
}

// The column of byte_pairs.h of a byte that is `of`.
int Column(uint8_t byte, Class of) {
  if (!IsLetter(of)) return kOtherColumn;
  return byte >= 0x80 ? kHighColumn : (byte | 0x20) - 'a';
}

// The index into a row of the other tables of byte_pairs.h.
int Kind(uint8_t byte, Class of) {
  constexpr uint32_t kVowels = 1 << 0 | 1 << 4 | 1 << 8 | 1 << 14 | 1 << 20 | 1 << 24;
  const int column = Column(byte, of);
  if (column >= kOtherColumn) return column == kOtherColumn ? 2 : 3;
  return (kVowels >> column & 1) != 0 ? 0 : 1;
}

// The cost of a byte from 0xE0 on by the tables of an encoding.
int CostByPairs(const Place& place, Class (*class_of)(uint8_t), const char (*pairs)[29],
                const char (*before)[5], const char (*then)[5]) {
  const int row = place.byte - 0xE0;
  const int column = Column(place.after, class_of(place.after));
  int cost =
      pairs[row][column] - '0' + before[row][Kind(place.before, class_of(place.before))] - '0';
  if (column != kOtherColumn) {
    cost += then[column][Kind(place.then, class_of(place.then))] - '0';
  }
  // Words do not go on behind digits.
  return cost + (class_of(place.before) == Class::kDigit ? 6 : 0);
}

int Marc8Cost(const Place& place) {
  if (place.byte < 0xE0) {
    const ByteUse& use = kMarc8Uses[place.byte - 0x80];
    const Class after = Marc8Class(place.after >= 0xE0 ? place.then : place.after);
    const int cost = CostByUse(use, Marc8Class(place.before), after);
    // The mark has paid for its letter.
    if (place.before >= 0xE0 && IsLetter(ClassOf(use))) return cost / 2;
    // Ayn begins words; the degree sign of Latin-1 stands before a C or F alone.
    return cost + (use.use == Use::kBeforeWord && !IsLetter(Marc8Class(place.then)) ? 8 : 0);
  }
  int cost = CostByPairs(place, Marc8Class, kMarc8Pairs, kMarc8Before, kMarc8Then);
  // A capital with a mark stands where a word begins, or in a word of capitals.
  if (Marc8Class(place.after) == Class::kUpper) {
    cost += Marc8Class(place.before) == Class::kLower ? 8 : 2;
  }
  return cost;
}

int Latin1Cost(const Place& place) {
  if (place.byte < 0xE0) {
    const ByteUse& use = kLatin1Uses[place.byte - 0x80];
    const Class after = Latin1Class(place.after);
    const int cost = CostByUse(use, Latin1Class(place.before), after);
    // A word of one capital more, or of all.
    const bool odd = use.use == Use::kCapital && after == Class::kUpper &&
                     Latin1Class(place.then) == Class::kLower;
    return cost + (odd ? 8 : 0);
  }
  const int cost = CostByPairs(place, Latin1Class, kLatin1Pairs, kLatin1Before, kLatin1Then);
  // A small letter before a capital.
  return cost + (Latin1Class(place.after) == Class::kUpper ? 10 : 0);
}

int Cp1251Cost(const Place& place) {
  const Class before = Cp1251Class(place.before);
  const Class after = Cp1251Class(place.after);
  if (place.byte < 0xC0) return CostByUse(kCp1251Uses[place.byte - 0x80], before, after);
  const bool capital = place.byte < 0xE0;
  int cost = kCyrillicCosts[place.byte & 0x1F] - '0' + (capital ? 6 : 0);
  // Words are of Cyrillic letters from end to end.
  if (IsLetter(after)) {
    cost += place.after >= 0x80 ? 1 : capital ? 12 : 18;
  } else {
    cost += 3;
  }
  if (!IsLetter(before)) return cost + 3;
  if (place.before < 0x80) return cost + 13;
  return cost + (capital && before == Class::kLower ? 7 : 1);
}

}  // namespace

size_t FindHigh(absl::string_view text, size_t from) {
  size_t at = from;
  for (uint64_t word; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & 0x8080808080808080) != 0) break;
  }
  while (at < text.size() && static_cast<uint8_t>(text[at]) < 0x80) ++at;
  return at;
}

ByteCosts JudgeBytes(absl::string_view text, size_t begin, size_t end) {
  ByteCosts costs;
  costs.cp1251 = kCp1251Cost;
  std::bitset<kSeenPlaces> seen;
  for (size_t at = FindHigh(text, begin); at < end; at = FindHigh(text, at + 1)) {
    const Place place = PlaceAt(text, at);
    ++costs.high;
    if (place.byte < 0xA0) ++costs.c1;
    const size_t slot = SlotOf(place);
    if (seen[slot]) continue;
    seen[slot] = true;
    costs.marc8 += Marc8Cost(place);
    costs.latin1 += Latin1Cost(place);
    costs.cp1251 += Cp1251Cost(place);
  }
  return costs;
}

}  // namespace marcd
