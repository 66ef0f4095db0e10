#include "core/formats/iso2709/damage.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"

namespace marcd {
namespace {

std::string Printable(absl::string_view bytes) {
  std::string text(bytes);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '.');
  return text;
}

}  // namespace

std::string DescribeIso2709Damage(Reason reason, absl::string_view record, uint64_t offset) {
  const absl::string_view length = record.substr(0, 5);
  const int32_t declared = ParseDigits(length);
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
    case Reason::kLengthMismatch:
      return absl::StrCat("MARC record declares ", declared, " bytes but ends after ",
                          record.size(), " at offset ", offset);
    default:
      return absl::StrCat(RowOf(reason).what, " It has ", record.size(), " bytes at offset ",
                          offset);
  }
}

}  // namespace marcd
