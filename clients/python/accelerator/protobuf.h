// The wire form of protocol buffers, as far as the daemon's messages need it.
// https://protobuf.dev/programming-guides/encoding/

#ifndef MARCD_CLIENTS_PYTHON_ACCELERATOR_PROTOBUF_H_
#define MARCD_CLIENTS_PYTHON_ACCELERATOR_PROTOBUF_H_

#include <stddef.h>
#include <stdint.h>

// Bytes that are yet to be read.
typedef struct {
  const uint8_t* data;
  size_t size;
} Span;

// A field: a number, or the bytes of a text, of a message or of packed numbers.
typedef struct {
  int number;
  int is_number;
  uint64_t value;
  Span bytes;
} ProtoField;

static inline int TakeVarint(Span* from, uint64_t* value) {
  uint64_t result = 0;
  for (unsigned shift = 0; shift < 70 && from->size > 0; shift += 7) {
    const uint8_t byte = *from->data++;
    --from->size;
    if (shift < 64) result |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80) {
      *value = result;
      return 1;
    }
  }
  return 0;
}

static inline int TakeBytes(Span* from, uint64_t size, Span* bytes) {
  if (size > from->size) return 0;
  bytes->data = from->data;
  bytes->size = (size_t)size;
  from->data += size;
  from->size -= (size_t)size;
  return 1;
}

// Takes the next field: 1, 0 at the end, -1 where there is none.
static inline int TakeField(Span* from, ProtoField* field) {
  enum { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };
  uint64_t key, size;
  if (from->size == 0) return 0;
  if (!TakeVarint(from, &key) || key >> 3 == 0 || key >> 32 != 0) return -1;
  field->number = (int)(key >> 3);
  field->is_number = (key & 7) == kVarint;
  field->value = 0;
  field->bytes = (Span){NULL, 0};
  switch (key & 7) {
    case kVarint:
      return TakeVarint(from, &field->value) ? 1 : -1;
    case kFixed64:
      return TakeBytes(from, 8, &field->bytes) ? 1 : -1;
    case kFixed32:
      return TakeBytes(from, 4, &field->bytes) ? 1 : -1;
    case kBytes:
      return TakeVarint(from, &size) && TakeBytes(from, size, &field->bytes) ? 1 : -1;
    default:
      return -1;
  }
}

#endif  // MARCD_CLIENTS_PYTHON_ACCELERATOR_PROTOBUF_H_
