#include "core/formats/iso2709/mend_layout.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/formats/iso2709/mend_directory.h"
#include "core/record/frame.h"

namespace marcd::iso2709 {
namespace {

// So many bytes of what has no place are shown.
constexpr size_t kShownBytes = 256;
constexpr size_t kLongestField = 9'999;

// A stretch of the data up to a field terminator, or the end.
struct Segment {
  size_t start;
  size_t length;  // without the terminator

  size_t end() const { return start + length; }
};

// Gives each entry of a directory its place in the data.
class FieldPlacer {
 public:
  FieldPlacer(const FoundDirectory& directory, Mends* mends)
      : entries_(directory.entries), data_(directory.data), mends_(mends) {
    for (const FoundEntry& entry : entries_) {
      if (Fits(entry)) claimed_.push_back(entry.extent->start);
    }
    std::sort(claimed_.begin(), claimed_.end());
  }

  std::vector<FoundField> Place() {
    if (claimed_.size() != entries_.size() && CountSegments() == entries_.size()) {
      return PlaceInOrder();
    }
    return PlaceByStarts();
  }

 private:
  bool Fits(const FoundEntry& entry) const { return LiesAsFieldsDo(entry.extent, data_); }

  FoundField FieldAt(const FoundEntry& entry, size_t start, size_t length) const {
    return {entry.tag, data_.substr(start, length)};
  }

  Segment SegmentFrom(size_t start) const {
    return {start, std::min(data_.find(kFieldTerminator, start), data_.size()) - start};
  }

  size_t CountSegments() const {
    const bool tail = !data_.empty() && data_.back() != kFieldTerminator;
    return std::count(data_.begin(), data_.end(), kFieldTerminator) + (tail ? 1 : 0);
  }

  // Whether each entry has a start, and no other entry has the same. (Where starts have too
  // many digits, they are written as zeros.)
  bool HaveStartsOfTheirOwn() const {
    std::vector<uint32_t> starts;
    for (const FoundEntry& entry : entries_) {
      if (!entry.extent.has_value()) return false;
      starts.push_back(entry.extent->start);
    }
    std::sort(starts.begin(), starts.end());
    return std::adjacent_find(starts.begin(), starts.end()) == starts.end();
  }

  // There are as many stretches of data as entries: each gets its own, in the order
  // of the starts where all entries have their own, else in that of the directory.
  std::vector<FoundField> PlaceInOrder() {
    std::vector<size_t> order(entries_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    if (HaveStartsOfTheirOwn()) {
      std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        return entries_[a].extent->start < entries_[b].extent->start;
      });
    }
    std::vector<FoundField> fields(entries_.size());
    size_t next = 0;
    for (const size_t i : order) {
      const Segment segment = SegmentFrom(next);
      Explain(i, entries_[i], segment);
      fields[i] = FieldAt(entries_[i], segment.start, segment.length);
      next = segment.end() + 1;
    }
    return fields;
  }

  // Each entry by itself: where it fits; else the stretch that begins at its start;
  // else the one behind the field before it.
  std::vector<FoundField> PlaceByStarts() {
    std::vector<FoundField> fields;
    size_t next = 0;  // where the field before ends
    for (size_t i = 0; i < entries_.size(); ++i) {
      const FoundEntry& entry = entries_[i];
      if (Fits(entry)) {
        const Extent& extent = *entry.extent;
        fields.push_back(FieldAt(entry, extent.start, extent.length - 1));
        next = size_t{extent.start} + extent.length;
        used_.emplace_back(extent.start, next);
        continue;
      }
      std::optional<Segment> segment;
      if (entry.extent.has_value()) segment = SegmentAt(entry.extent->start);
      if (!segment.has_value() && !std::binary_search(claimed_.begin(), claimed_.end(), next)) {
        segment = SegmentAt(next);
      }
      if (!segment.has_value()) {
        AddAboutEntry(Reason::kFieldOutOfBounds, i, entry,
                      "its data are not in the record: left out", mends_);
        continue;
      }
      Explain(i, entry, *segment);
      fields.push_back(FieldAt(entry, segment->start, segment->length));
      next = segment->end() + 1;
      used_.emplace_back(segment->start, next);
    }
    SayWhatIsLeft();
    return fields;
  }

  // The stretch that begins at `start`, if one does.
  std::optional<Segment> SegmentAt(size_t start) const {
    if (start >= data_.size()) return std::nullopt;
    if (start > 0 && data_[start - 1] != kFieldTerminator) return std::nullopt;
    return SegmentFrom(start);
  }

  void SayWhatIsLeft() {
    std::sort(used_.begin(), used_.end());
    used_.emplace_back(data_.size(), data_.size());
    size_t covered = 0;
    for (const auto& [start, end] : used_) {
      if (start > covered) {
        const absl::string_view left = data_.substr(covered, start - covered);
        mends_->Add(Reason::kDataUnreferenced, "",
                    absl::StrCat(left.size(), " bytes at byte ", covered,
                                 " of the data belong to no field: ",
                                 EscapeBytes(left.substr(0, kShownBytes))));
      }
      covered = std::max(covered, end);
    }
  }

  // Says why the entry's own extent was not used for `segment`.
  void Explain(size_t index, const FoundEntry& entry, const Segment& segment) {
    if (!entry.extent.has_value()) return;  // said when it was read
    const Extent& extent = *entry.extent;
    if (extent.start == segment.start && extent.length == segment.length + 1) {
      // The last field of a record that was cut has no terminator.
      if (segment.end() == data_.size()) {
        AddAboutEntry(Reason::kFieldTerminatorMissing, index, entry, "the record ends in it",
                      mends_);
      }
      return;
    }
    const bool outside = extent.length < 1 || size_t{extent.start} + extent.length > data_.size();
    const Reason reason = segment.length >= kLongestField ? Reason::kFieldTooLong
                          : outside                       ? Reason::kFieldOutOfBounds
                                                          : Reason::kFieldTerminatorMissing;
    AddAboutEntry(reason, index, entry,
                  absl::StrCat("has ", segment.length, " bytes from ", segment.start,
                               "; the directory says ", extent.length, " from ", extent.start),
                  mends_);
  }

  const std::vector<FoundEntry>& entries_;
  const absl::string_view data_;
  Mends* const mends_;
  std::vector<size_t> claimed_;                  // the starts of entries that fit, sorted
  std::vector<std::pair<size_t, size_t>> used_;  // from where to where fields were found
};

}  // namespace

Layout FindLayout(absl::string_view record, Mends* mends) {
  Layout layout;
  FoundDirectory directory = FindDirectory(record, mends);
  layout.data = directory.data;
  layout.fields = FieldPlacer(directory, mends).Place();
  layout.leader = std::move(directory.leader);
  return layout;
}

}  // namespace marcd::iso2709
