// Subfield: a tuple of two with names for both, as the NamedTuple that defines it.

#include "accelerator.h"
#include "free_list.h"

PyTypeObject* subfield_type;

static FreeList free_subfields;

// Holds texts mostly, so that it is not shown to the garbage collector; one that Python
// code makes is, as any tuple.
PyObject* NewSubfield(PyObject* code, PyObject* value) {
  PyTupleObject* tuple = NULL;
  if (code != NULL && value != NULL) {
    tuple = (PyTupleObject*)TakeMemory(&free_subfields);
    if (tuple == NULL) tuple = PyObject_GC_NewVar(PyTupleObject, subfield_type, 2);
  }
  if (tuple == NULL) {
    Py_XDECREF(code);
    Py_XDECREF(value);
    return NULL;
  }
#if PY_VERSION_HEX >= 0x030E0000
  tuple->ob_hash = -1;
#endif
  PyTuple_SET_ITEM(tuple, 0, code);
  PyTuple_SET_ITEM(tuple, 1, value);
  return (PyObject*)tuple;
}

// The only way to make one, tuple.__new__ included: there are always two items to read.
static PyObject* New(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static char* names[] = {"code", "value", NULL};
  PyObject *code, *value;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO:Subfield", names, &code, &value)) return NULL;
  if (type == subfield_type && PyUnicode_CheckExact(code) && PyUnicode_CheckExact(value)) {
    return NewSubfield(Py_NewRef(code), Py_NewRef(value));
  }
  PyObject* self = type->tp_alloc(type, 2);
  if (self == NULL) return NULL;
#if PY_VERSION_HEX >= 0x030E0000
  ((PyTupleObject*)self)->ob_hash = -1;
#endif
  PyTuple_SET_ITEM(self, 0, Py_NewRef(code));
  PyTuple_SET_ITEM(self, 1, Py_NewRef(value));
  return self;
}

static void Free(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  Py_XDECREF(PyTuple_GET_ITEM(self, 0));
  Py_XDECREF(PyTuple_GET_ITEM(self, 1));
  if (type == subfield_type && KeepMemory(&free_subfields, self)) return;
  type->tp_free(self);
  Py_DECREF(type);
}

static void Deallocate(PyObject* self) {
  if (!PyObject_GC_IsTracked(self)) {
    Free(self);
    return;
  }
  PyObject_GC_UnTrack(self);
  Py_TRASHCAN_BEGIN(self, Deallocate) Free(self);
  Py_TRASHCAN_END
}

static PyMemberDef members[] = {
    {"code", T_OBJECT_EX, offsetof(PyTupleObject, ob_item), READONLY, "The subfield's code."},
    {"value", T_OBJECT_EX, offsetof(PyTupleObject, ob_item) + sizeof(PyObject*), READONLY,
     "The subfield's text."},
    {NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "Subfield(code, value)\n--\n\nA subfield's code and value."},
    {Py_tp_new, New},
    {Py_tp_dealloc, Deallocate},
    {Py_tp_members, members},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "marcd.field.Subfield",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = slots,
};

PyTypeObject* MakeSubfieldType(PyObject* module) {
  (void)module;
  subfield_type = (PyTypeObject*)PyType_FromSpecWithBases(&spec, (PyObject*)&PyTuple_Type);
  return subfield_type;
}
