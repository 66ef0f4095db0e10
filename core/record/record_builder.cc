#include "core/record/record_builder.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/base/status.h"

namespace marcd {
namespace {

void AppendLe32(size_t value, std::string* out) {
  char bytes[4];
  StoreLe32(static_cast<uint32_t>(value), bytes);
  out->append(bytes, sizeof bytes);
}

}  // namespace

void RecordBuilder::AddEntry(absl::string_view tag, size_t payload_begin) {
  const absl::string_view payload = absl::string_view(payloads_).substr(payload_begin);
  const bool ascii =
      std::none_of(payload.begin(), payload.end(), [](char c) { return (c & 0x80) != 0; });
  if (tag.size() != kTagSize) {
    ++tag_faults_;
    tag = "   ";
  }
  absl::StrAppend(&entries_, tag);
  entries_.push_back(
      static_cast<char>((IsControlTag(tag) ? kEntryControl : 0) | (ascii ? kEntryAscii : 0)));
  AppendLe32(std::min<size_t>(payloads_.size(), UINT32_MAX), &entries_);
}

void RecordBuilder::AddControlField(absl::string_view tag, absl::string_view text) {
  const size_t begin = payloads_.size();
  absl::StrAppend(&payloads_, text);
  AddEntry(tag, begin);
}

void RecordBuilder::AddDataField(absl::string_view tag, char indicator1, char indicator2,
                                 absl::Span<const SubfieldView> subfields) {
  const size_t begin = payloads_.size();
  payloads_.push_back(indicator1);
  payloads_.push_back(indicator2);
  for (const SubfieldView& subfield : subfields) {
    payloads_.push_back(kSubfieldDelimiter);
    payloads_.push_back(subfield.code);
    absl::StrAppend(&payloads_, subfield.value);
  }
  AddEntry(tag, begin);
}

absl::Status RecordBuilder::AppendTo(std::string* out) const {
  if (leader_.size() != kLeaderSize) {
    return MakeError(absl::StatusCode::kInvalidArgument, "FRAME_INVALID",
                     absl::StrCat("Leader has ", leader_.size(), " bytes, not 24"));
  }
  if (tag_faults_ != 0) {
    return MakeError(absl::StatusCode::kInvalidArgument, "FRAME_INVALID",
                     absl::StrCat(tag_faults_, " tags are not three bytes long"));
  }
  const size_t begin = out->size();
  AppendLe32(0, out);
  out->append(leader_);
  AppendLe32(entries_.size() / kFrameEntrySize, out);
  out->append(entries_).append(payloads_);
  absl::Status valid = RecordView::Parse(absl::string_view(*out).substr(begin)).status();
  if (!valid.ok()) out->resize(begin);
  return valid;
}

}  // namespace marcd
