#include "core/framing/account.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"

namespace marcd {
namespace {

absl::Status Unbalanced(absl::string_view what, uint64_t is, uint64_t should_be) {
  return MakeError(absl::StatusCode::kInternal, "ACCOUNT_UNBALANCED",
                   absl::StrCat("the account of a walk is wrong: ", what, " is ", is,
                                " and should be ", should_be),
                   {{"is", absl::StrCat(is)}, {"should_be", absl::StrCat(should_be)}});
}

absl::Status CheckEqual(absl::string_view what, uint64_t is, uint64_t should_be) {
  return is == should_be ? absl::OkStatus() : Unbalanced(what, is, should_be);
}

// Whether the parts of the joined records are as long as these.
absl::Status CheckParts(const Block& block) {
  auto part = block.part_lengths.begin();
  for (const RecordSpan& record : block.records) {
    if (record.parts == 1) continue;
    const auto left = static_cast<uint64_t>(block.part_lengths.end() - part);
    if (record.parts > left) return Unbalanced("the number of parts", left, record.parts);
    const uint64_t sum = std::accumulate(part, part + record.parts, uint64_t{0});
    MARCD_RETURN_IF_ERROR(CheckEqual("the length of a record's parts", sum, record.length));
    part += record.parts;
  }
  return CheckEqual("the number of parts left over", block.part_lengths.end() - part, 0);
}

}  // namespace

absl::Status Account::Add(const Block& block) {
  MARCD_RETURN_IF_ERROR(CheckParts(block));
  MARCD_RETURN_IF_ERROR(CheckEqual("a block's first ordinal", block.first_ordinal, ordinal_));
  const uint64_t start = offset_;
  auto gap = block.gaps.begin();
  const auto add_gaps = [&](uint64_t before) {
    for (; gap != block.gaps.end() && gap->offset < before; ++gap) {
      MARCD_RETURN_IF_ERROR(CheckEqual("a gap's offset", gap->offset, offset_));
      offset_ += gap->length;
    }
    return absl::OkStatus();
  };
  for (const RecordSpan& record : block.records) {
    const uint64_t begin = block.offset + record.begin;
    MARCD_RETURN_IF_ERROR(add_gaps(begin));
    MARCD_RETURN_IF_ERROR(CheckEqual("a record's offset", begin, offset_));
    offset_ += record.length;
  }
  MARCD_RETURN_IF_ERROR(add_gaps(UINT64_MAX));
  ordinal_ += block.records.size();
  MARCD_RETURN_IF_ERROR(
      CheckEqual("the sum of a block's bytes", block.source_bytes, offset_ - start));
  // Behind a record that the source ends in, the position stays before it.
  const bool stays = block.end && block.next_offset < offset_ && !block.records.empty();
  const uint64_t left = stays ? block.records.back().length : 0;
  MARCD_RETURN_IF_ERROR(CheckEqual("the next offset", block.next_offset, offset_ - left));
  return CheckEqual("the next ordinal", block.next_ordinal, ordinal_ - stays);
}

}  // namespace marcd
