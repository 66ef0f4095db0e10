// Objects that were freed, kept to be made again. To get and give back the memory of a field
// costs as much as most of what is done with it.

#ifndef MARCD_CLIENTS_PYTHON_ACCELERATOR_FREE_LIST_H_
#define MARCD_CLIENTS_PYTHON_ACCELERATOR_FREE_LIST_H_

#define PY_SSIZE_T_CLEAN
#include <Python.h>

enum { kMostKept = 256 };

// Of one type, and not of those derived from it. A few records' worth.
typedef struct {
  PyObject* kept[kMostKept];
  int count;
} FreeList;

// Where threads run at once a list would want a lock, and ASan wants to see each end.
#if defined(Py_GIL_DISABLED) || defined(__SANITIZE_ADDRESS__)
static inline int KeepMemory(FreeList* list, PyObject* object) {
  (void)list;
  (void)object;
  return 0;
}

static inline PyObject* TakeMemory(FreeList* list) {
  (void)list;
  return NULL;
}
#else
// The memory of an object whose references were all given back, but that to its type; whether it
// was kept.
static inline int KeepMemory(FreeList* list, PyObject* object) {
  if (list->count == kMostKept) return 0;
  list->kept[list->count++] = object;
  return 1;
}

// An object of the type whose parts are to be set; NULL when none is kept.
static inline PyObject* TakeMemory(FreeList* list) {
  if (list->count == 0) return NULL;
  PyObject* object = list->kept[--list->count];
  Py_SET_REFCNT(object, 1);
  return object;
}
#endif

#endif  // MARCD_CLIENTS_PYTHON_ACCELERATOR_FREE_LIST_H_
