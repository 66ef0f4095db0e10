// Record: what is asked of every record. See marcd/record.py for the contract.

#include "accelerator.h"
#include "free_list.h"

PyTypeObject* record_type;

static FreeList free_records;

PyObject* NewRecord(PyTypeObject* kind, PyObject* frame, PyObject* to_unicode,
                    PyObject* force_utf8) {
  Record* record;
  if (kind == record_type) {
    PyObject* kept = TakeMemory(&free_records);
    record = kept != NULL ? (Record*)PyObject_Init(kept, kind) : PyObject_GC_New(Record, kind);
    if (record != NULL) {
      memset((char*)record + sizeof(PyObject), 0, sizeof(*record) - sizeof(PyObject));
    }
  } else {
    record = (Record*)kind->tp_alloc(kind, 0);
    const int adds_nothing = kind->tp_basicsize == sizeof(*record) && kind->tp_dictoffset == 0;
    if (record != NULL && adds_nothing) PyObject_GC_UnTrack(record);
  }
  if (record == NULL) {
    Py_DECREF(frame);
    return NULL;
  }
  record->frame = frame;
  record->to_unicode = Py_NewRef(to_unicode);
  record->force_utf8 = Py_NewRef(force_utf8);
  return (PyObject*)record;
}

static Frame View(PyObject* frame) { return ViewFrame((const uint8_t*)PyBytes_AS_STRING(frame)); }

// Whether the fields are still those of the frame, and can be made one by one.
static int IsLazy(const Record* self) {
  return self->fields == NULL && self->frame != NULL &&
         !(View(self->frame).flags & (kRaw | kUndecoded));
}

static void FreeMade(PyObject** made, PyObject* bytes) {
  if (made == NULL) return;
  const uint32_t count = View(bytes).count;
  for (uint32_t place = 0; place < count; ++place) Py_XDECREF(made[place]);
  PyMem_Free(made);
}

static void ForgetMade(Record* self) {
  PyObject** made = self->made;
  self->made = NULL;
  FreeMade(made, self->frame);
}

// The field that stays at a place: the one that is there, else `field`. A new reference.
static PyObject* Keep(Record* self, uint32_t place, PyObject* field) {
  if (self->made == NULL) {
    self->made = PyMem_Calloc(View(self->frame).count, sizeof(*self->made));
    if (self->made == NULL) return PyErr_NoMemory();
    Track((PyObject*)self);
  }
  if (self->made[place] == NULL) self->made[place] = Py_NewRef(field);
  return Py_NewRef(self->made[place]);
}

// The field at a place of a lazy record, whose frame is `bytes`; a new reference. NULL without
// an exception if the record is no longer lazy. To be called locked.
static PyObject* FieldAt(Record* self, PyObject* bytes, uint32_t place) {
  if (self->made != NULL && self->made[place] != NULL) return Py_NewRef(self->made[place]);
  const Frame frame = View(bytes);
  const Entry entry = FrameEntry(&frame, place);
  PyObject* field = NewField(bytes, &entry);
  if (field == NULL) return NULL;
  PyObject* kept = NULL;
  if (self->frame == bytes && self->fields == NULL) kept = Keep(self, place, field);
  Py_DECREF(field);
  return kept;
}

static PyObject* NewFields(PyObject* bytes) {
  const Frame frame = View(bytes);
  if (frame.flags & (kRaw | kUndecoded)) return PyObject_CallOneArg(make_raw_fields, bytes);
  PyObject* list = PyList_New(frame.count);
  for (uint32_t place = 0; list != NULL && place < frame.count; ++place) {
    const Entry entry = FrameEntry(&frame, place);
    PyObject* field = NewField(bytes, &entry);
    if (field == NULL) {
      Py_CLEAR(list);
    } else {
      PyList_SET_ITEM(list, place, field);
    }
  }
  return list;
}

// Makes `list` the list of fields, with those in their places that have been made already.
static void KeepAll(Record* self, PyObject* list) {
  PyObject** made = self->made;
  self->made = NULL;
  self->fields = Py_NewRef(list);
  Track((PyObject*)self);
  if (made == NULL) return;
  for (Py_ssize_t place = 0; place < PyList_GET_SIZE(list); ++place) {
    PyObject* field = PyList_GET_ITEM(list, place);
    if (made[place] == NULL) continue;
    PyList_SET_ITEM(list, place, made[place]);
    Py_DECREF(field);
  }
  PyMem_Free(made);
}

// To be called locked.
static int MakeAllFields(Record* self) {
  while (self->fields == NULL) {
    PyObject* bytes = Py_XNewRef(self->frame);
    PyObject* list = bytes != NULL ? NewFields(bytes) : PyList_New(0);
    // While objects were made, others may have done the same.
    if (list != NULL && self->fields == NULL && self->frame == bytes) KeepAll(self, list);
    const int failed = list == NULL;
    Py_XDECREF(list);
    Py_XDECREF(bytes);
    if (failed) return -1;
  }
  return 0;
}

// The list of fields; a new reference.
static PyObject* Fields(PyObject* object) {
  Record* self = (Record*)object;
  PyObject* fields = NULL;
  BEGIN_LOCKED(self);
  if (MakeAllFields(self) == 0) fields = Py_NewRef(self->fields);
  END_LOCKED();
  return fields;
}

static PyObject* GetFields(PyObject* self, void* closure) {
  (void)closure;
  return Fields(self);
}

static int SetFields(PyObject* object, PyObject* value, void* closure) {
  (void)closure;
  Record* self = (Record*)object;
  if (RefuseToDelete(value) < 0) return -1;
  BEGIN_LOCKED(self);
  Track(object);
  Py_XSETREF(self->fields, Py_NewRef(value));
  ForgetMade(self);
  END_LOCKED();
  return 0;
}

// To be called locked.
static void MakeLeader(Record* self) {
  PyObject* text = PyUnicode_DecodeASCII((const char*)View(self->frame).leader, kLeaderSize, NULL);
  PyObject* leader = text != NULL ? PyObject_CallOneArg(leader_type, text) : NULL;
  if (leader != NULL && self->leader == NULL) {
    self->leader = Py_NewRef(leader);
    Track((PyObject*)self);
  }
  Py_XDECREF(leader);
  Py_XDECREF(text);
}

static PyObject* GetLeader(PyObject* object, void* closure) {
  (void)closure;
  Record* self = (Record*)object;
  PyObject* leader = NULL;
  BEGIN_LOCKED(self);
  if (self->leader == NULL && self->frame != NULL) MakeLeader(self);
  if (self->leader != NULL) {
    leader = Py_NewRef(self->leader);
  } else if (PyErr_Occurred() == NULL) {
    leader = Py_NewRef(Py_None);
  }
  END_LOCKED();
  return leader;
}

static int SetLeader(PyObject* object, PyObject* value, void* closure) {
  (void)closure;
  Record* self = (Record*)object;
  if (RefuseToDelete(value) < 0) return -1;
  BEGIN_LOCKED(self);
  Track(object);
  Py_XSETREF(self->leader, Py_NewRef(value));
  END_LOCKED();
  return 0;
}

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
    if (place < kNone) found = FieldAt(self, bytes, place);
    Py_DECREF(bytes);
  }
  END_LOCKED();
  if (found != NULL || place == kNone || PyErr_Occurred() != NULL) return found;
  PyObject* fields = Fields(object);
  if (fields == NULL) return NULL;
  found = FindAmong(fields, tag);
  Py_DECREF(fields);
  return found;
}

static PyObject* Get(PyObject* self, PyObject* args, PyObject* kwargs) {
  static char* names[] = {"tag", "default", NULL};
  PyObject *tag, *otherwise = Py_None;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:get", names, &tag, &otherwise)) return NULL;
  PyObject* field = FindField(self, tag);
  if (field == NULL && PyErr_Occurred() == NULL) field = Py_NewRef(otherwise);
  return field;
}

static PyObject* Subscript(PyObject* self, PyObject* tag) {
  PyObject* field = FindField(self, tag);
  if (field == NULL && PyErr_Occurred() == NULL) PyErr_SetNone(PyExc_KeyError);
  return field;
}

static int Contains(PyObject* object, PyObject* tag) {
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
    PyObject* field = key != kOddTag ? FieldAt(self, bytes, place) : NULL;
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

static PyObject* GetFieldsWith(PyObject* self, PyObject* tags) {
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

static PyObject* GetTitle(PyObject* object, void* closure) {
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

// Whether it can be made a leader of UTF-8 twice, here and by the pure form, as if once.
static int IsUsualLeader(PyObject* leader) {
  if (PyUnicode_CheckExact(leader)) return PyUnicode_GET_LENGTH(leader) == kLeaderSize;
  return (PyObject*)Py_TYPE(leader) == leader_type;
}

// The 24 bytes of the leader that as_marc writes, leader/09 made `a`; NULL without an
// exception where the pure form must tell. `text` owns them.
static const char* LeaderToWrite(PyObject* self, PyObject** text) {
  PyObject* leader = GetLeader(self, NULL);
  const int usual = leader != NULL && IsUsualLeader(leader);
  Py_XDECREF(leader);
  if (usual) *text = PyObject_CallMethodNoArgs(self, name_utf8_leader);
  if (*text == NULL) return NULL;
  if (!PyUnicode_CheckExact(*text) || !PyUnicode_IS_COMPACT_ASCII(*text) ||
      PyUnicode_GET_LENGTH(*text) != kLeaderSize) {
    return NULL;
  }
  return (const char*)PyUnicode_1BYTE_DATA(*text);
}

// NULL without an exception where the pure form must write it.
static PyObject* WriteAsItIs(Record* self, const char* leader) {
  PyObject* marc = NULL;
  BEGIN_LOCKED(self);
#ifdef Py_GIL_DISABLED
  // The lock of the record is not held all the time while those of its fields are.
  if (self->made != NULL) MakeAllFields(self);
#endif
  if (self->fields != NULL) {
    PyObject* fields = Py_NewRef(self->fields);
    marc = WriteMarc(NULL, leader, NULL, fields);
    Py_DECREF(fields);
  } else if (IsLazy(self) && PyErr_Occurred() == NULL) {
    const Frame frame = View(self->frame);
    marc = WriteMarc(&frame, leader, self->made, NULL);
  }
  END_LOCKED();
  return marc;
}

static PyObject* FrameBytes(Record* self) {
  PyObject* bytes;
  BEGIN_LOCKED(self);
  bytes = Py_NewRef(self->frame != NULL ? self->frame : Py_None);
  END_LOCKED();
  return bytes;
}

static PyObject* AsMarc(PyObject* object, PyObject* unused) {
  (void)unused;
  Record* self = (Record*)object;
  PyObject* marc = NULL;
  if (self->to_unicode == Py_True && (IsLazy(self) || self->fields != NULL)) {
    PyObject *bytes = FrameBytes(self), *text = NULL;
    const char* leader = NULL;
    if (self->leader == NULL && bytes != Py_None) leader = (const char*)View(bytes).leader;
    if (leader == NULL || leader[9] != 'a') leader = LeaderToWrite(object, &text);
    if (leader != NULL) marc = WriteAsItIs(self, leader);
    Py_XDECREF(text);
    Py_DECREF(bytes);
  }
  if (marc != NULL || PyErr_Occurred() != NULL) return marc;
  return PyObject_CallMethodNoArgs(object, name_pure_as_marc);
}

// What `write` makes of the frame and the leader, if no field was ever asked for; NULL
// without an exception if one was. To be called locked.
static PyObject* WriteUntouched(Record* self, PyObject* (*write)(const Frame*)) {
  PyObject *bytes = Py_NewRef(self->frame), *result = NULL;
  Frame frame = View(bytes);
  if (self->leader == NULL) {
    result = write(&frame);
  } else {
    PyObject* leader = Py_NewRef(self->leader);
    PyObject* text = PyObject_Str(leader);
    const int usual = text != NULL && PyUnicode_IS_COMPACT_ASCII(text) &&
                      PyUnicode_GET_LENGTH(text) == kLeaderSize;
    // To make a str of a leader may have been more than that.
    if (usual && self->frame == bytes && IsLazy(self) && self->made == NULL) {
      frame.leader = PyUnicode_1BYTE_DATA(text);
      result = write(&frame);
    }
    Py_XDECREF(text);
    Py_DECREF(leader);
  }
  Py_DECREF(bytes);
  return result;
}

static PyObject* FromFrame(PyObject* object, PyObject* (*write)(const Frame*)) {
  Record* self = (Record*)object;
  PyObject* result = NULL;
  BEGIN_LOCKED(self);
  if (IsLazy(self) && self->made == NULL) result = WriteUntouched(self, write);
  END_LOCKED();
  return result;
}

static PyObject* AsDict(PyObject* self, PyObject* unused) {
  (void)unused;
  PyObject* result = FromFrame(self, WriteDict);
  if (result != NULL || PyErr_Occurred() != NULL) return result;
  return PyObject_CallMethodNoArgs(self, name_pure_as_dict);
}

static PyObject* AsJson(PyObject* self, PyObject* args, PyObject* kwargs) {
  const int usual = PyTuple_GET_SIZE(args) == 0 && (kwargs == NULL || PyDict_GET_SIZE(kwargs) == 0);
  PyObject* result = usual ? FromFrame(self, WriteJson) : NULL;
  if (result != NULL || PyErr_Occurred() != NULL) return result;
  PyObject* method = PyObject_GetAttr(self, name_pure_as_json);
  if (method == NULL) return NULL;
  result = PyObject_Call(method, args, kwargs);
  Py_DECREF(method);
  return result;
}

static PyObject* AsText(PyObject* self) {
  PyObject* result = FromFrame(self, WriteText);
  if (result != NULL || PyErr_Occurred() != NULL) return result;
  return PyObject_CallMethodNoArgs(self, name_pure_str);
}

static PyObject* PlainXml(const Frame* frame) { return WriteXml(frame, 0, 1); }
static PyObject* PlainXmlInUtf8(const Frame* frame) { return WriteXml(frame, 0, 0); }
static PyObject* NamespacedXml(const Frame* frame) { return WriteXml(frame, 1, 1); }
static PyObject* NamespacedXmlInUtf8(const Frame* frame) { return WriteXml(frame, 1, 0); }

// For marcxml.record_to_xml: the XML, or None where that must make it of the fields.
static PyObject* AsXml(PyObject* self, PyObject* args) {
  int with_namespace, ascii;
  if (!PyArg_ParseTuple(args, "pp", &with_namespace, &ascii)) return NULL;
  PyObject *bytes = FrameBytes((Record*)self), *result;
  if (ascii) {
    result = FromFrame(self, with_namespace ? NamespacedXml : PlainXml);
  } else {
    result = FromFrame(self, with_namespace ? NamespacedXmlInUtf8 : PlainXmlInUtf8);
  }
  // The pure form would have iterated over the record.
  if (result != NULL) ((Record*)self)->pos = View(bytes).count;
  Py_DECREF(bytes);
  if (result != NULL || PyErr_Occurred() != NULL) return result;
  Py_RETURN_NONE;
}

// A record iterates over its own fields, once at a time, as pymarc's does.
static PyObject* Iterate(PyObject* self) {
  ((Record*)self)->pos = 0;
  return Py_NewRef(self);
}

static PyObject* Next(PyObject* object) {
  Record* self = (Record*)object;
  PyObject* fields = Fields(object);
  if (fields == NULL) return NULL;
  PyObject* field = NULL;
  BEGIN_LOCKED(self);
  const Py_ssize_t size = PySequence_Size(fields);
  if (self->pos >= 0 && self->pos < size) field = PySequence_GetItem(fields, self->pos++);
  END_LOCKED();
  Py_DECREF(fields);
  return field;
}

static int CheckFrame(PyObject* value) {
  if (!PyBytes_CheckExact(value)) {
    PyErr_SetString(PyExc_TypeError, "A frame is bytes");
    return -1;
  }
  Frame frame;
  const char* wrong =
      OpenFrame((const uint8_t*)PyBytes_AS_STRING(value), (size_t)PyBytes_GET_SIZE(value), &frame);
  if (wrong != NULL) SetFrameError(wrong);
  return wrong != NULL ? -1 : 0;
}

// To be called locked.
static int SetFrame(Record* self, PyObject* value) {
  if (value != Py_None && CheckFrame(value) < 0) return -1;
  // All is changed before anything is freed, for then any code may run.
  const Record old = *self;
  self->frame = value == Py_None ? NULL : Py_NewRef(value);
  self->fields = self->leader = NULL;
  self->made = NULL;
  FreeMade(old.made, old.frame);
  Py_XDECREF(old.fields);
  Py_XDECREF(old.leader);
  Py_XDECREF(old.frame);
  return 0;
}

// Makes the record the one of a frame, or with None an empty one.
static PyObject* Take(PyObject* self, PyObject* frame) {
  int result;
  BEGIN_LOCKED(self);
  result = SetFrame((Record*)self, frame);
  END_LOCKED();
  return result < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject* GetFrame(PyObject* self, void* closure) {
  (void)closure;
  return FrameBytes((Record*)self);
}

// The pure forms of what is compiled here are asked when they are to look at the fields.
static PyObject* IsLazyMethod(PyObject* self, PyObject* unused) {
  (void)self;
  (void)unused;
  Py_RETURN_FALSE;
}

static PyObject* GetUntouched(PyObject* object, void* closure) {
  (void)closure;
  Record* self = (Record*)object;
  return PyBool_FromLong(self->frame != NULL && self->fields == NULL && self->made == NULL &&
                         self->leader == NULL);
}

static PyObject* GetNumber(PyObject* self, void* closure) {
  int64_t number;
  memcpy(&number, (char*)self + (size_t)closure, sizeof(number));
  return number < 0 ? Py_NewRef(Py_None) : PyLong_FromLongLong(number);
}

static int SetNumber(PyObject* self, PyObject* value, void* closure) {
  int64_t number = -1;
  if (value != NULL && value != Py_None) number = PyLong_AsLongLong(value);
  if (number == -1 && PyErr_Occurred() != NULL) return -1;
  memcpy((char*)self + (size_t)closure, &number, sizeof(number));
  return 0;
}

static PyObject* New(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  (void)args;
  (void)kwargs;
  Record* self = (Record*)type->tp_alloc(type, 0);
  if (self != NULL) self->ordinal = self->offset = self->length = -1;
  return (PyObject*)self;
}

static int Traverse(PyObject* object, visitproc visit, void* arg) {
  Record* self = (Record*)object;
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->fields);
  Py_VISIT(self->leader);
  Py_VISIT(self->diagnostics);
  Py_VISIT(self->to_unicode);
  Py_VISIT(self->force_utf8);
  Py_VISIT(self->file);
  if (self->made != NULL) {
    const uint32_t count = View(self->frame).count;
    for (uint32_t place = 0; place < count; ++place) Py_VISIT(self->made[place]);
  }
  return 0;
}

static int Clear(PyObject* object) {
  Record* self = (Record*)object;
  ForgetMade(self);
  Py_CLEAR(self->fields);
  Py_CLEAR(self->leader);
  Py_CLEAR(self->diagnostics);
  Py_CLEAR(self->to_unicode);
  Py_CLEAR(self->force_utf8);
  Py_CLEAR(self->file);
  return 0;
}

static void Free(PyObject* object) {
  PyTypeObject* type = Py_TYPE(object);
  Clear(object);
  Py_CLEAR(((Record*)object)->frame);
  if (type != record_type || !KeepMemory(&free_records, object)) type->tp_free(object);
  Py_DECREF(type);
}

static void Deallocate(PyObject* object) {
  // One that was never shown to the collector holds nothing that could hold much.
  if (!PyObject_GC_IsTracked(object)) return Free(object);
  PyObject_GC_UnTrack(object);
  Py_TRASHCAN_BEGIN(object, Deallocate) Free(object);
  Py_TRASHCAN_END
}

static PyMemberDef members[] = {
    {"to_unicode", T_OBJECT_EX, offsetof(Record, to_unicode), 0, NULL},
    {"force_utf8", T_OBJECT_EX, offsetof(Record, force_utf8), 0, NULL},
    {"pos", T_PYSSIZET, offsetof(Record, pos), 0, NULL},
    {"_file", T_OBJECT_EX, offsetof(Record, file), 0, NULL},
    {"_diagnostics", T_OBJECT_EX, offsetof(Record, diagnostics), 0, NULL},
    {NULL},
};

static PyGetSetDef getset[] = {
    {"fields", GetFields, SetFields, "All fields: a list to be changed at will.", NULL},
    {"leader", GetLeader, SetLeader, "The leader.", NULL},
    {"title", GetTitle, NULL, "245 $a and $b.", NULL},
    {"ordinal", GetNumber, SetNumber, "Its place in the source, from 0; None by hand.",
     (void*)offsetof(Record, ordinal)},
    {"offset", GetNumber, SetNumber, "Where in the source it begins, in bytes.",
     (void*)offsetof(Record, offset)},
    {"length", GetNumber, SetNumber, "How long it is in the source, in bytes.",
     (void*)offsetof(Record, length)},
    {"_frame", GetFrame, NULL, NULL, NULL},
    {"_untouched", GetUntouched, NULL, NULL, NULL},
    {NULL},
};

static PyMethodDef methods[] = {
    {"get", (PyCFunction)(void (*)(void))Get, METH_VARARGS | METH_KEYWORDS,
     "get($self, tag, default=None)\n--\n\nThe first field with the tag, else the default."},
    {"get_fields", GetFieldsWith, METH_VARARGS,
     "get_fields($self, *args)\n--\n\n"
     "The fields with any of the tags; without a tag, the list of all."},
    {"as_marc", AsMarc, METH_NOARGS,
     "as_marc($self)\n--\n\n"
     "The record in ISO 2709, in UTF-8; sets the leader's coding scheme to say so."},
    {"as_marc21", AsMarc, METH_NOARGS,
     "as_marc21($self)\n--\n\n"
     "The record in ISO 2709, in UTF-8; sets the leader's coding scheme to say so."},
    {"as_dict", AsDict, METH_NOARGS,
     "as_dict($self)\n--\n\nThe record as MARC-in-JSON has it, in Python's types."},
    {"as_json", (PyCFunction)(void (*)(void))AsJson, METH_VARARGS | METH_KEYWORDS,
     "as_json($self, **kwargs)\n--\n\n"
     "The record as MARC-in-JSON; arguments are those of json.dumps."},
    {"_as_xml", AsXml, METH_VARARGS, NULL},
    {"_is_lazy", IsLazyMethod, METH_NOARGS, NULL},
    {"_take", Take, METH_O, NULL},
    {NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc,
     "Record(data='', fields=None, to_unicode=True, force_utf8=False, hide_utf8_warnings=False,"
     " utf8_handling='strict', leader='                        ', file_encoding='iso8859-1')"
     "\n--\n\n"},
    {Py_tp_new, New},
    {Py_tp_dealloc, Deallocate},
    {Py_tp_traverse, Traverse},
    {Py_tp_clear, Clear},
    {Py_tp_setattro, TrackAndSet},
    {Py_tp_str, AsText},
    {Py_tp_iter, Iterate},
    {Py_tp_iternext, Next},
    {Py_tp_members, members},
    {Py_tp_getset, getset},
    {Py_tp_methods, methods},
    {Py_mp_subscript, Subscript},
    {Py_sq_contains, Contains},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "marcd.record.Record",
    .basicsize = sizeof(Record),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

PyTypeObject* MakeRecordType(PyObject* module) {
  (void)module;
  record_type = (PyTypeObject*)PyType_FromSpec(&spec);
  return record_type;
}
