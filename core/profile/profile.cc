#include "core/profile/profile.h"

#include <utility>

#include "absl/numeric/bits.h"
#include "core/base/bytes.h"
#include "core/record/delimiters.h"
#include "core/record/frame.h"

namespace marcd {
namespace {

// Goes from one subfield delimiter to the next in the payloads of a frame.
class DelimiterWalk {
 public:
  DelimiterWalk(absl::string_view payloads, const char* readable_end)
      : payloads_(payloads), readable_end_(readable_end) {
    if (!payloads_.empty()) mask_ = Look();
  }

  // The next delimiter before `end`, or `end`. Ends do not decrease.
  size_t Next(size_t end) {
    while (mask_ == 0) {
      if (chunk_ + kDelimiterChunk >= end) return end;
      chunk_ += kDelimiterChunk;
      mask_ = Look();
    }
    const size_t at = chunk_ + static_cast<size_t>(absl::countr_zero(mask_));
    if (at >= end) return end;
    mask_ &= mask_ - 1;
    return at;
  }

 private:
  uint64_t Look() const {
    const char* const at = payloads_.data() + chunk_;
    if (static_cast<size_t>(readable_end_ - at) >= kDelimiterChunk) {
      return FindDelimiters(at);
    }
    return FindDelimitersByByte(at, payloads_.size() - chunk_);
  }

  const absl::string_view payloads_;
  const char* const readable_end_;
  size_t chunk_ = 0;
  uint64_t mask_ = 0;
};

// What was found to be a record's encoding by the findings about it, which begin at
// `at` and stand together; empty where none says so. Moves `at` behind them.
absl::string_view FoundEncoding(const Batch& batch, uint64_t ordinal, size_t* at) {
  absl::string_view found;
  const std::vector<Diagnostic>& all = batch.diagnostics;
  while (*at < all.size() && all[*at].ordinal < ordinal) ++*at;
  for (; *at < all.size() && all[*at].ordinal == ordinal; ++*at) {
    const Finding& finding = all[*at].finding;
    if (finding.reason != Reason::kEncodingMisdeclared) continue;
    for (const auto& [name, value] : finding.variables) {
      if (name == "found") found = value;
    }
  }
  return found;
}

template <size_t n>
void AddTo(const std::array<uint64_t, n>& from, std::array<uint64_t, n>* to) {
  for (size_t i = 0; i < n; ++i) (*to)[i] += from[i];
}

}  // namespace

void Profile::Add(const Batch& batch) {
  const char* const readable_end = batch.frames.data() + batch.frames.size();
  size_t begin = 0, finding = 0;
  for (size_t i = 0; i < batch.frame_lengths.size(); ++i) {
    const absl::string_view frame =
        absl::string_view(batch.frames).substr(begin, batch.frame_lengths[i]);
    begin += frame.size();
    lengths_.Add(batch.lengths[i]);
    const char* const leader = frame.data() + 4;
    AddLeader(leader);
    const bool ascii = AddFields(frame, readable_end);
    const absl::string_view found = FoundEncoding(batch, batch.ordinals[i], &finding);
    if (!found.empty()) {
      ++encodings_.misdeclared[std::string(found)];
    } else if (ascii) {
      ++encodings_.ascii;
    } else {
      ++(leader[9] == 'a' ? encodings_.declared_utf8 : encodings_.declared_other);
    }
  }
}

void Profile::AddLeader(const char* leader) {
  for (size_t i = 0; i < kLeaderPlaces.size(); ++i) {
    ++leader_values_[i][leader[kLeaderPlaces[i]] & 0x7F];
  }
}

bool Profile::AddFields(absl::string_view frame, const char* readable_end) {
  const uint64_t record = lengths_.count;  // counted already: from 1
  const uint32_t entries = LoadLe32(frame.data() + 4 + kLeaderSize);
  const bool has_source = (LoadLe32(frame.data()) & (kRecordUndecoded | kRecordWithSource)) != 0;
  const uint32_t fields = entries - (has_source ? 1 : 0);
  const char* entry = frame.data() + kFrameHeadSize;
  const absl::string_view payloads =
      frame.substr(kFrameHeadSize + kFrameEntrySize * size_t{entries});
  fields_.Add(fields);
  DelimiterWalk walk(payloads, readable_end);
  uint8_t common = kEntryAscii;
  size_t begin = 0;
  for (uint32_t i = 0; i < fields; ++i, entry += kFrameEntrySize) {
    const uint32_t end = LoadLe32(entry + kTagSize + 1);
    const auto flags = static_cast<uint8_t>(entry[kTagSize]);
    common &= flags;
    TagTally& tag = tags_.Find(entry);
    tag.AddField(record);
    if ((flags & kEntryControl) == 0) {
      ++tag.indicators[0][TagTally::Index(payloads[begin])];
      ++tag.indicators[1][TagTally::Index(payloads[begin + 1])];
      for (size_t at; (at = walk.Next(end)) < end;) tag.AddCode(payloads[at + 1], record);
    }
    begin = end;
  }
  return common != 0;
}

void Profile::Merge(const Profile& other) {
  tags_.Merge(other.tags_);
  encodings_.ascii += other.encodings_.ascii;
  encodings_.declared_utf8 += other.encodings_.declared_utf8;
  encodings_.declared_other += other.encodings_.declared_other;
  for (const auto& [name, count] : other.encodings_.misdeclared) {
    encodings_.misdeclared[name] += count;
  }
  for (size_t i = 0; i < leader_values_.size(); ++i) {
    AddTo(other.leader_values_[i], &leader_values_[i]);
  }
  lengths_.Merge(other.lengths_);
  fields_.Merge(other.fields_);
}

}  // namespace marcd
