#include "core/record/record_view.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/ascii.h"
#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/record/data_look.h"
#include "core/record/leader.h"

namespace marcd {
namespace {

absl::Status Invalid(absl::string_view what) {
  return MakeError(absl::StatusCode::kInvalidArgument, "FRAME_INVALID",
                   absl::StrCat("Frame is not valid: ", what));
}

absl::Status InvalidEntry(uint32_t index, absl::string_view what) {
  return Invalid(absl::StrCat("entry ", index, ": ", what));
}

const char* EntryAt(absl::string_view frame, uint32_t index) {
  return frame.data() + kFrameHeadSize + kFrameEntrySize * index;
}

// What is wrong with a field's payload; empty when nothing is.
absl::string_view PayloadFault(absl::string_view payload, bool control) {
  for (const char c : payload) {
    if (c == kRecordTerminator || c == kFieldTerminator) return "payload holds a terminator";
    if (control && c == kSubfieldDelimiter) return "control field holds a subfield delimiter";
  }
  if (control) return "";
  if (payload.size() < 2) return "data field without two indicators";
  if (!IsIndicator(payload[0]) || !IsIndicator(payload[1])) return "indicator out of range";
  if (payload.size() > 2 && payload[2] != kSubfieldDelimiter) {
    return "data field's text begins outside a subfield";
  }
  for (size_t at = 2; at < payload.size(); ++at) {
    if (payload[at] != kSubfieldDelimiter) continue;
    if (at + 1 == payload.size() || !IsSubfieldCode(payload[at + 1])) {
      return "subfield code out of range";
    }
  }
  return "";
}

// What is known of the payloads of all fields together.
struct PayloadsLook {
  bool ascii;
  // No terminators, no escapes, and a code behind each subfield delimiter, if only the first byte
  // of the next payload.
  bool plain;
};

PayloadsLook LookOver(absl::string_view payloads) {
  if (payloads.empty()) return {true, true};
  const auto last = static_cast<uint8_t>(payloads.back());
  const DataLook look = LookOverData(payloads.data(), payloads.size() - 1);
  const bool last_odd = last >= 0x1B && last <= kSubfieldDelimiter;
  return {!look.high && last < 0x80, !look.odd && look.field_terminators == 0 && !last_odd};
}

// Of a payload among plain ones: whether it begins and ends as a field does.
bool IsWhole(absl::string_view payload, bool control) {
  if (control) return payload.find(kSubfieldDelimiter) == absl::string_view::npos;
  return payload.size() >= 2 && IsIndicator(payload[0]) && IsIndicator(payload[1]) &&
         (payload.size() == 2 ||
          (payload[2] == kSubfieldDelimiter && payload.back() != kSubfieldDelimiter));
}

absl::Status CheckField(uint32_t index, const FieldView& field, const PayloadsLook& all) {
  if (!IsAscii(field.tag())) return InvalidEntry(index, "tag is not ASCII");
  if (field.is_control() != IsControlTag(field.tag())) {
    return InvalidEntry(index, "control flag and tag do not agree");
  }
  if (!all.ascii && (field.flags() & kEntryAscii) != 0 && !IsAscii(field.payload())) {
    return InvalidEntry(index, "ASCII flag on other text");
  }
  if (all.plain && IsWhole(field.payload(), field.is_control())) return absl::OkStatus();
  const absl::string_view fault = PayloadFault(field.payload(), field.is_control());
  return fault.empty() ? absl::OkStatus() : InvalidEntry(index, fault);
}

}  // namespace

bool FieldView::NextSubfield(absl::string_view* rest, SubfieldView* subfield) {
  if (rest->empty()) return false;
  const size_t next = rest->find(kSubfieldDelimiter, 1);
  subfield->code = (*rest)[1];
  subfield->value = rest->substr(2, next == absl::string_view::npos ? next : next - 2);
  rest->remove_prefix(std::min(next, rest->size()));
  return true;
}

absl::StatusOr<RecordView> RecordView::Parse(absl::string_view frame) {
  if (frame.size() < kFrameHeadSize) return Invalid("shorter than its head of 32 bytes");
  const uint32_t flags = LoadLe32(frame.data());
  const uint32_t entries = LoadLe32(frame.data() + 4 + kLeaderSize);
  if ((flags & ~kRecordFlags) != 0) return Invalid("unknown record flag");
  if (entries > kMaxFrameEntries) return Invalid(absl::StrCat(entries, " entries"));
  const size_t payload_begin = kFrameHeadSize + kFrameEntrySize * size_t{entries};
  if (payload_begin > frame.size()) return Invalid("entries reach past its end");
  if (frame.size() - payload_begin > kMaxFramePayload) return Invalid("payloads over 64 MiB");
  if (!IsAscii(frame.substr(4, kLeaderSize))) return Invalid("leader is not ASCII");
  const bool undecoded = (flags & kRecordUndecoded) != 0;
  const bool with_source = (flags & kRecordWithSource) != 0;
  if (undecoded && entries != 1) return Invalid("undecoded, yet not one entry");
  if (with_source && (undecoded || entries == 0)) return Invalid("no entry for its source");

  const RecordView view(frame, flags, entries);
  const PayloadsLook look = LookOver(view.payloads());
  uint32_t begin = 0;
  for (uint32_t i = 0; i < entries; ++i) {
    const uint32_t end = LoadLe32(EntryAt(frame, i) + 4);
    if (end < begin || end > frame.size() - payload_begin) {
      return InvalidEntry(i, "end out of order");
    }
    begin = end;
    const FieldView field = view.entry(i);
    if ((field.flags() & ~kEntryFlags) != 0) return InvalidEntry(i, "unknown flag");
    if (undecoded || (with_source && i + 1 == entries)) {
      if (field.tag() != kSourceTag) return InvalidEntry(i, "source bytes under a tag");
    } else {
      MARCD_RETURN_IF_ERROR(CheckField(i, field, look));
    }
  }
  if (begin != frame.size() - payload_begin) return Invalid("bytes after the last payload");
  return view;
}

FieldView RecordView::entry(uint32_t index) const {
  const char* const at = EntryAt(frame_, index);
  const uint32_t begin = index == 0 ? 0 : LoadLe32(at - 4);
  const uint32_t end = LoadLe32(at + 4);
  const size_t payload_begin = kFrameHeadSize + kFrameEntrySize * size_t{entries_};
  return FieldView({at, kTagSize}, static_cast<uint8_t>(at[3]),
                   frame_.substr(payload_begin + begin, end - begin));
}

absl::string_view RecordView::source() const {
  if ((flags_ & (kRecordUndecoded | kRecordWithSource)) == 0) return {};
  return entry(entries_ - 1).payload();
}

absl::string_view RecordView::payloads() const {
  const size_t begin = kFrameHeadSize + kFrameEntrySize * size_t{entries_};
  return frame_.substr(begin, size() == 0 ? 0 : LoadLe32(EntryAt(frame_, size() - 1) + 4));
}

bool RecordView::AppendVerbatim(std::string* out) const {
  if ((flags_ & kRecordVerbatim) == 0) return false;
  constexpr size_t kEntrySize = 12;
  constexpr size_t kMaxFieldLength = 9999;
  const size_t directory = kEntrySize * size();
  const size_t length = kLeaderSize + directory + 1 + payloads().size() + size() + 1;
  const Leader own(leader());
  if (own.record_length() < 0 || static_cast<size_t>(own.record_length()) != length ||
      static_cast<size_t>(own.base_address()) != kLeaderSize + directory + 1) {
    return false;
  }
  const size_t begin = out->size();
  out->resize(begin + length);
  char* entry = &(*out)[begin];
  std::memcpy(entry, leader().data(), kLeaderSize);
  entry += kLeaderSize;
  char* const data = entry + directory + 1;
  char* to = data;
  for (uint32_t i = 0; i < size(); ++i) {
    const FieldView field = this->field(i);
    const absl::string_view payload = field.payload();
    if (payload.size() >= kMaxFieldLength) {
      out->resize(begin);
      return false;
    }
    std::memcpy(entry, field.tag().data(), kTagSize);
    StoreDigits(static_cast<uint32_t>(payload.size() + 1), 4, entry + kTagSize);
    StoreDigits(static_cast<uint32_t>(to - data), 5, entry + kTagSize + 4);
    entry += kEntrySize;
    std::memcpy(to, payload.data(), payload.size());
    to += payload.size();
    *to++ = kFieldTerminator;
  }
  *entry = kFieldTerminator;
  *to = kRecordTerminator;
  return true;
}

}  // namespace marcd
