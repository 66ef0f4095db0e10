#include "core/formats/iso2709/mend_layout.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/formats/iso2709/parts.h"
#include "core/record/frame.h"
#include "core/text/utf8.h"

namespace marcd::iso2709 {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";

bool IsEntry(absl::string_view entry) {
  uint32_t length, start;
  return entry.size() >= kEntrySize && IsTag(entry) && ReadNumbers(entry.data(), &length, &start);
}

// What a directory entry says, in bytes of the data; the terminator is counted.
std::optional<Extent> ExtentOf(absl::string_view entry) {
  Extent extent;
  if (!ReadNumbers(entry.data(), &extent.length, &extent.start)) return std::nullopt;
  return extent;
}

// Whether an extent begins and ends where fields do.
bool LiesAsFieldsDo(const std::optional<Extent>& extent, absl::string_view data) {
  if (!extent.has_value() || extent->length < 1) return false;
  const size_t end = size_t{extent->start} + extent->length;
  return end <= data.size() && data[end - 1] == kFieldTerminator &&
         (extent->start == 0 || data[extent->start - 1] == kFieldTerminator);
}

// The leader of `record`, and in `body` what follows it. A byte that was replaced by
// U+FFFD has become three, and all behind it has moved.
std::string MendLeader(absl::string_view record, absl::string_view* body, Mends* mends) {
  std::string leader(record.substr(0, kLeaderSize));
  *body = record.substr(kLeaderSize);
  if (IsAscii(leader)) return leader;
  mends->Add(Reason::kLeaderInvalid, "",
             absl::StrCat("Leader is not ASCII: ", EscapeBytes(leader)));
  std::string shrunk;
  absl::string_view rest = record;
  while (shrunk.size() < kLeaderSize && !rest.empty()) {
    const bool replaced = rest.substr(0, 3) == kReplacement;
    shrunk += replaced ? ' ' : rest[0];
    rest.remove_prefix(replaced ? 3 : 1);
  }
  if (shrunk.size() == kLeaderSize && (IsEntry(rest) || rest.substr(0, 1) == "\x1E")) {
    leader = shrunk;
    *body = rest;
  }
  std::replace_if(
      leader.begin(), leader.end(), [](char c) { return (c & 0x80) != 0; }, ' ');
  return leader;
}

// One entry of a directory, perhaps without usable numbers.
struct Entry {
  std::string tag;
  std::string shown_tag;
  std::optional<Extent> extent;  // as the entry says: of any place; length with terminator
};

class LayoutFinder {
 public:
  explicit LayoutFinder(Mends* mends) : mends_(*mends) {}

  Layout Find(absl::string_view record) {
    Layout layout;
    absl::string_view body;
    layout.leader = MendLeader(record, &body, &mends_);
    const size_t directory = DirectorySize(layout.leader, body);
    data_ = layout.data = DataBehind(body, directory);
    ReadDirectory(body.substr(0, directory));
    CutSegments();
    Place(&layout.fields);
    return layout;
  }

 private:
  // A stretch of the data up to a field terminator, or the end.
  struct Segment {
    size_t start;
    size_t length;  // without the terminator
  };

  // How long the directory is: `body` begins with it.
  size_t DirectorySize(absl::string_view leader, absl::string_view body) {
    const int32_t base = ParseDigits(leader.substr(12, 5));
    const size_t end = body.find(kFieldTerminator);
    if (base > static_cast<int32_t>(kLeaderSize) &&
        end == static_cast<size_t>(base) - kLeaderSize - 1) {
      return end;
    }
    // Without its terminator a directory ends where its entries do.
    size_t entries = 0;
    while (IsEntry(body.substr(std::min(entries, body.size())))) entries += kEntrySize;
    if (end == absl::string_view::npos ||
        (end != entries && EndsAtEntries(leader, body, end, entries))) {
      mends_.Add(Reason::kDirectoryUnterminated, "",
                 absl::StrCat("No field terminator (0x1E) closes the directory of ",
                              entries / kEntrySize, " entries"));
      return entries;
    }
    mends_.Add(Reason::kBaseAddressInvalid, "",
               absl::StrCat("Base address of data is '", EscapeBytes(leader.substr(12, 5)),
                            "', but the directory ends before byte ", kLeaderSize + end + 1));
    return end;
  }

  // Whether the directory ends behind its row of entries, at `entries`, and not at
  // the field terminator at `end`: for more fields are where it says then; or, if it
  // comes to the same, because the base address says so or what follows is no directory.
  static bool EndsAtEntries(absl::string_view leader, absl::string_view body, size_t end,
                            size_t entries) {
    const size_t there = CountFitting(body.substr(0, entries), DataBehind(body, entries));
    const size_t later = CountFitting(body.substr(0, end), DataBehind(body, end));
    if (there != later) return there > later;
    const int32_t base = ParseDigits(leader.substr(12, 5));
    return static_cast<size_t>(base) == kLeaderSize + entries + 1 || !LooksLikeDirectory(body, end);
  }

  // How many entries of a directory have their fields where they say.
  static size_t CountFitting(absl::string_view directory, absl::string_view data) {
    const bool whole = directory.size() % kEntrySize == 0;
    size_t count = 0;
    for (size_t at = 0; at + kEntrySize <= directory.size(); at += kEntrySize) {
      if (!whole) at += BytesBeforeEntry(directory.substr(at), data);
      if (at + kEntrySize > directory.size()) break;
      count += LiesAsFieldsDo(ExtentOf(directory.substr(at, kEntrySize)), data) ? 1 : 0;
    }
    return count;
  }

  // What follows the directory and its terminator. Where that is missing, another
  // byte may stand in its place: then more of the entries fit to what is behind it.
  static absl::string_view DataBehind(absl::string_view body, size_t directory) {
    const absl::string_view at_once = body.substr(std::min(body.size(), directory));
    const absl::string_view behind = body.substr(std::min(body.size(), directory + 1));
    if (!at_once.empty() && at_once[0] == kFieldTerminator) return behind;
    const absl::string_view entries = body.substr(0, directory);
    return CountFitting(entries, behind) > CountFitting(entries, at_once) ? behind : at_once;
  }

  // Whether `body` up to `end` is more like a directory than like fields.
  static bool LooksLikeDirectory(absl::string_view body, size_t end) {
    const absl::string_view text = body.substr(0, end);
    const auto digits =
        std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    return text.find(kSubfieldDelimiter) == absl::string_view::npos && digits * 2 >= end;
  }

  void ReadDirectory(absl::string_view directory) {
    const bool whole = directory.size() % kEntrySize == 0;
    if (!whole) {
      mends_.Add(Reason::kDirectoryLengthInvalid, "",
                 absl::StrCat("Directory of ", directory.size(),
                              " bytes is not a row of 12-byte entries"));
    }
    for (size_t at = 0; at + kEntrySize <= directory.size();) {
      if (!whole) at += BytesBeforeEntry(directory.substr(at), data_);
      if (at + kEntrySize > directory.size()) break;
      AddEntry(directory.substr(at, kEntrySize));
      at += kEntrySize;
    }
  }

  // Where bytes are missing or too many: how many there are before the next entry.
  // One whose field is where it says is better than one that only looks like one.
  static size_t BytesBeforeEntry(absl::string_view directory, absl::string_view data) {
    size_t looks = directory.size();
    for (size_t at = 0; at + kEntrySize <= directory.size(); ++at) {
      if (looks < directory.size() && at >= looks + kEntrySize) break;
      const absl::string_view entry = directory.substr(at, kEntrySize);
      if (!IsEntry(entry)) continue;
      if (LiesAsFieldsDo(ExtentOf(entry), data)) return at;
      looks = std::min(looks, at);
    }
    return looks;
  }

  void AddEntry(absl::string_view text) {
    Entry entry;
    entry.tag = std::string(text.substr(0, kTagSize));
    entry.shown_tag = EscapeBytes(entry.tag);
    if (!IsTag(entry.tag)) {
      mends_.Add(Reason::kTagInvalid, "",
                 absl::StrCat("Directory entry ", entries_.size(), " has the tag '",
                              entry.shown_tag, "'"));
      std::replace_if(
          entry.tag.begin(), entry.tag.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '?');
    }
    entry.extent = ExtentOf(text);
    if (!entry.extent.has_value()) {
      Say(Reason::kDirectoryEntryInvalid, entries_.size(), entry,
          absl::StrCat("length and start are '", EscapeBytes(text.substr(3)),
                       "', not nine digits"));
    }
    entries_.push_back(std::move(entry));
  }

  void CutSegments() {
    for (size_t at = 0; at < data_.size();) {
      const size_t end = std::min(data_.find(kFieldTerminator, at), data_.size());
      segments_.push_back({at, end - at});
      at = end + 1;
    }
  }

  bool Fits(const Entry& entry) const { return LiesAsFieldsDo(entry.extent, data_); }

  void Place(std::vector<FoundField>* fields) {
    const bool all_fit = std::all_of(entries_.begin(), entries_.end(),
                                     [&](const Entry& entry) { return Fits(entry); });
    if (!all_fit && entries_.size() == segments_.size()) {
      PlaceInOrder(fields);
    } else {
      PlaceByStarts(fields);
    }
  }

  // There are as many stretches of data as entries: each gets its own, in the order
  // of the starts where all entries have one, else in that of the directory.
  void PlaceInOrder(std::vector<FoundField>* fields) {
    std::vector<size_t> order(entries_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    if (std::all_of(entries_.begin(), entries_.end(),
                    [](const Entry& entry) { return entry.extent.has_value(); })) {
      std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        return entries_[a].extent->start < entries_[b].extent->start;
      });
    }
    fields->resize(entries_.size());
    for (size_t i = 0; i < order.size(); ++i) {
      const Segment& segment = segments_[i];
      const Entry& entry = entries_[order[i]];
      Explain(order[i], entry, segment);
      (*fields)[order[i]] = {entry.tag, data_.substr(segment.start, segment.length)};
    }
  }

  // Each entry by itself: where it fits; else the stretch that begins at its start;
  // else the one behind the field before it.
  void PlaceByStarts(std::vector<FoundField>* fields) {
    size_t next = 0;  // where the field before ends
    for (size_t i = 0; i < entries_.size(); ++i) {
      const Entry& entry = entries_[i];
      if (Fits(entry)) {
        const Extent& extent = *entry.extent;
        fields->push_back({entry.tag, data_.substr(extent.start, extent.length - 1)});
        next = extent.start + extent.length;
        continue;
      }
      const Segment* segment = entry.extent.has_value() ? SegmentAt(entry.extent->start) : nullptr;
      if (segment == nullptr && !IsClaimed(next)) segment = SegmentAt(next);
      if (segment == nullptr) {
        Say(Reason::kFieldOutOfBounds, i, entry, "its data are not in the record: left out");
        continue;
      }
      Explain(i, entry, *segment);
      fields->push_back({entry.tag, data_.substr(segment->start, segment->length)});
      next = segment->start + segment->length + 1;
    }
  }

  const Segment* SegmentAt(size_t start) const {
    const auto found = std::lower_bound(
        segments_.begin(), segments_.end(), start,
        [](const Segment& segment, size_t place) { return segment.start < place; });
    return found != segments_.end() && found->start == start ? &*found : nullptr;
  }

  // Whether an entry that fits begins there.
  bool IsClaimed(size_t start) const {
    return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
      return entry.extent.has_value() && entry.extent->start == start && Fits(entry);
    });
  }

  // Says why the entry's own extent was not used for `segment`.
  void Explain(size_t index, const Entry& entry, const Segment& segment) {
    if (!entry.extent.has_value()) return;  // said when it was read
    const Extent& extent = *entry.extent;
    const size_t end = size_t{extent.start} + extent.length;
    if (extent.start == segment.start && extent.length == segment.length + 1) {
      // The last field of a record that was cut has no terminator.
      if (segment.start + segment.length == data_.size()) {
        Say(Reason::kFieldTerminatorMissing, index, entry, "the record ends in it");
      }
      return;
    }
    const std::string lies =
        absl::StrCat("has ", segment.length, " bytes from ", segment.start, "; the directory says ",
                     extent.length, " from ", extent.start);
    const Reason reason = segment.length + 1 > 9'999 ? Reason::kFieldTooLong
                          : extent.length < 1 || end > data_.size()
                              ? Reason::kFieldOutOfBounds
                              : Reason::kFieldTerminatorMissing;
    Say(reason, index, entry, lies);
  }

  void Say(Reason reason, size_t index, const Entry& entry, absl::string_view what) {
    mends_.Add(reason, entry.shown_tag,
               absl::StrCat("Field ", entry.shown_tag, " (directory entry ", index, "): ", what));
  }

  Mends& mends_;
  absl::string_view data_;
  std::vector<Entry> entries_;
  std::vector<Segment> segments_;  // in the order of their starts
};

}  // namespace

Layout FindLayout(absl::string_view record, Mends* mends) {
  return LayoutFinder(mends).Find(record);
}

}  // namespace marcd::iso2709
