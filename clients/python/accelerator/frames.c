// Frames: the records of one message of the daemon, made as they are asked for. The message
// is read here and not by a library, so that its bytes are copied once, into the records.

#include "accelerator.h"
#include "protobuf.h"

PyTypeObject* frames_type;

// The fields of marcd.v1.RecordBatch (proto/marcd/v1/batch.proto).
enum {
  kFrameVersion = 1,
  kFrameLengths = 2,
  kOrdinals = 3,
  kOffsets = 4,
  kLengths = 5,
  kData = 15,
  kColumns = 4,
  // The batch in ReadRecordsResponse and ParseRecordsResponse.
  kBatch = 15,
};

struct Frames {
  PyObject_HEAD;
  Py_buffer message;  // held until the frames die
  const uint8_t* data;
  size_t data_size;
  uint64_t* columns[kColumns];  // of kFrameLengths to kLengths
  Py_ssize_t counts[kColumns];
  uint64_t version;
  Py_ssize_t next;     // the record to be given next
  size_t next_at;      // and where its frame begins
  PyTypeObject* kind;  // what the records are; NULL before `begin`
  PyObject* to_unicode;
  PyObject* force_utf8;
  PyObject* findings;
  PyObject* file;
  uint32_t undecoded_flags;
};

Py_ssize_t FramesLeft(const Frames* self) {
  return self->kind != NULL ? self->counts[0] - self->next : 0;
}

int64_t FramesNextEnd(const Frames* self) {
  return (int64_t)(self->columns[2][self->next] + self->columns[3][self->next]);
}

static int AddColumn(Frames* self, int column, Span packed) {
  if (self->columns[column] != NULL) {
    PyErr_SetString(PyExc_ValueError, "The daemon sent a batch with a column in two parts");
    return -1;
  }
  uint64_t* numbers = PyMem_New(uint64_t, packed.size + 1);
  if (numbers == NULL) {
    PyErr_NoMemory();
    return -1;
  }
  self->columns[column] = numbers;
  while (packed.size > 0) {
    if (!TakeVarint(&packed, &numbers[self->counts[column]++])) return -1;
  }
  return 0;
}

static int CheckColumns(const Frames* self) {
  uint64_t sum = 0;
  for (Py_ssize_t i = 0; i < self->counts[0]; ++i) {
    const uint64_t size = self->columns[0][i];
    if (size > self->data_size - sum) return 0;
    sum += size;
  }
  for (int column = 1; column < kColumns; ++column) {
    if (self->counts[column] != self->counts[0]) return 0;
  }
  return sum == self->data_size;
}

// Reads a RecordBatch; 1 if it has findings, 0 if not, -1 with an exception.
static int ReadBatch(Frames* self, Span batch) {
  int findings = 0;
  ProtoField field;
  int got;
  while ((got = TakeField(&batch, &field)) > 0) {
    if (field.number == kFrameVersion && field.is_number) {
      self->version = field.value;
    } else if (field.number == kData && !field.is_number) {
      self->data = field.bytes.data;
      self->data_size = field.bytes.size;
    } else if (field.number >= kFrameLengths && field.number <= kLengths && !field.is_number) {
      if (AddColumn(self, field.number - kFrameLengths, field.bytes) < 0) return -1;
    } else {
      findings = 1;
    }
  }
  if (got < 0 || !CheckColumns(self)) {
    if (PyErr_Occurred() == NULL) {
      PyErr_SetString(PyExc_ValueError, "The daemon sent a batch that does not add up");
    }
    return -1;
  }
  return findings;
}

static int PutNumber(PyObject* numbers, const ProtoField* field) {
  PyObject* key = PyLong_FromLong(field->number);
  PyObject* value = field->is_number ? PyLong_FromUnsignedLongLong(field->value)
                                     : PyBytes_FromStringAndSize((const char*)field->bytes.data,
                                                                 (Py_ssize_t)field->bytes.size);
  const int result = key != NULL && value != NULL ? PyDict_SetItem(numbers, key, value) : -1;
  Py_XDECREF(key);
  Py_XDECREF(value);
  return result;
}

PyObject* ReadMessage(PyObject* module, PyObject* message) {
  (void)module;
  PyObject* numbers = PyDict_New();
  Frames* frames = (Frames*)frames_type->tp_alloc(frames_type, 0);
  int findings = 0, got = -1;
  if (numbers != NULL && frames != NULL &&
      PyObject_GetBuffer(message, &frames->message, PyBUF_SIMPLE) == 0) {
    Span rest = {frames->message.buf, (size_t)frames->message.len};
    ProtoField field;
    while ((got = TakeField(&rest, &field)) > 0) {
      if (field.number == kBatch && !field.is_number) {
        findings = ReadBatch(frames, field.bytes);
        if (findings < 0) break;
      } else if (PutNumber(numbers, &field) < 0) {
        break;
      }
    }
  }
  PyObject* result = NULL;
  if (got == 0) {
    result = Py_BuildValue("OOO", numbers, frames, findings ? Py_True : Py_False);
  } else if (PyErr_Occurred() == NULL) {
    PyErr_SetString(PyExc_ValueError, "The daemon sent bytes that are no message");
  }
  Py_XDECREF(numbers);
  Py_XDECREF(frames);
  return result;
}

// What is said of the record at a place; NULL without an exception when nothing is.
static PyObject* FindingsAt(const Frames* self, Py_ssize_t place) {
  if (self->findings == NULL || self->findings == Py_None) return NULL;
  PyObject* key = PyLong_FromSsize_t(place);
  if (key == NULL) return NULL;
  PyObject* found = PyDict_GetItemWithError(self->findings, key);
  Py_DECREF(key);
  return Py_XNewRef(found);
}

static PyObject* NewUndecoded(const Frames* self, Py_ssize_t place, PyObject* frame,
                              PyObject* findings) {
  PyObject* undecoded = PyObject_CallFunction(
      undecoded_type, "NKKKO", frame, (unsigned long long)self->columns[1][place],
      (unsigned long long)self->columns[2][place], (unsigned long long)self->columns[3][place],
      findings != NULL ? findings : Py_None);
  Py_XDECREF(findings);
  return undecoded;
}

static PyObject* Take(Frames* self) {
  const Py_ssize_t place = self->next;
  const size_t size = self->columns[0][place];
  PyObject* frame =
      PyBytes_FromStringAndSize((const char*)self->data + self->next_at, (Py_ssize_t)size);
  if (frame == NULL) return NULL;
  Frame view;
  const char* wrong = OpenFrame((const uint8_t*)PyBytes_AS_STRING(frame), size, &view);
  if (wrong != NULL) SetFrameError(wrong);
  PyObject* findings = wrong == NULL ? FindingsAt(self, place) : NULL;
  if (findings == NULL && PyErr_Occurred() != NULL) {
    Py_DECREF(frame);
    return NULL;
  }
  self->next = place + 1;
  self->next_at += size;
  if (view.flags & self->undecoded_flags) return NewUndecoded(self, place, frame, findings);
  Record* record = (Record*)NewRecord(self->kind, frame, self->to_unicode, self->force_utf8);
  if (record == NULL) {
    Py_XDECREF(findings);
    return NULL;
  }
  record->ordinal = (int64_t)self->columns[1][place];
  record->offset = (int64_t)self->columns[2][place];
  record->length = (int64_t)self->columns[3][place];
  record->file = Py_NewRef(self->file);
  record->diagnostics = findings;
  return (PyObject*)record;
}

PyObject* FramesPop(Frames* self) {
  PyObject* item;
  BEGIN_LOCKED(self);
  if (FramesLeft(self) > 0) {
    item = Take(self);
  } else {
    PyErr_SetString(PyExc_IndexError, "No records are left");
    item = NULL;
  }
  END_LOCKED();
  return item;
}

static PyObject* Pop(PyObject* self, PyObject* unused) {
  (void)unused;
  return FramesPop((Frames*)self);
}

static PyObject* Skip(PyObject* object, PyObject* argument) {
  Frames* self = (Frames*)object;
  const Py_ssize_t count = PyLong_AsSsize_t(argument);
  if (count == -1 && PyErr_Occurred() != NULL) return NULL;
  int fits;
  BEGIN_LOCKED(self);
  fits = count >= 0 && count <= FramesLeft(self);
  for (Py_ssize_t i = 0; fits && i < count; ++i) {
    self->next_at += self->columns[0][self->next++];
  }
  END_LOCKED();
  if (fits) Py_RETURN_NONE;
  PyErr_SetString(PyExc_IndexError, "There are not so many records left");
  return NULL;
}

static Py_ssize_t Length(PyObject* self) { return FramesLeft((Frames*)self); }

static PyObject* Begin(PyObject* object, PyObject* args, PyObject* kwargs) {
  static char* names[] = {"kind",     "to_unicode", "force_utf8", "undecoded_flags",
                          "findings", "file",       NULL};
  Frames* self = (Frames*)object;
  PyObject *kind, *to_unicode, *force_utf8, *findings, *file;
  unsigned int flags;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!OOIOO:begin", names, &PyType_Type, &kind,
                                   &to_unicode, &force_utf8, &flags, &findings, &file)) {
    return NULL;
  }
  if (!PyType_IsSubtype((PyTypeObject*)kind, record_type)) {
    PyErr_SetString(PyExc_TypeError, "Records are of class Record or of one derived from it");
    return NULL;
  }
  if (findings != Py_None && !PyDict_CheckExact(findings)) {
    PyErr_SetString(PyExc_TypeError, "Findings are a dict or None");
    return NULL;
  }
  BEGIN_LOCKED(self);
  Py_XSETREF(self->to_unicode, Py_NewRef(to_unicode));
  Py_XSETREF(self->force_utf8, Py_NewRef(force_utf8));
  Py_XSETREF(self->findings, Py_NewRef(findings));
  Py_XSETREF(self->file, Py_NewRef(file));
  Py_XSETREF(self->kind, (PyTypeObject*)Py_NewRef(kind));
  self->undecoded_flags = flags;
  self->next = 0;
  self->next_at = 0;
  END_LOCKED();
  Py_RETURN_NONE;
}

static PyObject* MakeList(const Frames* self, int column) {
  PyObject* list = PyList_New(self->counts[column]);
  for (Py_ssize_t i = 0; list != NULL && i < self->counts[column]; ++i) {
    PyObject* number = PyLong_FromUnsignedLongLong(self->columns[column][i]);
    if (number == NULL) {
      Py_CLEAR(list);
    } else {
      PyList_SET_ITEM(list, i, number);
    }
  }
  return list;
}

static PyObject* GetColumn(PyObject* self, void* closure) {
  return MakeList((Frames*)self, (int)(Py_ssize_t)closure);
}

static PyObject* GetCount(PyObject* self, void* closure) {
  (void)closure;
  return PyLong_FromSsize_t(((Frames*)self)->counts[0]);
}

static PyObject* GetVersion(PyObject* self, void* closure) {
  (void)closure;
  return PyLong_FromUnsignedLongLong(((Frames*)self)->version);
}

static PyObject* GetData(PyObject* object, void* closure) {
  (void)closure;
  const Frames* self = (Frames*)object;
  return PyBytes_FromStringAndSize((const char*)self->data, (Py_ssize_t)self->data_size);
}

// What a field gives: its text, or with a code the text of its first such subfield; NULL
// without an exception when it has none.
static PyObject* ValueOf(const Entry* entry, int code) {
  SubfieldView subfield;
  if (code < 0) {
    return entry->control ? MakeText(entry->payload, entry->size)
                          : MakeValue(entry->payload, entry->size);
  }
  if (entry->control) return NULL;
  const int got = FindSubfield(entry->payload, entry->size, (uint8_t)code, &subfield);
  if (got < 0) return SetFrameError("has a subfield without a code");
  return got > 0 ? MakeText(subfield.value, subfield.size) : NULL;
}

// Puts what the entry gives behind the list: each subfield with the code, or its text.
static int AppendValues(PyObject* list, const Entry* entry, int code) {
  if (code < 0 || entry->control) {
    PyObject* value = ValueOf(entry, code);
    if (value == NULL) return PyErr_Occurred() != NULL ? -1 : 0;
    const int result = PyList_Append(list, value);
    Py_DECREF(value);
    return result;
  }
  SubfieldView subfield;
  size_t at = 2;
  int got;
  while ((got = NextSubfield(entry->payload, entry->size, &at, &subfield)) > 0) {
    if (subfield.code != code) continue;
    PyObject* value = MakeText(subfield.value, subfield.size);
    const int result = value != NULL ? PyList_Append(list, value) : -1;
    Py_XDECREF(value);
    if (result < 0) return -1;
  }
  if (got < 0) SetFrameError("has a subfield without a code");
  return got;
}

// The first value in a frame, or None.
static PyObject* FirstValue(const Frame* frame, uint32_t key, int code) {
  uint32_t place = FindTag(frame, key, 0);
  for (; place < frame->count; place = FindTag(frame, key, place + 1)) {
    const Entry entry = FrameEntry(frame, place);
    PyObject* value = ValueOf(&entry, code);
    if (value != NULL || PyErr_Occurred() != NULL) return value;
  }
  Py_RETURN_NONE;
}

// All values in a frame, in a list.
static PyObject* AllValues(const Frame* frame, uint32_t key, int code) {
  PyObject* list = PyList_New(0);
  uint32_t place = FindTag(frame, key, 0);
  for (; list != NULL && place < frame->count; place = FindTag(frame, key, place + 1)) {
    const Entry entry = FrameEntry(frame, place);
    if (AppendValues(list, &entry, code) < 0) Py_CLEAR(list);
  }
  return list;
}

// An element for each record, made by `make`; None for one that is not decoded.
static PyObject* Column(Frames* self, PyObject* args,
                        PyObject* (*make)(const Frame*, uint32_t, int)) {
  PyObject *tag, *code = Py_None;
  if (!PyArg_ParseTuple(args, "UO", &tag, &code)) return NULL;
  const uint32_t key = KeyOfTag(tag);
  const int byte = code == Py_None ? -1 : CodeOf(code);
  if (key == 0 || (code != Py_None && byte < 0)) {
    PyErr_SetString(PyExc_ValueError,
                    "A tag has three ASCII characters, and a subfield code has one");
    return NULL;
  }
  PyObject* list = PyList_New(self->counts[0]);
  size_t at = 0;
  for (Py_ssize_t place = 0; list != NULL && place < self->counts[0]; ++place) {
    const size_t size = self->columns[0][place];
    Frame frame;
    const char* wrong = OpenFrame(self->data + at, size, &frame);
    PyObject* item;
    if (wrong != NULL) {
      item = SetFrameError(wrong);
    } else if (frame.flags & (kUndecoded | kRaw)) {
      item = Py_NewRef(Py_None);
    } else {
      item = make(&frame, key, byte);
    }
    at += size;
    if (item == NULL) {
      Py_CLEAR(list);
    } else {
      PyList_SET_ITEM(list, place, item);
    }
  }
  return list;
}

static PyObject* Values(PyObject* self, PyObject* args) {
  return Column((Frames*)self, args, FirstValue);
}

static PyObject* Lists(PyObject* self, PyObject* args) {
  return Column((Frames*)self, args, AllValues);
}

static void Deallocate(PyObject* object) {
  Frames* self = (Frames*)object;
  PyTypeObject* type = Py_TYPE(object);
  for (int column = 0; column < kColumns; ++column) PyMem_Free(self->columns[column]);
  PyBuffer_Release(&self->message);
  Py_XDECREF(self->kind);
  Py_XDECREF(self->to_unicode);
  Py_XDECREF(self->force_utf8);
  Py_XDECREF(self->findings);
  Py_XDECREF(self->file);
  type->tp_free(object);
  Py_DECREF(type);
}

static PyGetSetDef getset[] = {
    {"count", GetCount, NULL, "How many records there are.", NULL},
    {"version", GetVersion, NULL, "The version of the frames.", NULL},
    {"data", GetData, NULL, "The frames end to end.", NULL},
    {"frame_lengths", GetColumn, NULL, "How long each frame is.", (void*)0},
    {"ordinals", GetColumn, NULL, "Each record's ordinal.", (void*)1},
    {"offsets", GetColumn, NULL, "Each record's offset in the source.", (void*)2},
    {"lengths", GetColumn, NULL, "Each record's length in the source.", (void*)3},
    {NULL},
};

static PyMethodDef methods[] = {
    {"begin", (PyCFunction)(void (*)(void))Begin, METH_VARARGS | METH_KEYWORDS,
     "begin($self, kind, to_unicode, force_utf8, undecoded_flags, findings, file)\n--\n\n"
     "Say what the records are to be; `findings` has those of a record by its place."},
    {"pop", Pop, METH_NOARGS, "pop($self)\n--\n\nThe next record."},
    {"skip", Skip, METH_O, "skip($self, count)\n--\n\nPass over as many records."},
    {"values", Values, METH_VARARGS,
     "values($self, tag, code)\n--\n\nEach record's first value, or None."},
    {"lists", Lists, METH_VARARGS, "lists($self, tag, code)\n--\n\nEach record's values."},
    {NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "The frames of a batch, given as records one by one."},
    {Py_tp_dealloc, Deallocate},
    {Py_tp_getset, getset},
    {Py_tp_methods, methods},
    {Py_sq_length, Length},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "marcd._accelerator.Frames",
    .basicsize = sizeof(Frames),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};

PyTypeObject* MakeFramesType(PyObject* module) {
  (void)module;
  frames_type = (PyTypeObject*)PyType_FromSpec(&spec);
  return frames_type;
}
