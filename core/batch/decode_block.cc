#include <string>
#include <utility>
#include <vector>

#include "core/batch/batch.h"
#include "core/batch/record_decoder.h"
#include "core/batch/strict_end.h"

namespace marcd {
namespace {

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
  const RecordDecoder decoder(plan);
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
      EndAtRecord(where, &batch);
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
