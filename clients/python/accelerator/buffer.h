// Bytes that are put together piece by piece.

#ifndef MARCD_CLIENTS_PYTHON_ACCELERATOR_BUFFER_H_
#define MARCD_CLIENTS_PYTHON_ACCELERATOR_BUFFER_H_

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

// Why a buffer takes nothing more.
enum { kNoMemory = 1, kGivenUp = 2 };

// On the stack while short, else on the heap. After a failure it takes nothing more.
typedef struct {
  uint8_t* data;
  size_t size;
  size_t capacity;
  int failed;
  const uint8_t* special;  // for whoever writes: which bytes are written otherwise
  uint8_t local[4096];
} Buffer;

static inline void BufferInit(Buffer* buffer) {
  buffer->data = buffer->local;
  buffer->size = 0;
  buffer->capacity = sizeof(buffer->local);
  buffer->failed = 0;
  buffer->special = NULL;
}

static inline void BufferFree(Buffer* buffer) {
  if (buffer->data != buffer->local) PyMem_Free(buffer->data);
}

// Room for `size` more bytes at the end, or NULL when memory is short.
static inline uint8_t* BufferRoom(Buffer* buffer, size_t size) {
  if (buffer->failed) return NULL;
  if (size > buffer->capacity - buffer->size) {
    const size_t capacity = 2 * buffer->capacity + size;
    const int is_local = buffer->data == buffer->local;
    uint8_t* data = PyMem_Realloc(is_local ? NULL : buffer->data, capacity);
    if (data == NULL) {
      buffer->failed = kNoMemory;
      return NULL;
    }
    if (is_local) memcpy(data, buffer->local, buffer->size);
    buffer->data = data;
    buffer->capacity = capacity;
  }
  return buffer->data + buffer->size;
}

static inline void BufferAdd(Buffer* buffer, const void* bytes, size_t size) {
  uint8_t* room = BufferRoom(buffer, size);
  if (room == NULL) return;
  memcpy(room, bytes, size);
  buffer->size += size;
}

static inline void BufferAddByte(Buffer* buffer, uint8_t byte) { BufferAdd(buffer, &byte, 1); }

#define BufferAddText(buffer, literal) BufferAdd(buffer, literal, sizeof(literal) - 1)

#endif  // MARCD_CLIENTS_PYTHON_ACCELERATOR_BUFFER_H_
