// An untouched record as MARC-in-JSON in Python's types.

#include "accelerator.h"

// {key: value}; steals both, which may be NULL with an exception set.
static PyObject* NewPair(PyObject* key, PyObject* value) {
  PyObject* pair = key != NULL && value != NULL ? PyDict_New() : NULL;
  if (pair != NULL && PyDict_SetItem(pair, key, value) < 0) Py_CLEAR(pair);
  Py_XDECREF(key);
  Py_XDECREF(value);
  return pair;
}

// Puts a value under a key; steals the value, which may be NULL with an exception set.
static int Put(PyObject* dict, PyObject* key, PyObject* value) {
  const int result = value != NULL ? PyDict_SetItem(dict, key, value) : -1;
  Py_XDECREF(value);
  return result;
}

static PyObject* MakeSubfields(const Entry* entry) {
  PyObject* list = PyList_New(0);
  SubfieldView view;
  size_t at = 2;
  int got = 0;
  while (list != NULL && (got = NextSubfield(entry->payload, entry->size, &at, &view)) > 0) {
    PyObject* code = MakeText(&view.code, 1);
    PyObject* pair = NewPair(code, code != NULL ? MakeText(view.value, view.size) : NULL);
    if (pair == NULL || PyList_Append(list, pair) < 0) Py_CLEAR(list);
    Py_XDECREF(pair);
  }
  if (got < 0) {
    Py_CLEAR(list);
    SetFrameError("has a subfield without a code");
  }
  return list;
}

static PyObject* MakeContent(const Entry* entry) {
  if (entry->control) return MakeText(entry->payload, entry->size);
  PyObject* content = PyDict_New();
  if (content != NULL && (Put(content, name_ind1, MakeText(entry->payload, 1)) < 0 ||
                          Put(content, name_ind2, MakeText(entry->payload + 1, 1)) < 0 ||
                          Put(content, name_subfields, MakeSubfields(entry)) < 0)) {
    Py_CLEAR(content);
  }
  return content;
}

PyObject* WriteDict(const Frame* frame) {
  PyObject* record = PyDict_New();
  PyObject* fields = PyList_New(frame->count);
  if (record == NULL || fields == NULL) goto failed;
  for (uint32_t place = 0; place < frame->count; ++place) {
    const Entry entry = FrameEntry(frame, place);
    PyObject* tag = MakeTag(entry.tag);
    PyObject* field = NewPair(tag, tag != NULL ? MakeContent(&entry) : NULL);
    if (field == NULL) goto failed;
    PyList_SET_ITEM(fields, place, field);
  }
  if (Put(record, name_leader, MakeText(frame->leader, kLeaderSize)) < 0) goto failed;
  if (PyDict_SetItem(record, name_fields, fields) < 0) goto failed;
  Py_DECREF(fields);
  return record;

failed:
  Py_XDECREF(record);
  Py_XDECREF(fields);
  return NULL;
}
