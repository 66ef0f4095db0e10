#include "core/formats/iso2709/copy_record.h"

#include <cstring>

#include "core/base/ascii.h"
#include "core/base/bytes.h"
#include "core/formats/iso2709/field.h"
#include "core/record/data_look.h"
#include "core/record/frame.h"
#include "core/text/marc8/marc8.h"
#include "core/text/utf8.h"

namespace marcd::iso2709 {
namespace {

bool IsCopyable(absl::string_view text, bool ascii, Copyable copyable) {
  switch (copyable) {
    case Copyable::kAnything:
      return true;
    case Copyable::kUtf8:
      return ascii || IsUtf8(text);
    case Copyable::kPlainMarc8:
      return ascii && IsPlainInMarc8(text);
    case Copyable::kAscii:
      return ascii;
  }
  return false;
}

// Writes a frame's entries and payloads into room that is there.
class FieldWriter {
 public:
  // Payloads are copied by whole chunks, which costs less than to count: up to so many bytes are
  // written behind the last of them.
  static constexpr size_t kChunk = 64;

  FieldWriter(const Parts& parts, size_t entries, char* to)
      : parts_(parts), entry_(to), payloads_(to + kFrameEntrySize * entries) {}

  void Add(const char* tag, const Extent& extent, uint8_t flags) {
    Copy(parts_.data.data() + extent.start, extent.length, parts_.data.size() - extent.start);
    end_ += extent.length;
    std::memcpy(entry_, tag, kTagSize);
    entry_[kTagSize] = static_cast<char>(flags);
    StoreLe32(end_, entry_ + kTagSize + 1);
    entry_ += kFrameEntrySize;
  }

 private:
  void Copy(const char* from, size_t size, size_t readable) {
    char* to = payloads_ + end_;
    if (size + kChunk > readable) {
      std::memcpy(to, from, size);
      return;
    }
    for (size_t at = 0; at < size; at += kChunk) std::memcpy(to + at, from + at, kChunk);
  }

  const Parts& parts_;
  char* entry_;
  char* const payloads_;
  uint32_t end_ = 0;
};

// Whether a data field begins with two indicators, and then a subfield if anything.
bool BeginsAsDataField(absl::string_view payload) {
  return payload.size() >= 2 && IsIndicator(payload[0]) && IsIndicator(payload[1]) &&
         (payload.size() == 2 || payload[2] == kSubfieldDelimiter);
}

// The fast path: looks over all fields together and copies them. False, with anything written and
// nothing seen, where it takes a look at each to say what they are.
bool CopyTogether(const Parts& parts, const Layout& layout, Copyable copyable, FieldWriter writer,
                  Seen* seen) {
  if (!layout.contiguous) return false;
  const size_t entries = layout.extents.size();
  const absl::string_view data = parts.data.substr(0, layout.payload_size + entries);
  size_t leading = 0, size = 0;  // of the control fields
  for (; leading < entries && IsControlTag(parts.tag(leading)); ++leading) {
    size += layout.extents[leading].length + 1;
  }
  const DataLook control = LookOverData(data.data(), size);
  const DataLook fields = LookOverData(data.data() + size, data.size() - size);
  if (control.odd || fields.odd || control.subfield_delimiters > 0 ||
      control.field_terminators + fields.field_terminators != entries) {
    return false;
  }
  const bool ascii = !control.high && !fields.high;
  const bool marc8 = copyable == Copyable::kPlainMarc8;  // is told of a field at a time
  if (marc8 ? !ascii : !IsCopyable(data, ascii, copyable)) return false;
  for (size_t i = 0; i < entries; ++i) {
    const char* const tag = parts.tag(i).data();
    const absl::string_view payload = parts.payload(layout.extents[i]);
    const bool is_control = i < leading;
    if (!is_control && (!BeginsAsDataField(payload) || IsControlTag({tag, kTagSize}))) return false;
    if (marc8 && !IsPlainInMarc8(payload)) return false;
    const bool is_ascii = ascii || IsAscii(payload);
    writer.Add(tag, layout.extents[i],
               (is_control ? kEntryControl : 0) | (is_ascii ? kEntryAscii : 0));
  }
  seen->ascii = ascii;
  return true;
}

// Looks at one field. (`reason` is a parameter, not a part of the result: an optional
// travels through memory in two parts, and waiting for both costs much of the time.)
Copied LookOverField(absl::string_view payload, bool control, Copyable copyable, Seen* seen,
                     Reason* reason) {
  const DataLook look = LookOverData(payload.data(), payload.size());
  const bool begins = control ? look.subfield_delimiters == 0 : BeginsAsDataField(payload);
  if ((look.odd || look.field_terminators > 0 || !begins) &&
      !CheckPayload(payload, control, reason)) {
    return Copied::kFault;
  }
  seen->ascii = !look.high;
  seen->escapes = look.odd;  // nothing else that is odd is left
  return IsCopyable(payload, seen->ascii, copyable) ? Copied::kWhole : Copied::kTextToDecode;
}

Copied CopyOneByOne(const Parts& parts, const Layout& layout, Copyable copyable, FieldWriter writer,
                    Seen* seen, std::optional<Finding>* fault) {
  for (size_t i = 0; i < layout.extents.size(); ++i) {
    const absl::string_view payload = parts.payload(layout.extents[i]);
    const bool control = IsControlTag(parts.tag(i));
    Seen in_field;
    Reason reason;
    const Copied copied = LookOverField(payload, control, copyable, &in_field, &reason);
    if (copied == Copied::kFault) {
      *fault = FieldFinding(reason, parts, i, DescribePayload(reason, payload));
    }
    if (copied != Copied::kWhole) return copied;
    seen->ascii &= in_field.ascii;
    seen->escapes |= in_field.escapes;
    writer.Add(parts.tag(i).data(), layout.extents[i],
               (control ? kEntryControl : 0) | (in_field.ascii ? kEntryAscii : 0));
  }
  return Copied::kWhole;
}

}  // namespace

Copied CopyRecord(const Parts& parts, const Layout& layout, Copyable copyable, std::string* frames,
                  Seen* seen, std::optional<Finding>* fault) {
  const size_t begin = frames->size();
  const size_t entries = layout.extents.size();
  const size_t size = kFrameHeadSize + kFrameEntrySize * entries + layout.payload_size;
  frames->resize(begin + size + FieldWriter::kChunk);
  char* const frame = &(*frames)[begin];
  const FieldWriter writer(parts, entries, frame + kFrameHeadSize);
  if (!CopyTogether(parts, layout, copyable, writer, seen)) {
    const Copied copied = CopyOneByOne(parts, layout, copyable, writer, seen, fault);
    if (copied != Copied::kWhole) {
      frames->resize(begin);
      return copied;
    }
  }
  std::memcpy(frame + 4, parts.record.data(), kLeaderSize);
  StoreLe32(static_cast<uint32_t>(entries), frame + 4 + kLeaderSize);
  frames->resize(begin + size);
  return Copied::kWhole;
}

}  // namespace marcd::iso2709
