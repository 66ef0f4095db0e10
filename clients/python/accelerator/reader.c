// What a reader does for nearly every record; all else is in marcd/_reader.py.

#include <unistd.h>

#include "accelerator.h"

typedef struct {
  PyObject_HEAD;
  PyObject* ready;    // what of the last batch the program has not got yet
  PyObject* current;  // the last item taken
  PyObject* handle;   // the program's object whose position follows, or None
  unsigned long owner;
  long long place;  // where the handle is to be found if nobody has moved it
  int handle_fd;    // of a handle that keeps no bytes of the file to itself; else 0
} Reader;

// Puts the handle behind the record that `ready` gives next: 1; 0 where the long way must look
// for itself; or -1. While nothing is kept in the handle's buffer, whatever the program does
// with it shows in the descriptor's offset, and to ask for that is cheap.
static int MoveHandle(Reader* self, const Frames* ready) {
  if (self->handle == Py_None) return 1;
  if (self->handle_fd <= 0 || lseek(self->handle_fd, 0, SEEK_CUR) != self->place) return 0;
  const int64_t end = FramesNextEnd(ready);
  PyObject* handle = Py_XNewRef(self->handle);
  PyObject* place = handle != NULL ? PyLong_FromLongLong(end) : NULL;
  PyObject* result = place != NULL ? PyObject_CallMethodOneArg(handle, name_seek, place) : NULL;
  Py_XDECREF(place);
  Py_XDECREF(handle);
  if (result != NULL) {
    Py_DECREF(result);
    self->place = end;
    return 1;
  }
  if (PyErr_Occurred() != NULL && !PyErr_ExceptionMatches(PyExc_Exception)) return -1;
  PyErr_Clear();  // the long way meets it again, and says what it means
  return 0;
}

// The next item of `ready`; what is long is for Python.
static PyObject* TakeNext(Reader* self, Frames* ready) {
  const int moved = FramesLeft(ready) > 0 ? MoveHandle(self, ready) : 0;
  if (moved < 0) return NULL;
  if (!moved) return PyObject_CallMethodNoArgs((PyObject*)self, name_advance);
  PyObject* item = FramesPop(ready);
  if (item == NULL) return NULL;
  Py_XSETREF(self->current, Py_NewRef(item));
  if ((PyObject*)Py_TYPE(item) != undecoded_type) return item;
  PyObject* record = PyObject_CallMethodOneArg((PyObject*)self, name_decode, item);
  Py_DECREF(item);
  return record;
}

static PyObject* Next(PyObject* object) {
  Reader* self = (Reader*)object;
  PyObject* ready = self->ready;
  if (self->owner != PyThread_get_thread_ident() || ready == NULL ||
      Py_TYPE(ready) != frames_type) {
    return PyObject_CallMethodNoArgs(object, name_advance);
  }
  Py_INCREF(ready);  // what is called may have the reader go on to another
  PyObject* record = TakeNext(self, (Frames*)ready);
  Py_DECREF(ready);
  return record;
}

// The thread that may iterate, by its ident, or None.
static PyObject* GetOwner(PyObject* self, void* closure) {
  (void)closure;
  const unsigned long owner = ((Reader*)self)->owner;
  return owner == 0 ? Py_NewRef(Py_None) : PyLong_FromUnsignedLong(owner);
}

static int SetOwner(PyObject* self, PyObject* value, void* closure) {
  (void)closure;
  unsigned long owner = 0;
  if (value != NULL && value != Py_None) owner = PyLong_AsUnsignedLong(value);
  if (owner == (unsigned long)-1 && PyErr_Occurred() != NULL) return -1;
  ((Reader*)self)->owner = owner;
  return 0;
}

static int Traverse(PyObject* object, visitproc visit, void* arg) {
  Reader* self = (Reader*)object;
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->ready);
  Py_VISIT(self->current);
  Py_VISIT(self->handle);
  return 0;
}

static int Clear(PyObject* object) {
  Reader* self = (Reader*)object;
  Py_CLEAR(self->ready);
  Py_CLEAR(self->current);
  Py_CLEAR(self->handle);
  return 0;
}

static void Deallocate(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  Clear(self);
  type->tp_free(self);
  Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"_ready", T_OBJECT_EX, offsetof(Reader, ready), 0, NULL},
    {"_current", T_OBJECT_EX, offsetof(Reader, current), 0, NULL},
    {"_handle", T_OBJECT_EX, offsetof(Reader, handle), 0, NULL},
    {"_handle_fd", T_INT, offsetof(Reader, handle_fd), 0, NULL},
    {"_place", T_LONGLONG, offsetof(Reader, place), 0, NULL},
    {NULL},
};

static PyGetSetDef getset[] = {
    {"_owner", GetOwner, SetOwner, NULL, NULL},
    {NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_dealloc, Deallocate},     {Py_tp_traverse, Traverse},
    {Py_tp_clear, Clear},           {Py_tp_iter, PyObject_SelfIter}, {Py_tp_iternext, Next},
    {Py_tp_members, members},       {Py_tp_getset, getset},          {0, NULL},
};

static PyType_Spec spec = {
    .name = "marcd._accelerator.Iteration",
    .basicsize = sizeof(Reader),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

PyTypeObject* MakeReaderType(PyObject* module) {
  (void)module;
  return (PyTypeObject*)PyType_FromSpec(&spec);
}
