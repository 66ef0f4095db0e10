#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"
#include "core/batch/batch.h"
#include "core/formats/format.h"

namespace marcd {
namespace {

// STRICT's end: what is wrong with the first damaged record.
absl::Status StrictError(const Diagnostic& diagnostic) {
  std::string message = diagnostic.message;
  const std::string where = absl::StrCat(" at offset ", diagnostic.offset);
  if (message.find(where) == std::string::npos) {
    absl::StrAppend(&message, " (record ", diagnostic.ordinal, where, ")");
  }
  return MakeError(absl::StatusCode::kDataLoss, RowOf(diagnostic.reason).name, message,
                   {{"offset", absl::StrCat(diagnostic.offset)},
                    {"length", absl::StrCat(diagnostic.length)},
                    {"ordinal", absl::StrCat(diagnostic.ordinal)},
                    {"tag", diagnostic.tag}});
}

void AddRecord(const Diagnostic& where, size_t frame_begin, Batch* batch) {
  batch->frame_lengths.push_back(static_cast<uint32_t>(batch->frames.size() - frame_begin));
  batch->ordinals.push_back(where.ordinal);
  batch->offsets.push_back(where.offset);
  batch->lengths.push_back(static_cast<uint32_t>(where.length));
}

}  // namespace

Batch DecodeBlock(const Block& block, const ReadPlan& plan) {
  const Format& format = *plan.format;
  Batch batch;
  batch.gaps = block.gaps;
  batch.next_offset = block.next_offset;
  batch.next_ordinal = block.next_ordinal;
  batch.end = block.end;
  // Frames of real records are a little smaller than their source.
  batch.frames.reserve(block.source_bytes + 64 * block.records.size());
  uint64_t ordinal = block.first_ordinal;
  for (const RecordSpan& span : block.records) {
    const absl::string_view bytes = block.bytes(span);
    Diagnostic diagnostic;
    diagnostic.ordinal = ordinal++;
    diagnostic.offset = block.offset + span.begin;
    diagnostic.length = span.length;
    const size_t frame_begin = batch.frames.size();
    std::optional<DecodeFault> fault;
    if (span.damage.has_value()) {
      fault = DecodeFault{*span.damage, "",
                          format.describe_damage(*span.damage, bytes, diagnostic.offset)};
    } else {
      fault = format.decode(bytes, plan.max_record_bytes, &batch.frames);
    }
    if (!fault.has_value()) {
      AddRecord(diagnostic, frame_begin, &batch);
      continue;
    }
    diagnostic.reason = fault->reason;
    diagnostic.tag = std::move(fault->tag);
    diagnostic.message = std::move(fault->message);
    if (plan.mode == RecoveryMode::kStrict) {
      batch.error = StrictError(diagnostic);
      batch.next_offset = diagnostic.offset;
      batch.next_ordinal = diagnostic.ordinal;
      batch.end = false;
      return batch;
    }
    batch.diagnostics.push_back(std::move(diagnostic));
  }
  return batch;
}

}  // namespace marcd
