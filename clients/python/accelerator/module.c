// The module marcd._accelerator. The package imports it in marcd/_accelerated.py alone.

#include "accelerator.h"

PyObject* frame_error;
PyObject* indicators_type;
PyObject* leader_type;
PyObject* undecoded_type;
PyObject* make_raw_fields;

#define DEFINE_NAME(name, text) PyObject* name_##name;
FOR_EACH_NAME(DEFINE_NAME)

static const struct {
  const char* text;
  PyObject** place;
} names[] = {
#define LIST_NAME(name, text) {text, &name_##name},
    FOR_EACH_NAME(LIST_NAME)};

// The package's classes and functions that are used here, by the names that it gives.
static const struct {
  const char* name;
  PyObject** place;
} wanted[] = {
    {"FrameError", &frame_error},   {"Indicators", &indicators_type},      {"Leader", &leader_type},
    {"Undecoded", &undecoded_type}, {"make_raw_fields", &make_raw_fields},
};

static PyObject* Use(PyObject* module, PyObject* args, PyObject* kwargs) {
  (void)module;
  (void)args;
  for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); ++i) {
    PyObject* given = kwargs != NULL ? PyDict_GetItemString(kwargs, wanted[i].name) : NULL;
    if (given == NULL) continue;
    Py_XSETREF(*wanted[i].place, Py_NewRef(given));
    if (wanted[i].place == &indicators_type && MakeCommonIndicators() < 0) return NULL;
  }
  Py_RETURN_NONE;
}

static int AddType(PyObject* module, const char* name, PyTypeObject* type) {
  return type == NULL ? -1 : PyModule_AddObjectRef(module, name, (PyObject*)type);
}

static int MakeNames(void) {
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    if (*names[i].place == NULL) *names[i].place = PyUnicode_InternFromString(names[i].text);
    if (*names[i].place == NULL) return -1;
  }
  return 0;
}

static int Execute(PyObject* module) {
  // What is kept here is of one interpreter: any other runs the pure form.
  if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
    PyErr_SetString(PyExc_ImportError, "The accelerator runs in the main interpreter alone");
    return -1;
  }
  MakeJsonTable();
  MakeXmlTables();
  // To call one before it is known is an exception, no crash.
  for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); ++i) {
    Py_XSETREF(*wanted[i].place, Py_NewRef(Py_None));
  }
  if (MakeNames() < 0 || MakeCommonTexts() < 0 ||
      AddType(module, "Subfield", MakeSubfieldType(module)) < 0 ||
      AddType(module, "Field", MakeFieldType(module)) < 0 ||
      AddType(module, "Record", MakeRecordType(module)) < 0 ||
      AddType(module, "Frames", MakeFramesType(module)) < 0 ||
      AddType(module, "Iteration", MakeReaderType(module)) < 0) {
    return -1;
  }
  return 0;
}

static PyMethodDef methods[] = {
    {"use", (PyCFunction)(void (*)(void))Use, METH_VARARGS | METH_KEYWORDS,
     "use($module, /, **classes)\n--\n\nTell the accelerator classes of the package."},
    {"read_message", ReadMessage, METH_O,
     "read_message($module, message, /)\n--\n\n"
     "The numbers, the frames and whether there are findings, of a response's bytes."},
    {NULL},
};

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, Execute},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "marcd._accelerator",
    .m_doc = "The compiled form of the package's hot classes.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__accelerator(void) { return PyModuleDef_Init(&module); }
