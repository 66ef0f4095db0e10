#include "core/formats/iso2709/damage.h"

#include <algorithm>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/formats/iso2709/parts.h"
#include "core/record/leader.h"

namespace marcd {
namespace {

constexpr size_t kLongestLength = 99'999;

std::string Printable(absl::string_view bytes) {
  std::string text(bytes);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '.');
  return text;
}

// How many characters there are if `text` is UTF-8.
size_t CountCharacters(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

// How long the directory says that the record is; 0 when it says nothing.
size_t LengthByDirectory(absl::string_view record) {
  if (record.size() < kLeaderSize + iso2709::kEntrySize) return 0;
  const int32_t base = Leader(record).base_address();
  size_t end = record.find(kFieldTerminator, kLeaderSize);
  if (end == absl::string_view::npos || static_cast<int64_t>(end) + 1 != base) return 0;
  size_t data = 0;
  for (size_t at = kLeaderSize; at + iso2709::kEntrySize <= end; at += iso2709::kEntrySize) {
    uint32_t length, start;
    if (!iso2709::ReadNumbers(record.data() + at, &length, &start)) return 0;
    data = std::max<size_t>(data, size_t{start} + length);
  }
  return base + data + 1;
}

// `damage`, told apart by what the record holds.
Reason Refine(Reason damage, absl::string_view record, int64_t declared) {
  switch (damage) {
    case Reason::kLengthTooSmall:
    case Reason::kLengthShort:
      if (record.size() > kLongestLength) return Reason::kLengthOverflow;
      if (damage == Reason::kLengthShort &&
          static_cast<int64_t>(CountCharacters(record)) == declared) {
        return Reason::kLengthInCharacters;
      }
      return damage;
    case Reason::kLengthTooLarge:
    case Reason::kLengthLong:
      return static_cast<int64_t>(LengthByDirectory(record)) == declared ? Reason::kEarlyTerminator
                                                                         : damage;
    default:
      return damage;
  }
}

std::string Describe(Reason reason, absl::string_view record, uint64_t offset, int32_t declared) {
  const absl::string_view length = record.substr(0, 5);
  switch (reason) {
    case Reason::kLengthNotDigits:
      return absl::StrCat("Invalid MARC record length: expected 5 ASCII digits at offset ", offset,
                          ", got '", Printable(length), "' (hex: ", absl::BytesToHexString(length),
                          ")");
    case Reason::kTruncatedLeader:
      return absl::StrCat("Unexpected EOF: expected 24-byte MARC header, got only ", record.size(),
                          " bytes at offset ", offset);
    case Reason::kTruncatedRecord:
      return absl::StrCat("Unexpected EOF: record declares ", declared, " bytes but only ",
                          record.size(), " bytes available at offset ", offset);
    case Reason::kMissingTerminator:
      return absl::StrCat("MARC record missing terminator (0x1D) at offset ", offset);
    case Reason::kLengthTooSmall:
      return absl::StrCat("MARC record too short: ", declared, " bytes (minimum 24) at offset ",
                          offset);
    case Reason::kLengthTooLarge:
    case Reason::kLengthShort:
    case Reason::kLengthLong:
    case Reason::kLengthInCharacters:
    case Reason::kLengthOverflow:
    case Reason::kEarlyTerminator:
      return absl::StrCat("MARC record declares ", declared, " bytes but ends after ",
                          record.size(), " at offset ", offset, ": ", RowOf(reason).what);
    default:
      return absl::StrCat(RowOf(reason).what, " It has ", record.size(), " bytes at offset ",
                          offset);
  }
}

}  // namespace

Finding DescribeIso2709Damage(Reason damage, absl::string_view record, uint64_t offset) {
  const int32_t declared = ParseDigits(record.substr(0, 5));
  Finding finding;
  finding.reason = Refine(damage, record, declared);
  finding.message = Describe(finding.reason, record, offset, declared);
  finding.variables = {{"declared", EscapeBytes(record.substr(0, 5))},
                       {"actual", absl::StrCat(record.size())}};
  return finding;
}

}  // namespace marcd
