#include "core/batch/encode_frames.h"

#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/base/ascii.h"
#include "core/base/status.h"
#include "core/diagnostics/reason.h"
#include "core/formats/format.h"
#include "core/record/record_view.h"
#include "core/text/utf8.h"

namespace marcd {
namespace {

using absl::StatusCode;

constexpr int kIso2709 = 1;
// Of a control number: errors travel in gRPC's trailers, which hold 8 KiB.
constexpr size_t kMaxShownBytes = 100;

// A record's control number (001) as it may be shown; empty when it has none.
std::string ControlNumber(const RecordView& record) {
  for (uint32_t i = 0; i < record.size(); ++i) {
    if (record.field(i).tag() != "001") continue;
    absl::string_view text = record.field(i).payload().substr(0, kMaxShownBytes);
    text = text.substr(0, FindInvalidUtf8(text));
    return absl::Utf8SafeCEscape(text);
  }
  return "";
}

absl::Status RecordError(StatusCode code, absl::string_view reason, uint64_t ordinal,
                         absl::string_view control_number, absl::string_view tag,
                         absl::string_view why) {
  ErrorMetadata metadata = {{"record", absl::StrCat(ordinal)}};
  std::string named;
  if (!control_number.empty()) {
    named = absl::StrCat(" (001 ", control_number, ")");
    metadata.emplace_back("control_number", std::string(control_number));
  }
  if (!tag.empty()) metadata.emplace_back("tag", std::string(tag));
  return MakeError(code, reason,
                   absl::StrCat("record ", ordinal, named, " cannot be written: ", why), metadata);
}

// Payload by payload: no character may lie across two.
bool HasUtf8(const RecordView& record) {
  if (IsAscii(record.payloads())) return true;
  for (uint32_t i = 0; i < record.size(); ++i) {
    if (!IsUtf8(record.field(i).payload())) return false;
  }
  return true;
}

class FrameEncoder {
 public:
  explicit FrameEncoder(const EncodePlan& plan)
      : plan_(plan),
        between_(plan.format->document == nullptr ? absl::string_view()
                                                  : plan.format->document(plan.options).between) {}

  absl::Status Encode(absl::string_view frame, uint64_t ordinal, int32_t index,
                      EncodedRecords* out) const {
    if (plan_.options.single && ordinal > 0) {
      return RecordError(StatusCode::kInvalidArgument, "NOT_SINGLE", ordinal, "", "",
                         "the document was to be one record");
    }
    const absl::StatusOr<RecordView> record = RecordView::Parse(frame);
    if (!record.ok()) {
      return RecordError(StatusCode::kInvalidArgument, ErrorReason(record.status()), ordinal, "",
                         "", record.status().message());
    }
    if (ordinal > 0) absl::StrAppend(&out->text, between_);
    if ((record->flags() & kRecordUndecoded) != 0) {
      absl::StrAppend(&out->text, record->source());
      return absl::OkStatus();
    }
    MARCD_RETURN_IF_ERROR(Check(*record, ordinal));
    std::vector<Finding> notes;
    const std::optional<Finding> fault =
        plan_.format->encode(*record, plan_.options, &out->text, &notes);
    if (fault.has_value()) {
      return RecordError(StatusCode::kInvalidArgument, RowOf(fault->reason).name, ordinal,
                         ControlNumber(*record), fault->tag, fault->message);
    }
    for (Finding& note : notes) {
      Diagnostic diagnostic;
      diagnostic.finding = std::move(note);
      diagnostic.index = index;
      diagnostic.ordinal = ordinal;
      out->diagnostics.push_back(std::move(diagnostic));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Check(const RecordView& record, uint64_t ordinal) const {
    const bool raw = (record.flags() & kRecordRaw) != 0;
    if (plan_.format->encode == nullptr) {
      return MakeError(StatusCode::kUnimplemented, "FORMAT_UNSUPPORTED",
                       absl::StrCat("records are not written as ", plan_.format->name));
    }
    if (raw && plan_.format->id != kIso2709) {
      return RecordError(
          StatusCode::kInvalidArgument, "RAW_FRAME", ordinal, ControlNumber(record), "",
          absl::StrCat("its text is not decoded, which ISO 2709 alone can hold, not ",
                       plan_.format->name));
    }
    if (!raw && !HasUtf8(record)) {
      return RecordError(StatusCode::kInvalidArgument, "FRAME_INVALID", ordinal,
                         ControlNumber(record), "", "its text is not UTF-8");
    }
    return absl::OkStatus();
  }

  const EncodePlan& plan_;
  const absl::string_view between_;
};

}  // namespace

EncodedRecords EncodeFrames(absl::string_view frames, absl::Span<const uint32_t> lengths,
                            uint64_t first, const EncodePlan& plan) {
  EncodedRecords encoded;
  const FrameEncoder encoder(plan);
  encoded.text.reserve(frames.size() + frames.size() / 8);
  for (size_t i = 0; i < lengths.size() && encoded.error.ok(); ++i) {
    if (lengths[i] > frames.size()) {
      encoded.error = RecordError(StatusCode::kInvalidArgument, "FRAME_INVALID", first + i, "", "",
                                  "the lengths of the frames are more than their bytes");
      break;
    }
    encoded.error =
        encoder.Encode(frames.substr(0, lengths[i]), first + i, static_cast<int32_t>(i), &encoded);
    frames.remove_prefix(lengths[i]);
  }
  if (encoded.error.ok() && !frames.empty()) {
    encoded.error =
        RecordError(StatusCode::kInvalidArgument, "FRAME_INVALID", first + lengths.size(), "", "",
                    "the lengths of the frames are less than their bytes");
  }
  return encoded;
}

}  // namespace marcd
