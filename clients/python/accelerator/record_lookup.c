// Looking for fields of a record by their tags.

#include "record.h"

// The key of the tag at a place of a lazy record, whose frame is `bytes`: a field that was
// made may have got another.
static uint32_t KeyAt(const Record* self, PyObject* bytes, const Frame* frame, uint32_t place) {
  if (self->made == NULL || self->frame != bytes || self->made[place] == NULL) {
    return TagKey(frame->entries + (size_t)kEntrySize * place);
  }
  PyObject* field = Py_NewRef(self->made[place]);
  const uint32_t key = FieldKey((Field*)field);
  Py_DECREF(field);
  return key;
}

// The place of the first field with the tag, or one of these: there is none; a made field's
// tag is to be compared as Python does.
enum { kNone = 0x7FFFFFFE, kNobodyKnows = 0x7FFFFFFF };
static uint32_t FindPlace(const Record* self, PyObject* bytes, uint32_t key) {
  const Frame frame = View(bytes);
  if (self->made == NULL) {
    const uint32_t place = FindTag(&frame, key, 0);
    return place < frame.count ? place : kNone;
  }
  for (uint32_t place = 0; place < frame.count; ++place) {
    const uint32_t own = KeyAt(self, bytes, &frame, place);
    if (own == key) return place;
    if (own == kOddTag) return kNobodyKnows;
  }
  return kNone;
}

// 1, 0, or -1: whether the tag of a field, whatever that is by now, is equal.
static int HasTag(PyObject* field, PyObject* tag) {
  if (Py_TYPE(field) == field_type && ((Field*)field)->tag == tag) return 1;
  PyObject* own = PyObject_GetAttr(field, name_tag);
  const int same = own == NULL ? -1 : PyObject_RichCompareBool(own, tag, Py_EQ);
  Py_XDECREF(own);
  return same;
}

// A new reference, or NULL without an exception when there is none.
static PyObject* FindAmong(PyObject* fields, PyObject* tag) {
  PyObject* iterator = PyObject_GetIter(fields);
  PyObject *field, *found = NULL;
  int same = 0;
  while (iterator != NULL && same == 0 && (field = PyIter_Next(iterator)) != NULL) {
    same = HasTag(field, tag);
    if (same > 0) found = Py_NewRef(field);
    Py_DECREF(field);
  }
  Py_XDECREF(iterator);
  return found;
}

// A new reference, or NULL without an exception when there is none.
static PyObject* FindField(PyObject* object, PyObject* tag) {
  Record* self = (Record*)object;
  const uint32_t key = KeyOfTag(tag);
  uint32_t place = kNobodyKnows;
  PyObject* found = NULL;
  BEGIN_LOCKED(self);
  if (key != 0 && IsLazy(self)) {
    PyObject* bytes = Py_NewRef(self->frame);
    place = FindPlace(self, bytes, key);
    if (place < kNone) found = RecordFieldAt(self, bytes, place);
    Py_DECREF(bytes);
  }
  END_LOCKED();
  if (found != NULL || place == kNone || PyErr_Occurred() != NULL) return found;
  PyObject* fields = RecordFields(object);
  if (fields == NULL) return NULL;
  found = FindAmong(fields, tag);
  Py_DECREF(fields);
  return found;
}

PyObject* RecordGet(PyObject* self, PyObject* args, PyObject* kwargs) {
  static char* names[] = {"tag", "default", NULL};
  PyObject *tag, *otherwise = Py_None;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:get", names, &tag, &otherwise)) return NULL;
  PyObject* field = FindField(self, tag);
  if (field == NULL && PyErr_Occurred() == NULL) field = Py_NewRef(otherwise);
  return field;
}

PyObject* RecordSubscript(PyObject* self, PyObject* tag) {
  PyObject* field = FindField(self, tag);
  if (field == NULL && PyErr_Occurred() == NULL) PyErr_SetNone(PyExc_KeyError);
  return field;
}

int RecordContains(PyObject* object, PyObject* tag) {
  Record* self = (Record*)object;
  const uint32_t key = KeyOfTag(tag);
  uint32_t place = kNobodyKnows;
  BEGIN_LOCKED(self);
  if (key != 0 && IsLazy(self)) {
    PyObject* bytes = Py_NewRef(self->frame);
    place = FindPlace(self, bytes, key);
    Py_DECREF(bytes);
  }
  END_LOCKED();
  if (place != kNobodyKnows) return place != kNone;
  PyObject* field = FindField(object, tag);
  if (field == NULL) return PyErr_Occurred() != NULL ? -1 : 0;
  Py_DECREF(field);
  return 1;
}

// The fields of a lazy record with any of so many keys; NULL without an exception if nobody
// knows. To be called locked.
static PyObject* FieldsWithKeys(Record* self, const uint32_t* keys, Py_ssize_t wanted) {
  PyObject* bytes = Py_NewRef(self->frame);
  const Frame frame = View(bytes);
  PyObject* list = PyList_New(0);
  for (uint32_t place = 0; list != NULL && place < frame.count; ++place) {
    const uint32_t key = KeyAt(self, bytes, &frame, place);
    Py_ssize_t i = 0;
    while (i < wanted && keys[i] != key) ++i;
    if (i == wanted && key != kOddTag) continue;
    PyObject* field = key != kOddTag ? RecordFieldAt(self, bytes, place) : NULL;
    if (field == NULL || PyList_Append(list, field) < 0) Py_CLEAR(list);
    Py_XDECREF(field);
  }
  Py_DECREF(bytes);
  return list;
}

// The fields with any of the tags; NULL without an exception where they are to be compared
// one by one.
static PyObject* FieldsWith(Record* self, PyObject* tags) {
  const Py_ssize_t wanted = PyTuple_GET_SIZE(tags);
  uint32_t local[64];
  uint32_t* keys = wanted <= 64 ? local : PyMem_New(uint32_t, wanted);
  if (keys == NULL) return PyErr_NoMemory();
  Py_ssize_t known = 0;
  while (known < wanted && (keys[known] = KeyOfTag(PyTuple_GET_ITEM(tags, known))) != 0) ++known;
  PyObject* list = NULL;
  BEGIN_LOCKED(self);
  if (known == wanted && IsLazy(self)) list = FieldsWithKeys(self, keys, wanted);
  END_LOCKED();
  if (keys != local) PyMem_Free(keys);
  return list;
}

PyObject* RecordGetFields(PyObject* self, PyObject* tags) {
  if (PyTuple_GET_SIZE(tags) == 0) return PyObject_GetAttr(self, name_fields);
  PyObject* list = FieldsWith((Record*)self, tags);
  if (list != NULL || PyErr_Occurred() != NULL) return list;
  PyObject* method = PyObject_GetAttr(self, name_pure_get_fields);
  if (method == NULL) return NULL;
  list = PyObject_CallObject(method, tags);
  Py_DECREF(method);
  return list;
}

// 245 $a, and a blank and $b if there is one; NULL without an exception if the frame
// cannot tell.
static PyObject* TitleOf(const Frame* frame) {
  const uint32_t place = FindTag(frame, TagKey((const uint8_t*)"245"), 0);
  if (place == frame->count) return Py_NewRef(Py_None);
  const Entry entry = FrameEntry(frame, place);
  if (entry.control) return NULL;
  SubfieldView a, b;
  const int got_a = FindSubfield(entry.payload, entry.size, 'a', &a);
  if (got_a == 0) return Py_NewRef(Py_None);
  if (got_a < 0) return SetFrameError("has a subfield without a code");
  const int got_b = a.size > 0 ? FindSubfield(entry.payload, entry.size, 'b', &b) : 0;
  if (got_b < 0) return SetFrameError("has a subfield without a code");
  if (got_b == 0 || b.size == 0) return MakeText(a.value, a.size);
  uint8_t local[512];
  const size_t size = a.size + 1 + b.size;
  uint8_t* joined = size <= sizeof(local) ? local : PyMem_Malloc(size);
  if (joined == NULL) return PyErr_NoMemory();
  memcpy(joined, a.value, a.size);
  joined[a.size] = ' ';
  memcpy(joined + a.size + 1, b.value, b.size);
  PyObject* title = MakeText(joined, size);
  if (joined != local) PyMem_Free(joined);
  return title;
}

PyObject* RecordTitle(PyObject* object, void* closure) {
  (void)closure;
  Record* self = (Record*)object;
  PyObject* title = NULL;
  BEGIN_LOCKED(self);
  if (IsLazy(self) && self->made == NULL) {
    const Frame frame = View(self->frame);
    title = TitleOf(&frame);
  }
  END_LOCKED();
  if (title != NULL || PyErr_Occurred() != NULL) return title;
  return PyObject_GetAttr(object, name_pure_title);
}
