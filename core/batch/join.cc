#include "core/batch/join.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/record/frame_writer.h"
#include "core/record/record_view.h"

namespace marcd {

bool JoinFrames(size_t begin, absl::Span<const size_t> lengths, absl::string_view source,
                size_t max_payload, std::string* frames) {
  std::vector<FieldView> fields;
  std::string leader;
  uint32_t flags = 0;
  size_t payloads = source.size();
  size_t at = begin;
  size_t of_first = 0;  // fields of the first record
  for (const size_t length : lengths) {
    const auto record = RecordView::Parse(absl::string_view(*frames).substr(at, length));
    if (!record.ok()) return false;
    if (at == begin) {
      leader = std::string(record->leader());
      flags = record->flags() & ~kRecordVerbatim;
      of_first = record->size();
    }
    for (uint32_t i = 0; i < record->size(); ++i) {
      const FieldView field = record->field(i);
      const auto is_same = [&](const FieldView& other) {
        return other.tag() == field.tag() && other.payload() == field.payload();
      };
      const auto end = fields.begin() + static_cast<ptrdiff_t>(std::min(of_first, fields.size()));
      if (at != begin && field.is_control() && std::any_of(fields.begin(), end, is_same)) continue;
      payloads += field.payload().size();
      fields.push_back(field);
    }
    at += length;
  }
  const size_t entries = fields.size() + (source.empty() ? 0 : 1);
  const size_t limit = std::min<size_t>(max_payload, kMaxFramePayload);
  if (entries > kMaxFrameEntries || payloads > limit) return false;
  std::string joined;
  FrameWriter writer(leader, entries, &joined);
  for (const FieldView& field : fields) {
    writer.payloads()->append(field.payload().data(), field.payload().size());
    writer.EndField(field.tag(), field.flags());
  }
  if (!source.empty()) {
    writer.payloads()->append(source.data(), source.size());
    writer.EndField(kSourceTag, 0);
    flags |= kRecordWithSource;
  }
  writer.Finish(flags);
  frames->resize(begin);
  frames->append(joined);
  return true;
}

}  // namespace marcd
