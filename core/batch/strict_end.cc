#include "core/batch/strict_end.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/formats/format.h"

namespace marcd {
namespace {

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

// What is wrong with a gap in `block`: what stands in a leader's place, if it is
// still to be had, for a gap may have begun in an earlier block.
std::string DescribeGap(const Gap& gap, const Block& block, const Format& format) {
  const absl::string_view buffer = block.buffer.view();
  const uint64_t at = block.buffer_offset + gap.offset - block.offset;
  if (gap.note == GapNote::kNone && at <= buffer.size() && buffer.size() - at >= gap.length &&
      gap.length >= 5 && ParseDigits(buffer.substr(at, 5)) < 0) {
    return format
        .describe_damage(Reason::kLengthNotDigits, buffer.substr(at, gap.length), gap.offset)
        .message;
  }
  return absl::StrCat(MessageOf(gap), " There are ", gap.length, " at offset ", gap.offset);
}

}  // namespace

const Gap* FindStrictGap(const Block& block) {
  const auto found = std::find_if(block.gaps.begin(), block.gaps.end(), [](const Gap& gap) {
    return gap.reason != Reason::kBytesBetweenRecords && gap.reason != Reason::kMarkup;
  });
  return found == block.gaps.end() ? nullptr : &*found;
}

void EndAtRecord(const Diagnostic& where, Batch* batch) {
  batch->error = StrictError(where);
  const auto behind = std::find_if(batch->gaps.begin(), batch->gaps.end(),
                                   [&](const Gap& gap) { return gap.offset >= where.offset; });
  batch->gaps.erase(behind, batch->gaps.end());
  batch->next_offset = where.offset;
  batch->next_ordinal = where.ordinal;
  batch->end = false;
}

void EndAtGap(const Gap& gap, const Block& block, const ReadPlan& plan, uint64_t ordinal,
              Batch* batch) {
  Diagnostic where;
  where.finding.reason = gap.reason;
  where.finding.message = DescribeGap(gap, block, *plan.format);
  where.ordinal = ordinal;
  where.offset = gap.offset;
  where.length = gap.length;
  EndAtRecord(where, batch);
}

}  // namespace marcd
