// The frame (docs/frame.md) as the accelerator reads it: bytes alone, no Python.

#ifndef MARCD_CLIENTS_PYTHON_ACCELERATOR_FRAME_H_
#define MARCD_CLIENTS_PYTHON_ACCELERATOR_FRAME_H_

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
  kVerbatim = 1,
  kUndecoded = 2,
  kRaw = 4,
  kWithSource = 8,
  kRecordFlags = 15,
  kControl = 1,
  kEntryFlags = 7,
  kHeadSize = 32,
  kEntrySize = 8,
  kLeaderSize = 24,
  kMaxEntries = 100000,
  kMaxPayload = 64 * 1024 * 1024,
  kSubfieldDelimiter = 0x1F,
};

static inline uint32_t Load32(const uint8_t* bytes) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  uint32_t number;
  memcpy(&number, bytes, sizeof(number));
  return number;
#else
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
         (uint32_t)bytes[3] << 24;
#endif
}

// The tag as a number, for quick comparison.
static inline uint32_t TagKey(const uint8_t* tag) {
  return (uint32_t)tag[0] | (uint32_t)tag[1] << 8 | (uint32_t)tag[2] << 16;
}

// A view of a frame that was checked; the bytes must outlive it.
typedef struct {
  uint32_t flags;
  uint32_t count;           // fields, the entry of source bytes apart
  const uint8_t* leader;    // 24 bytes
  const uint8_t* entries;   // 8 bytes each
  const uint8_t* payloads;  // end to end
  size_t payload_size;      // of all fields
} Frame;

// One field of a frame.
typedef struct {
  const uint8_t* tag;  // 3 bytes
  const uint8_t* payload;
  size_t size;
  int control;
} Entry;

// Looks at every entry, once: afterwards no field lies outside, every tag is ASCII, every
// data field has two ASCII indicators and then a subfield or nothing. Returns NULL, or
// what is wrong, to be put behind "Frame ".
const char* OpenFrame(const uint8_t* bytes, size_t size, Frame* frame);

// The view of a frame that OpenFrame has accepted.
static inline Frame ViewFrame(const uint8_t* bytes) {
  const uint32_t entries = Load32(bytes + 28);
  Frame frame = {
      .flags = Load32(bytes),
      .count = entries,
      .leader = bytes + 4,
      .entries = bytes + kHeadSize,
      .payloads = bytes + kHeadSize + (size_t)kEntrySize * entries,
      .payload_size = 0,
  };
  if (frame.flags & kWithSource) --frame.count;
  if (frame.count > 0) frame.payload_size = Load32(frame.entries + kEntrySize * frame.count - 4);
  return frame;
}

// The field at a place below `count`.
static inline Entry FrameEntry(const Frame* frame, uint32_t place) {
  const uint8_t* entry = frame->entries + (size_t)kEntrySize * place;
  const size_t start = place > 0 ? Load32(entry - 4) : 0;
  Entry found = {
      .tag = entry,
      .payload = frame->payloads + start,
      .size = Load32(entry + 4) - start,
      .control = entry[3] & kControl,
  };
  return found;
}

// The place of the first field with the tag, from `place` on; `count` when there is none.
static inline uint32_t FindTag(const Frame* frame, uint32_t key, uint32_t place) {
  while (place < frame->count && TagKey(frame->entries + (size_t)kEntrySize * place) != key) {
    ++place;
  }
  return place;
}

// A subfield of a data field's payload.
typedef struct {
  const uint8_t* value;
  size_t size;
  uint8_t code;
} SubfieldView;

static inline int IsCode(uint8_t byte) { return byte >= 0x20 && byte <= 0x7E; }

// Takes the subfield at `*at`, a place in the payload behind its indicators, and moves
// `*at` to the next one. 0 at the end; -1 where no code follows the delimiter.
static inline int NextSubfield(const uint8_t* payload, size_t size, size_t* at,
                               SubfieldView* subfield) {
  if (*at >= size) return 0;
  if (*at + 1 >= size || !IsCode(payload[*at + 1])) return -1;
  subfield->code = payload[*at + 1];
  subfield->value = payload + *at + 2;
  const size_t rest = size - *at - 2;
  const void* end = rest > 0 ? memchr(subfield->value, kSubfieldDelimiter, rest) : NULL;
  subfield->size = end != NULL ? (size_t)((const uint8_t*)end - subfield->value) : rest;
  *at += 2 + subfield->size;
  return 1;
}

// How many subfields a payload has; -1 where a code is missing.
static inline int64_t CountSubfields(const uint8_t* payload, size_t size) {
  SubfieldView subfield;
  size_t at = 2;
  int64_t count = 0;
  int got;
  while ((got = NextSubfield(payload, size, &at, &subfield)) > 0) ++count;
  return got < 0 ? -1 : count;
}

// Takes the first subfield with the code; 1 when there is one, 0, or -1 as above.
static inline int FindSubfield(const uint8_t* payload, size_t size, uint8_t code,
                               SubfieldView* subfield) {
  size_t at = 2;
  int got;
  while ((got = NextSubfield(payload, size, &at, subfield)) > 0) {
    if (subfield->code == code) return 1;
  }
  return got;
}

#endif  // MARCD_CLIENTS_PYTHON_ACCELERATOR_FRAME_H_
