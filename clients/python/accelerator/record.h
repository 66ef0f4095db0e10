// What the parts of Record share: making (record.c), looking up (record_lookup.c) and writing
// (record_forms.c). The contract of each method is that of marcd/record.py.

#ifndef MARCD_CLIENTS_PYTHON_ACCELERATOR_RECORD_H_
#define MARCD_CLIENTS_PYTHON_ACCELERATOR_RECORD_H_

#include "accelerator.h"

static inline Frame View(PyObject* frame) {
  return ViewFrame((const uint8_t*)PyBytes_AS_STRING(frame));
}

// Whether the fields are still those of the frame, and can be made one by one.
static inline int IsLazy(const Record* self) {
  return self->fields == NULL && self->frame != NULL &&
         !(View(self->frame).flags & (kRaw | kUndecoded));
}

// The list of fields; a new reference.
PyObject* RecordFields(PyObject* object);
// The leader; a new reference.
PyObject* RecordLeader(PyObject* object, void* closure);
// The frame, or None for a record that has none; a new reference.
PyObject* RecordFrame(Record* self);
// The field at a place of a lazy record whose frame is `bytes`; a new reference. To be called
// locked.
PyObject* RecordFieldAt(Record* self, PyObject* bytes, uint32_t place);

// Methods.
PyObject* RecordGet(PyObject* self, PyObject* args, PyObject* kwargs);
PyObject* RecordSubscript(PyObject* self, PyObject* tag);
int RecordContains(PyObject* object, PyObject* tag);
PyObject* RecordGetFields(PyObject* self, PyObject* tags);
PyObject* RecordTitle(PyObject* object, void* closure);
PyObject* RecordAsFrame(PyObject* object, PyObject* unused);
PyObject* RecordAsMarc(PyObject* object, PyObject* unused);
PyObject* RecordAsDict(PyObject* self, PyObject* unused);
PyObject* RecordAsJson(PyObject* self, PyObject* args, PyObject* kwargs);
PyObject* RecordAsText(PyObject* self);
PyObject* RecordAsXml(PyObject* self, PyObject* args);

#endif  // MARCD_CLIENTS_PYTHON_ACCELERATOR_RECORD_H_
