#include "frame.h"

static inline const char* CheckDataField(const uint8_t* payload, size_t size) {
  if (size < 2 || ((payload[0] | payload[1]) & 0x80)) {
    return "has a data field without two indicators";
  }
  if (size > 2 && payload[2] != kSubfieldDelimiter) {
    return "has a data field with text before its first subfield";
  }
  return NULL;
}

// Looks at each entry as one number, since this is done for every record that is read.
static const char* CheckEntries(const Frame* frame, uint32_t count, size_t size) {
  const uint32_t fields = frame->flags & kUndecoded ? 0 : frame->count;
  const int text = !(frame->flags & kRaw);
  size_t start = 0;
  for (uint32_t place = 0; place < count; ++place) {
    const uint8_t* entry = frame->entries + (size_t)kEntrySize * place;
    const uint32_t tag = Load32(entry) & 0xFFFFFF, flags = Load32(entry) >> 24;
    const size_t end = Load32(entry + 4);
    if (end < start || end > size) return "has an entry that ends outside its payloads";
    if (tag & 0x808080) return "has a tag that is not ASCII";
    if (flags > kEntryFlags) return "has an entry with unknown flags";
    if (place >= fields) {
      if (tag != 0) return "has its source bytes under a tag";
    } else if (text && !(flags & kControl)) {
      const char* wrong = CheckDataField(frame->payloads + start, end - start);
      if (wrong != NULL) return wrong;
    }
    start = end;
  }
  return start == size ? NULL : "has bytes after its last payload";
}

const char* OpenFrame(const uint8_t* bytes, size_t size, Frame* frame) {
  if (size < kHeadSize) return "is shorter than its head of 32 bytes";
  const uint32_t count = Load32(bytes + 28);
  if (count > kMaxEntries || (size - kHeadSize) / kEntrySize < count) {
    return "is too short for its number of entries";
  }
  const size_t payload_size = size - kHeadSize - (size_t)kEntrySize * count;
  if (payload_size > kMaxPayload) return "has payloads of more than 64 MiB";
  const uint32_t flags = Load32(bytes);
  if (flags & ~(uint32_t)kRecordFlags) return "has unknown record flags";
  if ((flags & kUndecoded) && count != 1) return "is undecoded and has not one entry";
  if ((flags & kWithSource) && (count == 0 || (flags & kUndecoded))) {
    return "has no entry for its source bytes";
  }
  for (int i = 4; i < 4 + kLeaderSize; ++i) {
    if (bytes[i] & 0x80) return "has a leader that is not ASCII";
  }
  *frame = ViewFrame(bytes);
  return CheckEntries(frame, count, payload_size);
}
