#include "tests/core/framing/walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "core/framing/account.h"
#include "core/framing/iso2709_framer.h"
#include "core/framing/pymarc_framer.h"
#include "tests/support/chunked_source.h"

namespace marcd {
namespace {

void AddRecords(const Block& block, std::vector<Stretch>* all) {
  uint64_t ordinal = block.first_ordinal;
  auto part = block.part_lengths.begin();
  for (const RecordSpan& span : block.records) {
    Stretch record;
    record.offset = block.offset + span.begin;
    record.length = span.length;
    record.is_record = true;
    record.ordinal = ordinal++;
    if (span.damage.has_value()) record.reason = std::string(RowOf(*span.damage).name);
    if (span.parts > 1) record.parts.assign(part, part + span.parts);
    part += record.parts.size();
    all->push_back(record);
  }
}

void AddGaps(const Block& block, std::vector<Stretch>* all) {
  for (const Gap& gap : block.gaps) {
    Stretch stretch;
    stretch.offset = gap.offset;
    stretch.length = gap.length;
    stretch.reason = std::string(RowOf(gap.reason).name);
    stretch.message = MessageOf(gap);
    all->push_back(stretch);
  }
}

// In the order of the source, with adjacent gaps of a reason as one.
std::vector<Stretch> Merged(std::vector<Stretch> stretches) {
  std::stable_sort(stretches.begin(), stretches.end(),
                   [](const Stretch& a, const Stretch& b) { return a.offset < b.offset; });
  std::vector<Stretch> merged;
  for (const Stretch& each : stretches) {
    const bool extends = !merged.empty() && !each.is_record && !merged.back().is_record &&
                         merged.back().reason == each.reason;
    if (extends) {
      merged.back().length += each.length;
    } else {
      merged.push_back(each);
    }
  }
  return merged;
}

}  // namespace

bool Stretch::operator==(const Stretch& other) const {
  const auto all = [](const Stretch& s) {
    return std::tie(s.offset, s.length, s.is_record, s.ordinal, s.reason, s.parts);
  };
  return all(*this) == all(other);
}

Walk WalkOver(const std::string& bytes, const Walking& walking) {
  std::unique_ptr<Framer> framer;
  if (walking.make_framer) {
    framer = walking.make_framer(walking.options);
  } else if (walking.pymarc) {
    framer = std::make_unique<PymarcFramer>(walking.options);
  } else {
    framer = std::make_unique<Iso2709Framer>(walking.options);
  }
  ChunkedSource source(bytes, walking.chunk, walking.start_offset);
  Account account(walking.start_offset, walking.options.first_ordinal);
  Walk walk;
  for (bool end = false; !end;) {
    walk.most_in_view = std::max(walk.most_in_view, source.window().size());
    const std::optional<Block> block = framer->Next(source, walking.block_bytes);
    if (!block.has_value()) {
      EXPECT_FALSE(source.at_end()) << "the framer wants more than there is";
      if (source.at_end()) break;
      (void)source.Fill();
      continue;
    }
    const absl::Status balanced = account.Add(*block);
    EXPECT_TRUE(balanced.ok()) << balanced;
    AddRecords(*block, &walk.stretches);
    AddGaps(*block, &walk.stretches);
    walk.next_offset = block->next_offset;
    walk.next_ordinal = block->next_ordinal;
    end = block->end;
  }
  EXPECT_GE(account.offset(), std::min<uint64_t>(bytes.size(), walking.options.end_offset));
  EXPECT_EQ(account.offset(), source.offset());
  walk.stretches = Merged(walk.stretches);
  return walk;
}

std::vector<std::string> Told(const Walk& walk) {
  std::vector<std::string> told;
  for (const Stretch& each : walk.stretches) {
    told.push_back(absl::StrCat(each.is_record ? "record" : "gap", each.reason.empty() ? "" : " ",
                                each.reason));
  }
  return told;
}

std::vector<std::string> Told(const std::string& bytes, const Walking& walking) {
  return Told(WalkOver(bytes, walking));
}

void ExpectSameForEveryChunk(const std::string& bytes, Walking walking) {
  walking.chunk = 0;
  const Walk whole = WalkOver(bytes, walking);
  for (walking.chunk = 1; walking.chunk <= bytes.size(); ++walking.chunk) {
    ASSERT_EQ(WalkOver(bytes, walking).stretches, whole.stretches) << "reads of " << walking.chunk;
  }
}

bool Delivers(const Walk& walk, uint64_t offset, uint64_t length) {
  return std::any_of(walk.stretches.begin(), walk.stretches.end(), [&](const Stretch& each) {
    return each.is_record && each.reason.empty() && each.offset == offset && each.length == length;
  });
}

std::string With(std::string record, size_t at, const std::string& bytes) {
  return record.replace(at, bytes.size(), bytes);
}

std::string Open(std::string record) {
  record.pop_back();
  return record;
}

}  // namespace marcd
