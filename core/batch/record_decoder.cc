#include "core/batch/record_decoder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/batch/join.h"
#include "core/record/frame.h"
#include "core/record/frame_writer.h"

namespace marcd {
namespace {

// Whether the record can be looked at as if nothing were wrong with its boundaries.
bool IsTerminated(absl::string_view record) {
  return !record.empty() && record.back() == kRecordTerminator;
}

// Appends the record as it is, for the client's codec; false if it is too large.
bool HandOver(absl::string_view record, Finding finding, std::string* frames,
              std::vector<Finding>* findings) {
  const bool fits = record.size() <= kMaxFramePayload;
  finding.disposition = fits ? Disposition::kNoted : Disposition::kSkipped;
  findings->push_back(std::move(finding));
  if (!fits) return false;
  FrameWriter writer(std::string(kLeaderSize, ' '), 1, frames);
  writer.payloads()->append(record.data(), record.size());
  writer.EndField(kSourceTag, 0);
  writer.Finish(kRecordUndecoded);
  return true;
}

bool HasRepairs(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.disposition == Disposition::kRepaired;
  });
}

}  // namespace

RecordDecoder::RecordDecoder(const ReadPlan& plan) : plan_(plan), format_(*plan.format) {
  options_.text = plan.text;
  options_.max_payload = plan.max_record_bytes;
  options_.notes = plan.mode == RecoveryMode::kRepair;
  options_.with_source = plan.with_source;
  options_.context = plan.context;
}

bool RecordDecoder::Decode(absl::string_view record, std::optional<Reason> damage, uint64_t offset,
                           std::string* frames, std::vector<Finding>* findings) const {
  if (damage.has_value()) return DecodeDamaged(record, *damage, offset, frames, findings);
  std::optional<Finding> fault = format_.decode(record, options_, frames, findings);
  if (!fault.has_value()) return true;
  switch (plan_.mode) {
    case RecoveryMode::kRepair:
      return format_.mend(record, options_, frames, findings);
    case RecoveryMode::kPymarc:
      return HandOver(record, *std::move(fault), frames, findings);
    case RecoveryMode::kStrict:
    case RecoveryMode::kSkip:
      break;
  }
  findings->push_back(*std::move(fault));
  return false;
}

bool RecordDecoder::DecodeJoined(absl::string_view records, absl::Span<const uint32_t> lengths,
                                 uint64_t offset, std::string* frames,
                                 std::vector<Finding>* findings) const {
  RecordDecoder of_part(*this);
  of_part.options_.with_source = false;
  const size_t begin = frames->size();
  std::vector<size_t> parts;
  size_t at = 0;
  for (const uint32_t length : lengths) {
    const size_t before = frames->size();
    const absl::string_view record = records.substr(at, length);
    if (!of_part.Decode(record, std::nullopt, offset + at, frames, findings)) {
      frames->resize(begin);
      for (Finding& finding : *findings) finding.disposition = Disposition::kSkipped;
      return false;
    }
    parts.push_back(frames->size() - before);
    at += length;
  }
  Finding note =
      MakeFinding(Reason::kRecordsJoined, Disposition::kNoted,
                  absl::StrCat(lengths.size(), " records with the same 001 were joined"));
  note.variables = {{"records", absl::StrCat(lengths.size())}};
  const bool with_source = options_.with_source && HasRepairs(*findings);
  if (!JoinFrames(begin, parts, with_source ? records : "", options_.max_payload, frames)) {
    frames->resize(begin);
    note.reason = Reason::kDecodedSizeTooLarge;
    note.disposition = Disposition::kSkipped;
    absl::StrAppend(&note.message, ", which is more than one record can hold");
  }
  const bool delivered = note.disposition == Disposition::kNoted;
  findings->push_back(std::move(note));
  return delivered;
}

bool RecordDecoder::DecodeDamaged(absl::string_view record, Reason damage, uint64_t offset,
                                  std::string* frames, std::vector<Finding>* findings) const {
  Finding finding = format_.describe_damage(damage, record, offset);
  if (plan_.mode == RecoveryMode::kPymarc && damage != Reason::kRecordTooLarge) {
    // What pymarc would have lost: the codec sees to it.
    return HandOver(record, std::move(finding), frames, findings);
  }
  const bool mend = plan_.mode == RecoveryMode::kRepair && damage != Reason::kRecordTooLarge;
  finding.disposition = mend ? Disposition::kRepaired : Disposition::kSkipped;
  findings->push_back(std::move(finding));
  if (!mend) return false;
  // Often nothing but the length is wrong.
  if (IsTerminated(record) && !options_.with_source &&
      !format_.decode(record, options_, frames, findings).has_value()) {
    return true;
  }
  if (format_.mend(record, options_, frames, findings)) return true;
  findings->front().disposition = Disposition::kSkipped;
  return false;
}

}  // namespace marcd
