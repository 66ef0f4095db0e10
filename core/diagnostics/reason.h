// Every reason that can be given for a finding, in one table. docs/diagnostics.md
// is made from it by //core/diagnostics:reasons_page, and a test compares them.
// To add a reason, add a row to the table in reason.cc and a value here.
#ifndef MARCD_CORE_DIAGNOSTICS_REASON_H_
#define MARCD_CORE_DIAGNOSTICS_REASON_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace marcd {

enum class Reason {
  // Of gaps: bytes that belong to no record.
  kBytesBetweenRecords,
  kNotARecord,
  // Of records: where they begin and end.
  kLengthNotDigits,
  kLengthTooSmall,
  kLengthMismatch,
  kMissingTerminator,
  kTruncatedLeader,
  kTruncatedRecord,
  kRecordTooLarge,
  // Of records: what is in them.
  kLeaderInvalid,
  kBaseAddressInvalid,
  kDirectoryInvalid,
  kTagInvalid,
  kFieldOutOfBounds,
  kFieldTerminatorMissing,
  kEmbeddedTerminator,
  kIndicatorsInvalid,
  kSubfieldInvalid,
  kDecodedSizeTooLarge,
  // Of records: their text.
  kEncodingUnsupported,
  kInvalidUtf8,
};

struct ReasonRow {
  Reason reason;
  // UPPER_SNAKE_CASE; stable within marcd.v1.
  absl::string_view name;
  // Whether it is said of a gap; else of a record.
  bool of_gap;
  // What was found, as a sentence.
  absl::string_view what;
  // What to do about it, as a sentence.
  absl::string_view advice;
};

// All rows, in the order of the enum.
absl::Span<const ReasonRow> AllReasons();

// The row of `reason`.
const ReasonRow& RowOf(Reason reason);

}  // namespace marcd

#endif  // MARCD_CORE_DIAGNOSTICS_REASON_H_
