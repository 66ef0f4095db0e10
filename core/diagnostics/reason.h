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
  kMarkup,
  kNotARecord,
  kUtf16,
  kPymarcStop,
  // Of records: where they begin and end.
  kLengthNotDigits,
  kLengthTooSmall,
  kLengthTooLarge,
  kLengthShort,
  kLengthLong,
  kLengthInCharacters,
  kLengthOverflow,
  kMissingTerminator,
  kEarlyTerminator,
  kLeaderTooShort,
  kTruncatedLeader,
  kTruncatedRecord,
  kRecordTooLarge,
  // Of records: the leader and the directory.
  kLeaderInvalid,
  kLeaderValue,
  kBaseAddressInvalid,
  kDirectoryUnterminated,
  kDirectoryLengthInvalid,
  kDirectoryEntryInvalid,
  kTagInvalid,
  kFieldOutOfBounds,
  kFieldTooLong,
  kFieldsOverlap,
  kFieldsOutOfOrder,
  kDataUnreferenced,
  kNoFields,
  // Of records: their fields.
  kFieldTerminatorMissing,
  kFieldTerminatorEmbedded,
  kRecordTerminatorEmbedded,
  kIndicatorsMissing,
  kIndicatorMissing,
  kIndicatorsExcess,
  kIndicatorInvalid,
  kSubfieldDelimiterMissing,
  kSubfieldCodeMissing,
  kSubfieldCodeInvalid,
  kControlFieldDelimited,
  kDecodedSizeTooLarge,
  // Of records: their text.
  kInvalidUtf8,
  kMarc8Invalid,
  kEncodingInvalid,
  kEncodingMisdeclared,
  kReplacementCharacters,
  kDoubleEncoded,
  // Of records in XML, in JSON or in lines of text.
  kNotWellFormed,
  kNotMarcShaped,
  kControlCharacter,
  // Of records that are written.
  kRecordTooLong,
  kCharacterUnmappable,
  kCharacterNotAllowed,
  // Of records that were put together.
  kRecordsJoined,
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
