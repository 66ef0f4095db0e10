// The frame (docs/frame.md) of a record as it is now, from its own frame and from fields that
// were made or changed since.

#include "accelerator.h"
#include "buffer.h"

enum { kAsciiText = 2, kFirstPrintable = 0x20, kLastPrintable = 0x7E, kFirstDelimiter = 0x1D };

static int IsPrintable(int byte) { return byte >= kFirstPrintable && byte <= kLastPrintable; }

static int IsControlTag(const uint8_t* tag) {
  return tag[0] == '0' && tag[1] == '0' && tag[2] >= '0' && tag[2] <= '9';
}

static void Put32(uint8_t* to, uint32_t number) {
  for (int i = 0; i < 4; ++i) to[i] = (uint8_t)(number >> 8 * i);
}

static int HasDelimiter(const uint8_t* bytes, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    if (bytes[i] >= kFirstDelimiter && bytes[i] <= kSubfieldDelimiter) return 1;
  }
  return 0;
}

// Adds a str in UTF-8; 0 for what is none, cannot be encoded, or holds a delimiter.
static int AddText(Buffer* data, PyObject* text) {
  if (text == NULL || !PyUnicode_CheckExact(text)) return 0;
  const size_t start = data->size;
  if (PyUnicode_IS_COMPACT_ASCII(text)) {
    BufferAdd(data, PyUnicode_1BYTE_DATA(text), (size_t)PyUnicode_GET_LENGTH(text));
  } else {
    PyObject* bytes = PyUnicode_AsUTF8String(text);
    if (bytes == NULL) {
      PyErr_Clear();
      return 0;
    }
    BufferAdd(data, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
    Py_DECREF(bytes);
  }
  return !data->failed && !HasDelimiter(data->data + start, data->size - start);
}

static int AddCharacter(Buffer* data, PyObject* character) {
  const int code = character != NULL ? CodeOf(character) : -1;
  if (!IsPrintable(code)) return 0;
  BufferAddByte(data, (uint8_t)code);
  return 1;
}

static int AddSubfields(Buffer* data, PyObject* list) {
  if (list == NULL || !PyList_CheckExact(list)) return 0;
  PyObject* subfield;
  int added = 1;
  for (Py_ssize_t i = 0; added && (subfield = ListItem(list, i)) != NULL; ++i) {
    BufferAddByte(data, kSubfieldDelimiter);
    added = Py_TYPE(subfield) == subfield_type &&
            AddCharacter(data, PyTuple_GET_ITEM(subfield, 0)) &&
            AddText(data, PyTuple_GET_ITEM(subfield, 1));
    Py_DECREF(subfield);
  }
  return added;
}

// To be called locked.
static int AddPayload(Buffer* data, const Field* field) {
  if (field->source != NULL) {
    BufferAdd(data, field->payload, (size_t)field->size);
    return 1;
  }
  if (field->control_field) return AddText(data, field->data);
  PyObject* indicators = field->indicators;
  if (indicators == NULL || !PyTuple_Check(indicators) || PyTuple_GET_SIZE(indicators) != 2) {
    return 0;
  }
  return AddCharacter(data, PyTuple_GET_ITEM(indicators, 0)) &&
         AddCharacter(data, PyTuple_GET_ITEM(indicators, 1)) &&
         AddSubfields(data, field->subfields);
}

// Adds a field as it is now, and gives its tag; 0 where a frame cannot hold it.
static int AddField(Buffer* data, PyObject* object, uint8_t* tag) {
  if (Py_TYPE(object) != field_type) return 0;
  Field* field = (Field*)object;
  int added = 0;
  BEGIN_LOCKED(field);
  if (KeyOfTag(field->tag) != 0) {
    memcpy(tag, PyUnicode_1BYTE_DATA(field->tag), 3);
    added = IsPrintable(tag[0]) && IsPrintable(tag[1]) && IsPrintable(tag[2]) &&
            IsControlTag(tag) == field->control_field && AddPayload(data, field);
  }
  END_LOCKED();
  return added;
}

// The entries grow in one buffer, the payloads in another. The number of fields, or -1.
static int64_t AddAll(const Frame* frame, PyObject** made, PyObject* fields, Buffer* entries,
                      Buffer* data) {
  const Py_ssize_t count = fields != NULL ? PyList_GET_SIZE(fields) : (Py_ssize_t)frame->count;
  if (count > kMaxEntries) return -1;
  for (Py_ssize_t place = 0; place < count; ++place) {
    PyObject* field = NULL;
    if (fields != NULL) {
      field = ListItem(fields, place);
    } else if (made != NULL) {
      field = Py_XNewRef(made[place]);
    }
    if (field == NULL && fields != NULL) return -1;
    const size_t start = data->size;
    uint8_t tag[3];
    int added = 1;
    if (field != NULL) {
      added = AddField(data, field, tag);
      Py_DECREF(field);
    } else {
      const Entry entry = FrameEntry(frame, (uint32_t)place);
      BufferAdd(data, entry.payload, entry.size);
      memcpy(tag, entry.tag, 3);
    }
    if (!added || data->failed || data->size > kMaxPayload) return -1;
    uint8_t* entry = BufferRoom(entries, kEntrySize);
    if (entry == NULL) return -1;
    memcpy(entry, tag, 3);
    entry[3] = (uint8_t)((IsControlTag(tag) ? kControl : 0) |
                         (IsAscii(data->data + start, data->size - start) ? kAsciiText : 0));
    Put32(entry + 4, (uint32_t)data->size);
    entries->size += kEntrySize;
  }
  return count;
}

PyObject* WriteFrame(const Frame* frame, const char* leader, PyObject** made, PyObject* fields) {
  if (fields != NULL && !PyList_CheckExact(fields)) return NULL;
  for (int i = 0; i < kLeaderSize; ++i) {
    if (!IsPrintable(leader[i])) return NULL;
  }
  Buffer entries, data;
  BufferInit(&entries);
  BufferInit(&data);
  PyObject* made_frame = NULL;
  const int64_t count = AddAll(frame, made, fields, &entries, &data);
  if (count >= 0) {
    const size_t size = kHeadSize + entries.size + data.size;
    made_frame = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
  }
  if (made_frame != NULL) {
    uint8_t* to = (uint8_t*)PyBytes_AS_STRING(made_frame);
    Put32(to, 0);
    memcpy(to + 4, leader, kLeaderSize);
    Put32(to + 4 + kLeaderSize, (uint32_t)count);
    memcpy(to + kHeadSize, entries.data, entries.size);
    memcpy(to + kHeadSize + entries.size, data.data, data.size);
  }
  BufferFree(&entries);
  BufferFree(&data);
  return made_frame;
}
