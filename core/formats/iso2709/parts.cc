#include "core/formats/iso2709/parts.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/ascii.h"
#include "core/base/bytes.h"
#include "core/record/leader.h"

namespace marcd::iso2709 {
namespace {

Finding FindingOf(Reason reason, std::string message) {
  return MakeFinding(reason, Disposition::kSkipped, std::move(message));
}

}  // namespace

std::optional<Finding> Split(absl::string_view record, Parts* parts) {
  if (record.size() < kLeaderSize + 2) {
    return FindingOf(Reason::kLeaderTooShort,
                     absl::StrCat("Record of ", record.size(),
                                  " bytes is too short for a leader, a directory and their "
                                  "terminators"));
  }
  if (record.back() != kRecordTerminator) {
    return FindingOf(Reason::kMissingTerminator, "MARC record missing terminator (0x1D)");
  }
  const Leader leader(record);
  if (!IsAscii(leader.bytes())) {
    return FindingOf(Reason::kLeaderInvalid,
                     absl::StrCat("Leader is not ASCII: ", EscapeBytes(leader.bytes())));
  }
  const int32_t base = leader.base_address();
  if (base <= static_cast<int32_t>(kLeaderSize) || static_cast<size_t>(base) >= record.size()) {
    return FindingOf(
        Reason::kBaseAddressInvalid,
        absl::StrCat("Base address of data is '", EscapeBytes(leader.bytes().substr(12, 5)),
                     "' in a record of ", record.size(), " bytes"));
  }
  if (record[base - 1] != kFieldTerminator) {
    const size_t end = record.find(kFieldTerminator, kLeaderSize);
    return end == absl::string_view::npos
               ? FindingOf(Reason::kDirectoryUnterminated,
                           "No field terminator (0x1E) closes the directory")
               : FindingOf(Reason::kBaseAddressInvalid,
                           absl::StrCat("Base address of data is ", base,
                                        ", but the directory ends before byte ", end + 1));
  }
  parts->record = record;
  parts->directory = record.substr(kLeaderSize, base - kLeaderSize - 1);
  parts->data = record.substr(base, record.size() - base - 1);
  if (parts->directory.size() % kEntrySize != 0) {
    return FindingOf(Reason::kDirectoryLengthInvalid,
                     absl::StrCat("Directory of ", parts->directory.size(),
                                  " bytes is not a row of 12-byte entries"));
  }
  return std::nullopt;
}

Finding FieldFinding(Reason reason, const Parts& parts, size_t index, absl::string_view what) {
  Finding finding;
  finding.reason = reason;
  finding.tag = EscapeBytes(parts.tag(index));
  finding.message = absl::StrCat("Field ", finding.tag, " (directory entry ", index, "): ", what);
  finding.variables = {{"entry", absl::StrCat(index)}};
  return finding;
}

Finding ExplainEntry(const Parts& parts, size_t index) {
  const absl::string_view entry = parts.entry(index);
  if (!IsTag(entry.substr(0, kTagSize))) {
    Finding finding =
        FindingOf(Reason::kTagInvalid, absl::StrCat("Directory entry ", index, " has the tag '",
                                                    EscapeBytes(parts.tag(index)), "'"));
    finding.variables = {{"entry", absl::StrCat(index)}};
    return finding;
  }
  uint32_t length, start;
  if (!ReadNumbers(entry.data(), &length, &start)) {
    return FieldFinding(
        Reason::kDirectoryEntryInvalid, parts, index,
        absl::StrCat("length and start are '", EscapeBytes(entry.substr(3)), "', not nine digits"));
  }
  const auto finding_of = [&](Reason reason, absl::string_view what) {
    Finding finding = FieldFinding(reason, parts, index, what);
    finding.variables.emplace_back("length", absl::StrCat(length));
    finding.variables.emplace_back("start", absl::StrCat(start));
    return finding;
  };
  // A field that begins behind a terminator and runs for over 9,999 bytes.
  const bool at_boundary =
      start < parts.data.size() && (start == 0 || parts.data[start - 1] == kFieldTerminator);
  if (at_boundary) {
    const size_t end = parts.data.find(kFieldTerminator, start);
    if (end != absl::string_view::npos && end - start >= 9'999) {
      return finding_of(Reason::kFieldTooLong,
                        absl::StrCat("has ", end - start, " bytes; the directory says ", length));
    }
  }
  const size_t end = size_t{start} + length;
  if (length < 1 || end > parts.data.size()) {
    return finding_of(Reason::kFieldOutOfBounds,
                      absl::StrCat("length ", length, " from ", start, " in ", parts.data.size(),
                                   " bytes of data"));
  }
  return finding_of(Reason::kFieldTerminatorMissing,
                    absl::StrCat("no field terminator (0x1E) at byte ", end - 1, " of the data"));
}

}  // namespace marcd::iso2709
