// What the types have in common as Python objects.

#ifndef MARCD_CLIENTS_PYTHON_ACCELERATOR_OBJECT_H_
#define MARCD_CLIENTS_PYTHON_ACCELERATOR_OBJECT_H_

#define PY_SSIZE_T_CLEAN
#include <Python.h>

// Where several threads may run Python at once, an object is locked while it is read or
// changed. In a locked stretch other code may still come between: wherever Python code may
// run, which is also wherever an object is made that the garbage collector sees (it may run
// then, and with it any finalizer). Before such a place take a reference to all that is used
// after it, and look again at what may have changed.
#ifdef Py_GIL_DISABLED
enum { kThreadsAtOnce = 1 };
#define BEGIN_LOCKED(object) Py_BEGIN_CRITICAL_SECTION(object)
#define END_LOCKED() Py_END_CRITICAL_SECTION()
#else
enum { kThreadsAtOnce = 0 };
#define BEGIN_LOCKED(object) {
#define END_LOCKED() }
#endif

static inline int RefuseToDelete(PyObject* value) {
  if (value != NULL) return 0;
  PyErr_SetString(PyExc_AttributeError, "This attribute cannot be deleted");
  return -1;
}

// An item of a list, a new reference; NULL without an exception behind the list's end.
static inline PyObject* ListItem(PyObject* list, Py_ssize_t place) {
#ifdef Py_GIL_DISABLED
  PyObject* item = PyList_GetItemRef(list, place);
  if (item == NULL) PyErr_Clear();
  return item;
#else
  return place < PyList_GET_SIZE(list) ? Py_NewRef(PyList_GET_ITEM(list, place)) : NULL;
#endif
}

#endif  // MARCD_CLIENTS_PYTHON_ACCELERATOR_OBJECT_H_
