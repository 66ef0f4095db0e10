// The parts of an ISO 2709 record, and where its directory says that fields lie.
//
// Rules: MARC 21 Specifications for Record Structure, "Leader", "Directory" and
// "Variable Fields".
#ifndef MARCD_CORE_FORMATS_ISO2709_PARTS_H_
#define MARCD_CORE_FORMATS_ISO2709_PARTS_H_

#include <cstdint>
#include <cstring>
#include <optional>

#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"
#include "core/record/frame.h"

namespace marcd::iso2709 {

constexpr size_t kEntrySize = 12;

// A field's place in the data, checked to lie inside it.
struct Extent {
  uint32_t start;
  uint32_t length;  // without the field terminator
};

// Views into one record.
struct Parts {
  absl::string_view record;
  absl::string_view directory;  // without its terminator; a multiple of 12 bytes
  absl::string_view data;       // without the record terminator

  size_t entries() const { return directory.size() / kEntrySize; }
  absl::string_view entry(size_t i) const { return directory.substr(i * kEntrySize, kEntrySize); }
  absl::string_view tag(size_t i) const { return directory.substr(i * kEntrySize, kTagSize); }
  absl::string_view payload(const Extent& extent) const {
    return data.substr(extent.start, extent.length);
  }
};

// Takes a record with its terminator apart, or says what forbids it.
std::optional<Finding> Split(absl::string_view record, Parts* parts);

inline bool IsTag(absl::string_view tag) {
  const auto printable = [](char c) { return c >= 0x20 && c <= 0x7E; };
  return printable(tag[0]) && printable(tag[1]) && printable(tag[2]);
}

// Eight ASCII digits at `text` as a number; false when one is no digit. All at
// once: a digit at a time costs as much as the rest of the entry together.
inline bool ParseEightDigits(const char* text, uint32_t* value) {
  uint64_t word;
  std::memcpy(&word, text, sizeof word);
  constexpr uint64_t kZeros = 0x3030303030303030, kHighNibbles = 0xF0F0F0F0F0F0F0F0;
  // A digit has the high nibble 3, and keeps it when 6 is added.
  const uint64_t nibbles =
      (word & kHighNibbles) | ((word + 0x0606060606060606) & kHighNibbles) >> 4;
  if (nibbles != 0x3333333333333333) return false;
  word -= kZeros;
  word = word * 10 + (word >> 8);  // pairs, in every other byte
  constexpr uint64_t kPairs = 0x000000FF000000FF;
  word = ((word & kPairs) * (100 + (1000000ULL << 32)) +
          (word >> 16 & kPairs) * (1 + (10000ULL << 32))) >>
         32;
  *value = static_cast<uint32_t>(word);
  return true;
}

// The length, terminator included, and the start that an entry gives; false when
// they are not nine digits.
inline bool ReadNumbers(const char* entry, uint32_t* length, uint32_t* start) {
  const unsigned thousands = static_cast<unsigned char>(entry[3]) - unsigned{'0'};
  uint32_t rest;  // three digits of the length, five of the start
  if (thousands > 9 || !ParseEightDigits(entry + 4, &rest)) return false;
  *length = thousands * 1000 + rest / 100'000;
  *start = rest % 100'000;
  return true;
}

// Reads the directory entry at `index`: true when its tag is one and its field
// lies in the data, with a terminator behind it.
inline bool ReadEntry(const Parts& parts, size_t index, Extent* extent) {
  const char* const entry = parts.directory.data() + index * kEntrySize;
  uint32_t length, start;
  if (!ReadNumbers(entry, &length, &start)) return false;
  const size_t end = size_t{start} + length;
  if (length < 1 || end > parts.data.size() || parts.data[end - 1] != kFieldTerminator) {
    return false;
  }
  *extent = {start, length - 1};
  return IsTag({entry, kTagSize});
}

// Why ReadEntry() said no.
Finding ExplainEntry(const Parts& parts, size_t index);

// A finding about the field at `index`: "Field 245 (directory entry 3): <what>".
Finding FieldFinding(Reason reason, const Parts& parts, size_t index, absl::string_view what);

}  // namespace marcd::iso2709

#endif  // MARCD_CORE_FORMATS_ISO2709_PARTS_H_
