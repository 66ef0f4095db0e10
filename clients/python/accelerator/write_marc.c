// ISO 2709 of a record, from its frame and from fields as they are now.

#include "accelerator.h"
#include "buffer.h"

enum { kDirectoryEntry = 12, kFieldTerminator = 0x1E, kRecordTerminator = 0x1D };
// Longer ones do not fit the directory: the pure form does with them what pymarc does.
enum { kMaxField = 9999, kMaxRecord = 99999 };

static void PutDigits(uint8_t* to, int digits, uint32_t number) {
  while (digits > 0) {
    to[--digits] = (uint8_t)('0' + number % 10);
    number /= 10;
  }
}

static void PutEntry(uint8_t* to, const uint8_t* tag, size_t length, size_t start) {
  memcpy(to, tag, 3);
  PutDigits(to + 3, 4, (uint32_t)length);
  PutDigits(to + 7, 5, (uint32_t)start);
}

// Leader, directory and terminators round the fields' bytes.
static void PutLeader(uint8_t* to, const char* leader, size_t length, size_t base) {
  memcpy(to, leader, kLeaderSize);
  PutDigits(to, 5, (uint32_t)length);
  to[9] = 'a';
  PutDigits(to + 12, 5, (uint32_t)base);
}

static PyObject* FromFrame(const Frame* frame, const char* leader) {
  const size_t base = kLeaderSize + (size_t)kDirectoryEntry * frame->count + 1;
  const size_t length = base + frame->payload_size + frame->count + 1;
  if (length > kMaxRecord) return NULL;
  PyObject* marc = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)length);
  if (marc == NULL) return NULL;
  uint8_t* const begin = (uint8_t*)PyBytes_AS_STRING(marc);
  uint8_t* directory = begin + kLeaderSize;
  uint8_t* data = begin + base;
  PutLeader(begin, leader, length, base);
  for (uint32_t place = 0; place < frame->count; ++place) {
    const Entry entry = FrameEntry(frame, place);
    if (entry.size >= kMaxField) {
      Py_DECREF(marc);
      return NULL;
    }
    PutEntry(directory, entry.tag, entry.size + 1, (size_t)(data - begin) - base);
    directory += kDirectoryEntry;
    memcpy(data, entry.payload, entry.size);
    data += entry.size;
    *data++ = kFieldTerminator;
  }
  *directory = kFieldTerminator;
  *data = kRecordTerminator;
  return marc;
}

// Adds a str in UTF-8; 0 for what is none or cannot be encoded.
static int AddText(Buffer* buffer, PyObject* text) {
  if (text == NULL || !PyUnicode_CheckExact(text)) return 0;
  if (PyUnicode_IS_COMPACT_ASCII(text)) {
    BufferAdd(buffer, PyUnicode_1BYTE_DATA(text), (size_t)PyUnicode_GET_LENGTH(text));
    return 1;
  }
  PyObject* bytes = PyUnicode_AsUTF8String(text);
  if (bytes == NULL) {
    PyErr_Clear();
    return 0;
  }
  BufferAdd(buffer, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
  Py_DECREF(bytes);
  return 1;
}

static int AddSubfields(Buffer* buffer, PyObject* list) {
  if (list == NULL || !PyList_CheckExact(list)) return 0;
  PyObject* subfield;
  int added = 1;
  for (Py_ssize_t i = 0; added && (subfield = ListItem(list, i)) != NULL; ++i) {
    BufferAddByte(buffer, kSubfieldDelimiter);
    added = Py_TYPE(subfield) == subfield_type && AddText(buffer, PyTuple_GET_ITEM(subfield, 0)) &&
            AddText(buffer, PyTuple_GET_ITEM(subfield, 1));
    Py_DECREF(subfield);
  }
  return added;
}

// To be called locked.
static int AddContent(Buffer* buffer, const Field* field) {
  if (field->source != NULL) {
    BufferAdd(buffer, field->payload, (size_t)field->size);
    return 1;
  }
  if (field->control_field) return AddText(buffer, field->data);
  PyObject* indicators = field->indicators;
  if (indicators == NULL || !PyTuple_Check(indicators) || PyTuple_GET_SIZE(indicators) != 2) {
    return 0;
  }
  return AddText(buffer, PyTuple_GET_ITEM(indicators, 0)) &&
         AddText(buffer, PyTuple_GET_ITEM(indicators, 1)) && AddSubfields(buffer, field->subfields);
}

// Adds a field as it is now, and gives its tag; 0 where something in it is out of the ordinary.
static int AddField(Buffer* buffer, PyObject* object, uint8_t* tag) {
  if (Py_TYPE(object) != field_type) return 0;
  Field* field = (Field*)object;
  int added = 0;
  BEGIN_LOCKED(field);
  if (KeyOfTag(field->tag) != 0) {
    memcpy(tag, PyUnicode_1BYTE_DATA(field->tag), 3);
    added = AddContent(buffer, field);
  }
  END_LOCKED();
  return added;
}

// The directory grows in one buffer, the fields in another.
static int AddAll(const Frame* frame, PyObject** made, PyObject* fields, Buffer* directory,
                  Buffer* data) {
  const Py_ssize_t count = fields != NULL ? PyList_GET_SIZE(fields) : (Py_ssize_t)frame->count;
  for (Py_ssize_t place = 0; place < count; ++place) {
    PyObject* field = fields != NULL ? ListItem(fields, place) : Py_XNewRef(made[place]);
    if (field == NULL && fields != NULL) return 0;
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
    BufferAddByte(data, kFieldTerminator);
    if (!added || data->size - start > kMaxField || data->size > kMaxRecord) return 0;
    uint8_t* entry = BufferRoom(directory, kDirectoryEntry);
    if (entry == NULL) return 0;
    PutEntry(entry, tag, data->size - start, start);
    directory->size += kDirectoryEntry;
  }
  return 1;
}

static PyObject* FromFields(const Frame* frame, const char* leader, PyObject** made,
                            PyObject* fields) {
  Buffer directory, data;
  BufferInit(&directory);
  BufferInit(&data);
  PyObject* marc = NULL;
  if (AddAll(frame, made, fields, &directory, &data)) {
    BufferAddByte(&directory, kFieldTerminator);
    BufferAddByte(&data, kRecordTerminator);
    const size_t base = kLeaderSize + directory.size;
    const size_t length = base + data.size;
    if (!directory.failed && !data.failed && length <= kMaxRecord) {
      marc = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)length);
    }
    if (marc != NULL) {
      uint8_t* begin = (uint8_t*)PyBytes_AS_STRING(marc);
      PutLeader(begin, leader, length, base);
      memcpy(begin + kLeaderSize, directory.data, directory.size);
      memcpy(begin + base, data.data, data.size);
    }
  }
  BufferFree(&directory);
  BufferFree(&data);
  return marc;
}

PyObject* WriteMarc(const Frame* frame, const char* leader, PyObject** made, PyObject* fields) {
  if (fields != NULL && !PyList_CheckExact(fields)) return NULL;
  if (fields == NULL && made == NULL) return FromFrame(frame, leader);
  return FromFields(frame, leader, made, fields);
}
