// Field: what is asked of the fields of every record. See marcd/field.py for the contract.

#include "accelerator.h"
#include "free_list.h"
#include "split.h"

PyTypeObject* field_type;

static FreeList free_fields;

PyObject* NewField(PyObject* frame, const Entry* entry) {
  Field* field = (Field*)TakeMemory(&free_fields);
  if (field == NULL) field = PyObject_GC_New(Field, field_type);
  if (field == NULL) return NULL;
  memset((char*)field + sizeof(PyObject), 0, sizeof(Field) - sizeof(PyObject));
  field->tag = MakeTag(entry->tag);
  field->control_field = (char)entry->control;
  field->unseen = 1;
  if (entry->control) {
    field->data = MakeText(entry->payload, entry->size);
  } else {
    field->data = Py_NewRef(Py_None);
    field->source = Py_NewRef(frame);
    field->payload = entry->payload;
    field->size = (Py_ssize_t)entry->size;
  }
  if (field->tag == NULL || field->data == NULL) Py_CLEAR(field);
  return (PyObject*)field;
}

// Shows the field to the garbage collector, once. (That a field knows by itself whether it is seen
// spares two calls.) To be called locked.
static void Show(Field* self) {
  if (!self->unseen) return;
  self->unseen = 0;
  PyObject_GC_Track(self);
}

// Sets an attribute: whatever is set may lead back to the field.
static int SetAttribute(PyObject* self, PyObject* name, PyObject* value) {
  BEGIN_LOCKED(self);
  Show((Field*)self);
  END_LOCKED();
  return PyObject_GenericSetAttr(self, name, value);
}

// Makes the subfield at a place of a new list of them.
static int PutSubfield(PyObject* list, Py_ssize_t place, const SubfieldView* view,
                       PyObject* (*make)(const uint8_t*, size_t)) {
  PyObject* subfield = NewSubfield(MakeCode(view->code), make(view->value, view->size));
  if (subfield == NULL) return -1;
  PyList_SET_ITEM(list, place, subfield);
  return 0;
}

// As MakeSubfields, for any number of them.
static PyObject* MakeManySubfields(const uint8_t* payload, size_t size) {
  const Py_ssize_t count = CountSubfields(payload, size);
  PyObject* list = count >= 0 ? PyList_New(count) : SetFrameError("has a subfield without a code");
  SubfieldView view = {NULL, 0, 0};
  size_t at = 2;
  for (Py_ssize_t i = 0; list != NULL && i < count; ++i) {
    NextSubfield(payload, size, &at, &view);
    if (PutSubfield(list, i, &view, MakeText) < 0) Py_CLEAR(list);
  }
  return list;
}

static PyObject* MakeSubfields(const uint8_t* payload, size_t size) {
  Split split;
  if (!SplitPayload(payload, size, &split)) return MakeManySubfields(payload, size);
  PyObject* list = PyList_New(split.count);
  for (int i = 0; list != NULL && i < split.count; ++i) {
    const int put = PutSubfield(list, i, &split.subfields[i], split.ascii ? MakeAscii : MakeText);
    if (put < 0) Py_CLEAR(list);
  }
  return list;
}

uint32_t FieldKey(Field* self) {
  uint32_t key;
  BEGIN_LOCKED(self);
  key = self->tag != NULL && PyUnicode_CheckExact(self->tag) ? KeyOfTag(self->tag) : kOddTag;
  END_LOCKED();
  return key;
}

// Makes objects of the payload. To be called locked.
static int Parse(Field* self) {
  while (self->source != NULL) {
    PyObject* source = Py_NewRef(self->source);
    const uint8_t* payload = self->payload;
    const size_t size = (size_t)self->size;
    PyObject* indicators = MakeIndicators(payload);
    PyObject* list = indicators != NULL ? MakeSubfields(payload, size) : NULL;
    const int failed = list == NULL;
    if (!failed && self->source == source) {  // nobody else has done it meanwhile
      Py_XSETREF(self->indicators, Py_NewRef(indicators));
      Py_XSETREF(self->subfields, Py_NewRef(list));
      Py_CLEAR(self->source);
      Show(self);  // a list can be made to lead back to its field
    }
    Py_XDECREF(indicators);
    Py_XDECREF(list);
    Py_DECREF(source);
    if (failed) return -1;
  }
  return 0;
}

// The list of subfields; a new reference.
static PyObject* Subfields(Field* self) {
  PyObject* list = NULL;
  BEGIN_LOCKED(self);
  if (Parse(self) == 0) {
    if (self->subfields == NULL) self->subfields = PyList_New(0);
    list = Py_XNewRef(self->subfields);
  }
  END_LOCKED();
  return list;
}

static PyObject* GetSubfields(PyObject* self, void* closure) {
  (void)closure;
  return Subfields((Field*)self);
}

static int SetSubfields(PyObject* object, PyObject* value, void* closure) {
  (void)closure;
  Field* self = (Field*)object;
  if (RefuseToDelete(value) < 0) return -1;
  int result;
  BEGIN_LOCKED(self);
  result = Parse(self);
  if (result == 0) {
    Show(self);
    Py_XSETREF(self->subfields, Py_NewRef(value));
  }
  END_LOCKED();
  return result;
}

static PyObject* Indicators(Field* self) {
  PyObject* indicators = NULL;
  BEGIN_LOCKED(self);
  if (self->source != NULL) {
    indicators = MakeIndicators(self->payload);
  } else {
    indicators = Py_NewRef(self->indicators != NULL ? self->indicators : Py_None);
  }
  END_LOCKED();
  return indicators;
}

static PyObject* GetIndicators(PyObject* self, void* closure) {
  (void)closure;
  return Indicators((Field*)self);
}

static int ParseLocked(PyObject* object) {
  int result;
  BEGIN_LOCKED(object);
  result = Parse((Field*)object);
  END_LOCKED();
  return result;
}

// What an attribute is set to is for the pure class's setter; `closure` is its name.
static int SetByPure(PyObject* self, PyObject* value, PyObject* name) {
  if (RefuseToDelete(value) < 0 || ParseLocked(self) < 0) return -1;
  return PyObject_SetAttr(self, name, value);
}

static int SetIndicators(PyObject* self, PyObject* value, void* closure) {
  (void)closure;
  return SetByPure(self, value, name_pure_indicators);
}

static int SetIndicator(PyObject* self, PyObject* value, void* closure) {
  return SetByPure(self, value, closure == NULL ? name_pure_indicator1 : name_pure_indicator2);
}

static PyObject* GetIndicator(PyObject* object, void* closure) {
  const Py_ssize_t which = (Py_ssize_t)closure;
  PyObject* indicators = Indicators((Field*)object);
  if (indicators == NULL || indicators == Py_None) {
    Py_XDECREF(indicators);
    return indicators == NULL ? NULL : PyUnicode_New(0, 0);
  }
  PyObject* indicator = PySequence_GetItem(indicators, which);
  Py_DECREF(indicators);
  return indicator;
}

static PyObject* GetPayload(PyObject* object, void* closure) {
  (void)closure;
  Field* self = (Field*)object;
  PyObject* text = NULL;
  BEGIN_LOCKED(self);
  text = self->source != NULL ? MakeText(self->payload, (size_t)self->size) : Py_NewRef(Py_None);
  END_LOCKED();
  return text;
}

static int SetPayload(PyObject* object, PyObject* value, void* closure) {
  (void)closure;
  Field* self = (Field*)object;
  if (RefuseToDelete(value) < 0) return -1;
  PyObject* source = NULL;
  if (value != Py_None) {
    source = PyUnicode_AsUTF8String(value);
    if (source == NULL) return -1;
    const uint8_t* payload = (const uint8_t*)PyBytes_AS_STRING(source);
    const Py_ssize_t size = PyBytes_GET_SIZE(source);
    if (size < 2 || ((payload[0] | payload[1]) & 0x80) ||
        (size > 2 && payload[2] != kSubfieldDelimiter)) {
      Py_DECREF(source);
      SetFrameError("has a data field without two indicators");
      return -1;
    }
  }
  BEGIN_LOCKED(self);
  Py_XSETREF(self->source, source);
  if (source != NULL) {
    self->payload = (const uint8_t*)PyBytes_AS_STRING(source);
    self->size = PyBytes_GET_SIZE(source);
  }
  END_LOCKED();
  return 0;
}

static PyObject* ParseMethod(PyObject* self, PyObject* unused) {
  (void)unused;
  return ParseLocked(self) < 0 ? NULL : Py_NewRef(Py_None);
}

// The value of the first subfield that `subfields`, whatever that is by now, has with the
// code. A new reference, or NULL without an exception.
static PyObject* FindAmong(PyObject* subfields, PyObject* code) {
  PyObject* iterator = PyObject_GetIter(subfields);
  PyObject *subfield, *value = NULL;
  int same = 0;
  while (iterator != NULL && same == 0 && (subfield = PyIter_Next(iterator)) != NULL) {
    PyObject* own = PyObject_GetAttr(subfield, name_code);
    same = own == NULL ? -1 : PyObject_RichCompareBool(own, code, Py_EQ);
    Py_XDECREF(own);
    if (same > 0) value = PyObject_GetAttr(subfield, name_value);
    Py_DECREF(subfield);
  }
  Py_XDECREF(iterator);
  return value;
}

// The value of the first subfield with the code, or NULL without an exception.
static PyObject* Find(Field* self, PyObject* code) {
  if (self->control_field) return NULL;
  const int byte = CodeOf(code);
  PyObject* value = NULL;
  int lazy = 0;
  BEGIN_LOCKED(self);
  if (self->source != NULL && byte >= 0) {
    SubfieldView view;
    lazy = 1;
    const int got = FindSubfield(self->payload, (size_t)self->size, (uint8_t)byte, &view);
    if (got > 0) value = MakeText(view.value, view.size);
    if (got < 0) SetFrameError("has a subfield without a code");
  }
  END_LOCKED();
  if (lazy) return value;
  PyObject* list = Subfields(self);
  if (list == NULL) return NULL;
  value = FindAmong(list, code);
  Py_DECREF(list);
  return value;
}

static PyObject* Get(PyObject* self, PyObject* args, PyObject* kwargs) {
  static char* names[] = {"code", "default", NULL};
  PyObject *code, *otherwise = Py_None;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:get", names, &code, &otherwise)) return NULL;
  PyObject* value = Find((Field*)self, code);
  if (value == Py_None) Py_CLEAR(value);
  if (value == NULL && PyErr_Occurred() == NULL) value = Py_NewRef(otherwise);
  return value;
}

static PyObject* Subscript(PyObject* self, PyObject* code) {
  PyObject* value = Find((Field*)self, code);
  if (value == Py_None) Py_CLEAR(value);
  if (value == NULL && PyErr_Occurred() == NULL) PyErr_SetNone(PyExc_KeyError);
  return value;
}

static int Contains(PyObject* self, PyObject* code) {
  PyObject* value = Find((Field*)self, code);
  if (value == NULL) return PyErr_Occurred() != NULL ? -1 : 0;
  const int is = value != Py_None;
  Py_DECREF(value);
  return is;
}

// The values of the payload's subfields with any of the codes, each one ASCII character;
// NULL without an exception if one is not.
static PyObject* GetFromPayload(const uint8_t* payload, size_t size, PyObject* codes) {
  char wanted[128] = {0};
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(codes); ++i) {
    const int code = CodeOf(PyTuple_GET_ITEM(codes, i));
    if (code < 0) return NULL;
    wanted[code] = 1;
  }
  PyObject* values = PyList_New(0);
  SubfieldView view;
  size_t at = 2;
  int got = 0;
  while (values != NULL && (got = NextSubfield(payload, size, &at, &view)) > 0) {
    if (!wanted[view.code]) continue;
    PyObject* value = MakeText(view.value, view.size);
    if (value == NULL || PyList_Append(values, value) < 0) Py_CLEAR(values);
    Py_XDECREF(value);
  }
  if (got < 0) {
    Py_CLEAR(values);
    SetFrameError("has a subfield without a code");
  }
  return values;
}

static PyObject* GetSubfieldsWith(PyObject* object, PyObject* codes) {
  Field* self = (Field*)object;
  PyObject* values = NULL;
  BEGIN_LOCKED(self);
  if (self->source != NULL) {
    PyObject* source = Py_NewRef(self->source);
    values = GetFromPayload(self->payload, (size_t)self->size, codes);
    Py_DECREF(source);
  }
  END_LOCKED();
  if (values != NULL || PyErr_Occurred() != NULL) return values;
  PyObject* method = PyObject_GetAttr(object, name_pure_get_subfields);
  if (method == NULL) return NULL;
  values = PyObject_CallObject(method, codes);
  Py_DECREF(method);
  return values;
}

static int IsText(PyObject* object) {
  return PyUnicode_CheckExact(object) && PyUnicode_GET_LENGTH(object) > 0;
}

static PyObject* Value(PyObject* object, PyObject* unused) {
  (void)unused;
  Field* self = (Field*)object;
  PyObject* value = NULL;
  BEGIN_LOCKED(self);
  if (!self->control_field && self->source != NULL) {
    value = MakeValue(self->payload, (size_t)self->size);
  } else if (self->control_field && self->data != NULL && IsText(self->data)) {
    value = Py_NewRef(self->data);
  }
  END_LOCKED();
  if (value != NULL || PyErr_Occurred() != NULL) return value;
  return PyObject_CallMethodNoArgs(object, name_pure_value);
}

// A field iterates over its own subfields, once at a time, as pymarc's does.
static PyObject* Iterate(PyObject* self) {
  ((Field*)self)->position = 0;
  return Py_NewRef(self);
}

static PyObject* Next(PyObject* object) {
  Field* self = (Field*)object;
  if (self->control_field) return NULL;
  PyObject* list = Subfields(self);
  if (list == NULL) return NULL;
  PyObject* subfield = NULL;
  BEGIN_LOCKED(self);
  const Py_ssize_t size = PySequence_Size(list);
  if (self->position >= 0 && self->position < size) {
    subfield = PySequence_GetItem(list, self->position++);
  }
  END_LOCKED();
  Py_DECREF(list);
  return subfield;
}

static int Traverse(PyObject* object, visitproc visit, void* arg) {
  Field* self = (Field*)object;
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(self->tag);
  Py_VISIT(self->data);
  Py_VISIT(self->indicators);
  Py_VISIT(self->subfields);
  return 0;
}

static int Clear(PyObject* object) {
  Field* self = (Field*)object;
  Py_CLEAR(self->tag);
  Py_CLEAR(self->data);
  Py_CLEAR(self->indicators);
  Py_CLEAR(self->subfields);
  Py_CLEAR(self->source);
  return 0;
}

static void Free(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  Clear(self);
  if (type == field_type && KeepMemory(&free_fields, self)) return;
  type->tp_free(self);
  Py_DECREF(type);
}

static void Deallocate(PyObject* self) {
  // One that was never shown to the collector holds nothing that could hold much.
  if (((Field*)self)->unseen) return Free(self);
  PyObject_GC_UnTrack(self);
  Py_TRASHCAN_BEGIN(self, Deallocate) Free(self);
  Py_TRASHCAN_END
}

static PyMemberDef members[] = {
    {"tag", T_OBJECT_EX, offsetof(Field, tag), 0, "The tag."},
    {"data", T_OBJECT_EX, offsetof(Field, data), 0, "The text of a control field, else None."},
    {"control_field", T_BOOL, offsetof(Field, control_field), 0, "Whether it is a control field."},
    {"_indicators", T_OBJECT, offsetof(Field, indicators), 0, NULL},
    {"_subfields", T_OBJECT, offsetof(Field, subfields), 0, NULL},
    {"_position", T_PYSSIZET, offsetof(Field, position), 0, NULL},
    {NULL},
};

static PyGetSetDef getset[] = {
    {"subfields", GetSubfields, SetSubfields,
     "The subfields, a list to be changed at will; empty in a control field.", NULL},
    {"indicators", GetIndicators, SetIndicators, "The two indicators; None in a control field.",
     NULL},
    {"indicator1", GetIndicator, SetIndicator, "The first indicator; empty in a control field.",
     NULL},
    {"indicator2", GetIndicator, SetIndicator, "The second indicator; empty in a control field.",
     (void*)1},
    {"_payload", GetPayload, SetPayload, NULL, NULL},
    {NULL},
};

static PyMethodDef methods[] = {
    {"get", (PyCFunction)(void (*)(void))Get, METH_VARARGS | METH_KEYWORDS,
     "get($self, code, default=None)\n--\n\n"
     "The value of the first subfield with the code, else the default."},
    {"get_subfields", GetSubfieldsWith, METH_VARARGS,
     "get_subfields($self, *codes)\n--\n\n"
     "The values of the subfields with any of the codes, in the field's order."},
    {"value", Value, METH_NOARGS,
     "value($self)\n--\n\n"
     "The field's text: the data, or the subfields' values with a blank between."},
    {"_parse", ParseMethod, METH_NOARGS, NULL},
    {NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "Field(tag, indicators=None, subfields=None, data=None)\n--\n\n"},
    {Py_tp_new, PyType_GenericNew},
    {Py_tp_dealloc, Deallocate},
    {Py_tp_traverse, Traverse},
    {Py_tp_clear, Clear},
    {Py_tp_setattro, SetAttribute},
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
    .name = "marcd.field.Field",
    .basicsize = sizeof(Field),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

PyTypeObject* MakeFieldType(PyObject* module) {
  (void)module;
  field_type = (PyTypeObject*)PyType_FromSpec(&spec);
  return field_type;
}
