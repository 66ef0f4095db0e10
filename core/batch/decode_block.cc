#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/batch/batch.h"
#include "core/batch/join.h"
#include "core/formats/format.h"
#include "core/record/frame.h"
#include "core/record/frame_writer.h"

namespace marcd {
namespace {

// STRICT's end: what is wrong with the first damaged record.
absl::Status StrictError(const Diagnostic& diagnostic) {
  const Finding& finding = diagnostic.finding;
  std::string message = finding.message;
  const std::string where = absl::StrCat(" at offset ", diagnostic.offset);
  if (message.find(where) == std::string::npos) {
    absl::StrAppend(&message, " (record ", diagnostic.ordinal, where, ")");
  }
  return MakeError(absl::StatusCode::kDataLoss, RowOf(finding.reason).name, message,
                   {{"offset", absl::StrCat(diagnostic.offset)},
                    {"length", absl::StrCat(diagnostic.length)},
                    {"ordinal", absl::StrCat(diagnostic.ordinal)},
                    {"tag", finding.tag}});
}

// Whether the record can be looked at as if nothing were wrong with its boundaries.
bool IsTerminated(absl::string_view record) {
  return !record.empty() && record.back() == kRecordTerminator;
}

void AppendUndecoded(absl::string_view record, std::string* frames) {
  FrameWriter writer(std::string(kLeaderSize, ' '), 1, frames);
  writer.payloads()->append(record.data(), record.size());
  writer.EndField(kSourceTag, 0);
  writer.Finish(kRecordUndecoded);
}

bool HasRepairs(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.disposition == Disposition::kRepaired;
  });
}

// Decodes what one plan asks for.
class Decoder {
 public:
  explicit Decoder(const ReadPlan& plan) : plan_(plan), format_(*plan.format) {
    options_.text = plan.text;
    options_.max_payload = plan.max_record_bytes;
    options_.notes = plan.mode == RecoveryMode::kRepair;
    options_.with_source = plan.with_source;
  }

  // Appends the frame of a record that begins at `offset` of the source, and what
  // was found; whether there is a frame.
  bool Decode(absl::string_view record, std::optional<Reason> damage, uint64_t offset,
              std::string* frames, std::vector<Finding>* findings) const {
    if (damage.has_value()) return DecodeDamaged(record, *damage, offset, frames, findings);
    std::optional<Finding> fault = format_.decode(record, options_, frames, findings);
    if (!fault.has_value()) return true;
    switch (plan_.mode) {
      case RecoveryMode::kRepair:
        return format_.mend(record, options_, frames, findings);
      case RecoveryMode::kPymarc:
        if (record.size() > kMaxFramePayload) break;
        AppendUndecoded(record, frames);
        fault->disposition = Disposition::kNoted;
        findings->push_back(*std::move(fault));
        return true;
      case RecoveryMode::kStrict:
      case RecoveryMode::kSkip:
        break;
    }
    findings->push_back(*std::move(fault));
    return false;
  }

  // The same of records that continue one another, as one, which has the source bytes
  // of all if one of them was mended.
  bool DecodeJoined(absl::string_view records, absl::Span<const uint32_t> lengths, uint64_t offset,
                    std::string* frames, std::vector<Finding>* findings) const {
    Decoder of_part(*this);
    of_part.options_.with_source = false;
    const size_t begin = frames->size();
    std::vector<size_t> parts;
    size_t at = 0;
    for (const uint32_t length : lengths) {
      const size_t before = frames->size();
      const absl::string_view record = records.substr(at, length);
      if (!of_part.Decode(record, std::nullopt, offset + at, frames, findings)) {
        frames->resize(begin);
        return false;
      }
      parts.push_back(frames->size() - before);
      at += length;
    }
    Finding note;
    note.reason = Reason::kRecordsJoined;
    note.disposition = Disposition::kNoted;
    note.message = absl::StrCat(lengths.size(), " records with the same 001 were joined");
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

 private:
  bool DecodeDamaged(absl::string_view record, Reason damage, uint64_t offset, std::string* frames,
                     std::vector<Finding>* findings) const {
    Finding finding = format_.describe_damage(damage, record, offset);
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

  const ReadPlan& plan_;
  const Format& format_;
  DecodeOptions options_;
};

// The first bytes in `block` that are neither of a record nor filler, which STRICT
// does not pass over; null if there are none.
const Gap* FindStrictGap(const Block& block) {
  const auto found = std::find_if(block.gaps.begin(), block.gaps.end(), [](const Gap& gap) {
    return gap.reason != Reason::kBytesBetweenRecords;
  });
  return found == block.gaps.end() ? nullptr : &*found;
}

// What is wrong with a gap in `block`: what stands in a leader's place, if it is
// still to be had, for a gap may have begun in an earlier block.
std::string DescribeGap(const Gap& gap, const Block& block, const Format& format) {
  const absl::string_view buffer = block.buffer.view();
  const uint64_t at = block.buffer_offset + gap.offset - block.offset;
  if (at <= buffer.size() && buffer.size() - at >= gap.length && gap.length >= 5 &&
      ParseDigits(buffer.substr(at, 5)) < 0) {
    return format
        .describe_damage(Reason::kLengthNotDigits, buffer.substr(at, gap.length), gap.offset)
        .message;
  }
  return absl::StrCat(RowOf(gap.reason).what, " There are ", gap.length, " at offset ", gap.offset);
}

// Ends `batch` before `gap`, behind which no record of it lies.
void EndAtGap(const Gap& gap, const Block& block, const ReadPlan& plan, uint64_t ordinal,
              Batch* batch) {
  Diagnostic where;
  where.finding.reason = gap.reason;
  where.finding.message = DescribeGap(gap, block, *plan.format);
  where.ordinal = ordinal;
  where.offset = gap.offset;
  where.length = gap.length;
  batch->error = StrictError(where);
  batch->gaps.resize(&gap - block.gaps.data());
  batch->next_offset = gap.offset;
  batch->next_ordinal = ordinal;
  batch->end = false;
}

void AddRecord(const Diagnostic& where, size_t frame_begin, Batch* batch) {
  batch->frame_lengths.push_back(static_cast<uint32_t>(batch->frames.size() - frame_begin));
  batch->ordinals.push_back(where.ordinal);
  batch->offsets.push_back(where.offset);
  batch->lengths.push_back(static_cast<uint32_t>(where.length));
}

// Adds `findings` about the record that `where` tells.
void AddFindings(Diagnostic where, std::vector<Finding> findings, Batch* batch) {
  for (Finding& finding : findings) {
    where.finding = std::move(finding);
    batch->diagnostics.push_back(where);
    where.source.clear();
  }
}

}  // namespace

Batch DecodeBlock(const Block& block, const ReadPlan& plan) {
  const Decoder decoder(plan);
  Batch batch;
  batch.gaps = block.gaps;
  batch.next_offset = block.next_offset;
  batch.next_ordinal = block.next_ordinal;
  batch.end = block.end;
  // Frames of real records are a little smaller than their source.
  batch.frames.reserve(block.source_bytes + 64 * block.records.size());
  uint64_t ordinal = block.first_ordinal;
  size_t part = 0;  // of block.part_lengths
  std::vector<Finding> findings;
  const Gap* const last = plan.mode == RecoveryMode::kStrict ? FindStrictGap(block) : nullptr;
  for (const RecordSpan& span : block.records) {
    if (last != nullptr && block.offset + span.begin > last->offset) break;
    const absl::string_view bytes = block.bytes(span);
    Diagnostic where;
    where.ordinal = ordinal++;
    where.offset = block.offset + span.begin;
    where.length = span.length;
    const size_t frame_begin = batch.frames.size();
    bool delivered;
    if (span.parts > 1) {
      const auto lengths = absl::MakeConstSpan(block.part_lengths).subspan(part, span.parts);
      delivered = decoder.DecodeJoined(bytes, lengths, where.offset, &batch.frames, &findings);
      part += span.parts;
    } else {
      delivered = decoder.Decode(bytes, span.damage, where.offset, &batch.frames, &findings);
    }
    if (delivered) {
      where.index = static_cast<int32_t>(batch.ordinals.size());
      AddRecord(where, frame_begin, &batch);
    } else if (plan.mode == RecoveryMode::kStrict) {
      where.finding = std::move(findings.back());
      batch.error = StrictError(where);
      batch.next_offset = where.offset;
      batch.next_ordinal = where.ordinal;
      batch.end = false;
      return batch;
    } else if (plan.with_source) {
      where.source = std::string(bytes);
    }
    if (!findings.empty()) {
      AddFindings(std::move(where), std::move(findings), &batch);
      findings.clear();
    }
  }
  if (last != nullptr) EndAtGap(*last, block, plan, ordinal, &batch);
  return batch;
}

}  // namespace marcd
