#include "core/diagnostics/reason.h"

#include <cstddef>

namespace marcd {
namespace {

constexpr ReasonRow kRows[] = {
    {Reason::kBytesBetweenRecords, "BYTES_BETWEEN_RECORDS", true,
     "Newlines, blanks, NULs or other filler stand where a record should begin.",
     "Nothing is lost; a file that was edited or padded often has them."},
    {Reason::kNotARecord, "NOT_A_RECORD", true,
     "Bytes that are no record: no leader begins there and no record can be made of them.",
     "Look at the bytes: text or another format has been mixed in, or a record was damaged "
     "beyond recognition."},
    {Reason::kLengthNotDigits, "LENGTH_NOT_DIGITS", false,
     "The record length (leader/00-04) is not five digits.",
     "The record was found by its terminator; have its source write the leader again."},
    {Reason::kLengthTooSmall, "LENGTH_TOO_SMALL", false,
     "The record length (leader/00-04) is smaller than a leader.",
     "The record was found by its terminator; have its source write the length."},
    {Reason::kLengthMismatch, "LENGTH_MISMATCH", false,
     "The record length (leader/00-04) and the record terminator (0x1D) do not agree.",
     "The length was often counted in characters, or the text changed after it was written."},
    {Reason::kMissingTerminator, "MISSING_TERMINATOR", false,
     "The record's last byte is not the record terminator (0x1D).",
     "The record ends where the next one begins; its last field may be damaged."},
    {Reason::kTruncatedLeader, "TRUNCATED_LEADER", false, "The source ends inside a leader.",
     "The file was cut short; get it again."},
    {Reason::kTruncatedRecord, "TRUNCATED_RECORD", false, "The source ends inside a record.",
     "The file was cut short or is still being written."},
    {Reason::kRecordTooLarge, "RECORD_TOO_LARGE", false,
     "The record is longer than the daemon's limit.",
     "Raise --max_record_bytes if such a record is meant."},
    {Reason::kLeaderInvalid, "LEADER_INVALID", false, "The leader holds a byte that is not ASCII.",
     "Look at the record's first 24 bytes; a character replaced in them shifts all that follows."},
    {Reason::kBaseAddressInvalid, "BASE_ADDRESS_INVALID", false,
     "The base address of data (leader/12-16) is not five digits or lies outside the record.",
     "Have the record's source write the leader again."},
    {Reason::kDirectoryInvalid, "DIRECTORY_INVALID", false,
     "The directory is not a row of 12-byte entries of digits that a field terminator closes.",
     "Have the record's source write the directory again."},
    {Reason::kTagInvalid, "TAG_INVALID", false,
     "A tag in the directory is not three printable ASCII characters.",
     "Look at the directory entry that the diagnostic names."},
    {Reason::kFieldOutOfBounds, "FIELD_OUT_OF_BOUNDS", false,
     "A directory entry points outside the record's data.",
     "Lengths counted in characters do this, and fields over 9,999 bytes."},
    {Reason::kFieldTerminatorMissing, "FIELD_TERMINATOR_MISSING", false,
     "A field does not end in a field terminator (0x1E), or holds one inside.",
     "The directory's starts and lengths do not fit the data."},
    {Reason::kEmbeddedTerminator, "EMBEDDED_TERMINATOR", false,
     "A record terminator (0x1D) stands inside a field.",
     "Remove the byte where the record comes from."},
    {Reason::kIndicatorsInvalid, "INDICATORS_INVALID", false,
     "A data field does not begin with two indicators of one printable ASCII byte each.",
     "Look at the field that the diagnostic names."},
    {Reason::kSubfieldInvalid, "SUBFIELD_INVALID", false,
     "A data field has text before its first subfield, or a subfield without a printable "
     "ASCII code; or a control field has subfields.",
     "Look at the field that the diagnostic names."},
    {Reason::kDecodedSizeTooLarge, "DECODED_SIZE_TOO_LARGE", false,
     "The record's fields together are larger than the daemon's limit.",
     "Directory entries that overlap do this; the record is damaged or hostile."},
    {Reason::kEncodingUnsupported, "ENCODING_UNSUPPORTED", false,
     "The record is not marked as UTF-8 (leader/09 is not `a`) and is not plain ASCII.",
     "This version decodes UTF-8 only; convert the record, for example with yaz-marcdump."},
    {Reason::kInvalidUtf8, "INVALID_UTF8", false,
     "The record is marked as UTF-8 (leader/09 is `a`) and holds bytes that are not.",
     "The text is often MARC-8, Latin-1 or cut in mid-character."},
};

}  // namespace

absl::Span<const ReasonRow> AllReasons() { return kRows; }

const ReasonRow& RowOf(Reason reason) { return kRows[static_cast<size_t>(reason)]; }

}  // namespace marcd
