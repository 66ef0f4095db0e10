// A record written: in ISO 2709, MARC-in-JSON, MARCXML, and MARCMaker's text.

#include "record.h"

// Whether it can be made a leader of UTF-8 twice, here and by the pure form, as if once.
static int IsUsualLeader(PyObject* leader) {
  if (PyUnicode_CheckExact(leader)) return PyUnicode_GET_LENGTH(leader) == kLeaderSize;
  return (PyObject*)Py_TYPE(leader) == leader_type;
}

// The 24 bytes of the leader that as_marc writes, leader/09 made `a`; NULL without an
// exception where the pure form must tell. `text` owns them.
static const char* LeaderToWrite(PyObject* self, PyObject** text) {
  PyObject* leader = RecordLeader(self, NULL);
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
static PyObject* WriteAsItIs(Record* self, const char* leader,
                             PyObject* (*write)(const Frame*, const char*, PyObject**, PyObject*)) {
  PyObject* marc = NULL;
  // A record is not held locked all the time while its fields are: these then want a list.
  if (kThreadsAtOnce && self->made != NULL) {
    PyObject* fields = RecordFields((PyObject*)self);
    if (fields == NULL) return NULL;
    Py_DECREF(fields);
  }
  BEGIN_LOCKED(self);
  if (self->fields != NULL) {
    PyObject* fields = Py_NewRef(self->fields);
    marc = write(NULL, leader, NULL, fields);
    Py_DECREF(fields);
  } else if (IsLazy(self) && !(kThreadsAtOnce && self->made != NULL)) {
    const Frame frame = View(self->frame);
    marc = write(&frame, leader, self->made, NULL);
  }
  END_LOCKED();
  return marc;
}

PyObject* RecordAsMarc(PyObject* object, PyObject* unused) {
  (void)unused;
  Record* self = (Record*)object;
  PyObject* marc = NULL;
  if (self->to_unicode == Py_True && (IsLazy(self) || self->fields != NULL)) {
    PyObject *bytes = RecordFrame(self), *text = NULL;
    const char* leader = NULL;
    if (self->leader == NULL && bytes != Py_None) leader = (const char*)View(bytes).leader;
    if (leader == NULL || leader[9] != 'a') leader = LeaderToWrite(object, &text);
    if (leader != NULL) marc = WriteAsItIs(self, leader, WriteMarc);
    Py_XDECREF(text);
    Py_DECREF(bytes);
  }
  if (marc != NULL || PyErr_Occurred() != NULL) return marc;
  return PyObject_CallMethodNoArgs(object, name_pure_as_marc);
}

// For _encoding.frame_of, of a record that is not untouched: the frame, or None where that must
// make it of the fields.
PyObject* RecordAsFrame(PyObject* object, PyObject* unused) {
  (void)unused;
  Record* self = (Record*)object;
  PyObject *leader = RecordLeader(object, NULL), *result = NULL;
  PyObject* text = leader != NULL ? PyObject_Str(leader) : NULL;
  if (text != NULL && PyUnicode_CheckExact(text) && PyUnicode_IS_COMPACT_ASCII(text) &&
      PyUnicode_GET_LENGTH(text) == kLeaderSize) {
    result = WriteAsItIs(self, (const char*)PyUnicode_1BYTE_DATA(text), WriteFrame);
  }
  Py_XDECREF(text);
  Py_XDECREF(leader);
  if (result != NULL || PyErr_Occurred() != NULL) return result;
  Py_RETURN_NONE;
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

PyObject* RecordAsDict(PyObject* self, PyObject* unused) {
  (void)unused;
  PyObject* result = FromFrame(self, WriteDict);
  if (result != NULL || PyErr_Occurred() != NULL) return result;
  return PyObject_CallMethodNoArgs(self, name_pure_as_dict);
}

PyObject* RecordAsJson(PyObject* self, PyObject* args, PyObject* kwargs) {
  const int usual = PyTuple_GET_SIZE(args) == 0 && (kwargs == NULL || PyDict_GET_SIZE(kwargs) == 0);
  PyObject* result = usual ? FromFrame(self, WriteJson) : NULL;
  if (result != NULL || PyErr_Occurred() != NULL) return result;
  PyObject* method = PyObject_GetAttr(self, name_pure_as_json);
  if (method == NULL) return NULL;
  result = PyObject_Call(method, args, kwargs);
  Py_DECREF(method);
  return result;
}

PyObject* RecordAsText(PyObject* self) {
  PyObject* result = FromFrame(self, WriteText);
  if (result != NULL || PyErr_Occurred() != NULL) return result;
  return PyObject_CallMethodNoArgs(self, name_pure_str);
}

static PyObject* PlainXml(const Frame* frame) { return WriteXml(frame, 0, 1); }
static PyObject* PlainXmlInUtf8(const Frame* frame) { return WriteXml(frame, 0, 0); }
static PyObject* NamespacedXml(const Frame* frame) { return WriteXml(frame, 1, 1); }
static PyObject* NamespacedXmlInUtf8(const Frame* frame) { return WriteXml(frame, 1, 0); }

// For marcxml.record_to_xml: the XML, or None where that must make it of the fields.
PyObject* RecordAsXml(PyObject* self, PyObject* args) {
  int with_namespace, ascii;
  if (!PyArg_ParseTuple(args, "pp", &with_namespace, &ascii)) return NULL;
  PyObject *bytes = RecordFrame((Record*)self), *result;
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
