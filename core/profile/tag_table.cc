#include "core/profile/tag_table.h"

#include <iterator>

namespace marcd {

void TagTally::Merge(const TagTally& other) {
  occurrences += other.occurrences;
  records += other.records;
  for (size_t which = 0; which < indicators.size(); ++which) {
    for (size_t i = 0; i <= kCharacters; ++i) {
      indicators[which][i] += other.indicators[which][i];
    }
  }
  for (size_t i = 0; i <= kCharacters; ++i) {
    codes[i].occurrences += other.codes[i].occurrences;
    codes[i].records += other.codes[i].records;
  }
}

TagTally& TagTable::FindOther(const char* tag) {
  const Tag key = {tag[0], tag[1], tag[2]};
  if (const auto found = other_tags_.find(key); found != other_tags_.end()) return found->second;
  if (other_tags_.size() == kMaxOtherTags) {
    const auto last = std::prev(other_tags_.end());
    if (last->first < key) return unplaced_;
    unplaced_.Merge(last->second);
    other_tags_.erase(last);
  }
  return other_tags_[key];
}

void TagTable::Merge(const TagTable& other) {
  other.ForEach(
      [this](absl::string_view tag, const TagTally& tally) { Find(tag.data()).Merge(tally); });
  unplaced_.Merge(other.unplaced_);
}

}  // namespace marcd
