// Record: what is asked of every record. See marcd/record.py for the contract.

#include "record.h"

#include "free_list.h"

PyTypeObject* record_type;

static FreeList free_records;

PyObject* NewRecord(PyTypeObject* kind, PyObject* frame, PyObject* to_unicode,
                    PyObject* force_utf8) {
  Record* record;
  if (kind == record_type) {
    record = (Record*)TakeMemory(&free_records);
    if (record == NULL) record = PyObject_GC_New(Record, kind);
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

// Shows a record to the garbage collector, once. To be called locked.
static void Track(PyObject* object) {
  if (!PyObject_GC_IsTracked(object)) PyObject_GC_Track(object);
}

// Sets an attribute: whatever is set may lead back to the record.
static int SetAttribute(PyObject* object, PyObject* name, PyObject* value) {
  BEGIN_LOCKED(object);
  Track(object);
  END_LOCKED();
  return PyObject_GenericSetAttr(object, name, value);
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
PyObject* RecordFieldAt(Record* self, PyObject* bytes, uint32_t place) {
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
PyObject* RecordFields(PyObject* object) {
  Record* self = (Record*)object;
  PyObject* fields = NULL;
  BEGIN_LOCKED(self);
  if (MakeAllFields(self) == 0) fields = Py_NewRef(self->fields);
  END_LOCKED();
  return fields;
}

static PyObject* GetFields(PyObject* self, void* closure) {
  (void)closure;
  return RecordFields(self);
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

PyObject* RecordLeader(PyObject* object, void* closure) {
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

PyObject* RecordFrame(Record* self) {
  PyObject* bytes;
  BEGIN_LOCKED(self);
  bytes = Py_NewRef(self->frame != NULL ? self->frame : Py_None);
  END_LOCKED();
  return bytes;
}

// A record iterates over its own fields, once at a time, as pymarc's does.
static PyObject* Iterate(PyObject* self) {
  ((Record*)self)->pos = 0;
  return Py_NewRef(self);
}

static PyObject* Next(PyObject* object) {
  Record* self = (Record*)object;
  PyObject* fields = RecordFields(object);
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
  return RecordFrame((Record*)self);
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
  if (type == record_type && KeepMemory(&free_records, object)) return;
  type->tp_free(object);
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
    {"leader", RecordLeader, SetLeader, "The leader.", NULL},
    {"title", RecordTitle, NULL, "245 $a and $b.", NULL},
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
    {"get", (PyCFunction)(void (*)(void))RecordGet, METH_VARARGS | METH_KEYWORDS,
     "get($self, tag, default=None)\n--\n\nThe first field with the tag, else the default."},
    {"get_fields", RecordGetFields, METH_VARARGS,
     "get_fields($self, *args)\n--\n\n"
     "The fields with any of the tags; without a tag, the list of all."},
    {"as_marc", RecordAsMarc, METH_NOARGS,
     "as_marc($self)\n--\n\n"
     "The record in ISO 2709, in UTF-8; sets the leader's coding scheme to say so."},
    {"as_marc21", RecordAsMarc, METH_NOARGS,
     "as_marc21($self)\n--\n\n"
     "The record in ISO 2709, in UTF-8; sets the leader's coding scheme to say so."},
    {"as_dict", RecordAsDict, METH_NOARGS,
     "as_dict($self)\n--\n\nThe record as MARC-in-JSON has it, in Python's types."},
    {"as_json", (PyCFunction)(void (*)(void))RecordAsJson, METH_VARARGS | METH_KEYWORDS,
     "as_json($self, **kwargs)\n--\n\n"
     "The record as MARC-in-JSON; arguments are those of json.dumps."},
    {"_as_xml", RecordAsXml, METH_VARARGS, NULL},
    {"_as_frame", RecordAsFrame, METH_NOARGS, NULL},
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
    {Py_tp_setattro, SetAttribute},
    {Py_tp_str, RecordAsText},
    {Py_tp_iter, Iterate},
    {Py_tp_iternext, Next},
    {Py_tp_members, members},
    {Py_tp_getset, getset},
    {Py_tp_methods, methods},
    {Py_mp_subscript, RecordSubscript},
    {Py_sq_contains, RecordContains},
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
