// What the parts of the accelerator share.
//
// The accelerator is the compiled form of the hot methods of Record, Field, Subfield and
// Reader. The pure Python classes define them all: the types here take over every method
// that they do not have themselves (see marcd/_accelerated.py), and the same tests run on
// both. Functions return NULL or -1 with a Python exception set, unless they say otherwise.

#ifndef MARCD_CLIENTS_PYTHON_ACCELERATOR_ACCELERATOR_H_
#define MARCD_CLIENTS_PYTHON_ACCELERATOR_ACCELERATOR_H_

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include "frame.h"
#include "object.h"

// A field. While `source` is set, its text lies there and nothing has asked for subfields.
typedef struct {
  PyObject_HEAD;
  PyObject* tag;
  PyObject* data;
  PyObject* indicators;  // NULL is None
  PyObject* subfields;   // a list; NULL while `source` is set
  PyObject* source;      // bytes, the frame; NULL once the subfields are objects
  const uint8_t* payload;
  Py_ssize_t size;
  Py_ssize_t position;
  char control_field;
  char unseen;  // by the garbage collector
} Field;

// A record. Not seen by the garbage collector until it is more than its frame.
typedef struct {
  PyObject_HEAD;
  PyObject* frame;   // bytes that OpenFrame accepted; NULL for a record made by hand
  PyObject* fields;  // a list, once anything has asked for all fields; else NULL
  PyObject** made;   // by place, the fields made so far; NULL while there are none
  PyObject* leader;  // NULL until asked for
  PyObject* diagnostics;
  PyObject* to_unicode;
  PyObject* force_utf8;
  PyObject* file;
  Py_ssize_t pos;
  int64_t ordinal;  // -1 is None, as in the next two
  int64_t offset;
  int64_t length;
} Record;

extern PyTypeObject* field_type;
extern PyTypeObject* record_type;
extern PyTypeObject* subfield_type;
extern PyTypeObject* frames_type;
// Classes of the package, see module.c.
extern PyObject* frame_error;
extern PyObject* indicators_type;
extern PyObject* leader_type;
extern PyObject* undecoded_type;
extern PyObject* make_raw_fields;
// Names of attributes and keys. They are interned, for the interpreter's cache of attributes goes
// by the object and would be filled with a new one at each use.
#define FOR_EACH_NAME(USE)                       \
  USE(advance, "_advance")                       \
  USE(code, "code")                              \
  USE(decode, "_decode")                         \
  USE(fields, "fields")                          \
  USE(ind1, "ind1")                              \
  USE(ind2, "ind2")                              \
  USE(leader, "leader")                          \
  USE(pure_as_dict, "_pure_as_dict")             \
  USE(pure_as_json, "_pure_as_json")             \
  USE(pure_as_marc, "_pure_as_marc")             \
  USE(pure_get_fields, "_pure_get_fields")       \
  USE(pure_get_subfields, "_pure_get_subfields") \
  USE(pure_indicator1, "_pure_indicator1")       \
  USE(pure_indicator2, "_pure_indicator2")       \
  USE(pure_indicators, "_pure_indicators")       \
  USE(pure_str, "_pure___str__")                 \
  USE(pure_title, "_pure_title")                 \
  USE(seek, "seek")                              \
  USE(pure_value, "_pure_value")                 \
  USE(subfields, "subfields")                    \
  USE(tag, "tag")                                \
  USE(utf8_leader, "_utf8_leader")               \
  USE(value, "value")
#define DECLARE_NAME(name, text) extern PyObject* name_##name;
FOR_EACH_NAME(DECLARE_NAME)

PyTypeObject* MakeFieldType(PyObject* module);
PyTypeObject* MakeRecordType(PyObject* module);
PyTypeObject* MakeSubfieldType(PyObject* module);
PyTypeObject* MakeFramesType(PyObject* module);
PyTypeObject* MakeReaderType(PyObject* module);

// text.c

// Make what the functions below keep: tags of three digits and one-character texts; pairs of
// usual indicators, when their class is known.
int MakeCommonTexts(void);
int MakeCommonIndicators(void);
// A str of UTF-8.
PyObject* MakeText(const uint8_t* bytes, size_t size);
// The str of a subfield's code.
enum { kAscii = 128 };
extern PyObject* ascii_characters[kAscii];
static inline PyObject* MakeCode(uint8_t code) { return Py_NewRef(ascii_characters[code]); }
// A str of ASCII.
PyObject* MakeAscii(const uint8_t* bytes, size_t size);
int IsAscii(const uint8_t* bytes, size_t size);
// The str of a tag of three ASCII bytes; equal tags are mostly one object.
PyObject* MakeTag(const uint8_t* tag);
// An Indicators of two ASCII bytes.
PyObject* MakeIndicators(const uint8_t* pair);
// The values of a payload's subfields, stripped, with a blank between.
PyObject* MakeValue(const uint8_t* payload, size_t size);
// The key of a str that could be the tag of a field in a frame; 0 for any other object, or
// NULL.
uint32_t KeyOfTag(PyObject* tag);
// The ASCII code of a str of one character; -1 for any other object.
int CodeOf(PyObject* code);
// Sets a FrameError.
void* SetFrameError(const char* what);

// field.c

// A new Subfield. Steals both references, which may be NULL with an exception set.
PyObject* NewSubfield(PyObject* code, PyObject* value);
// The field at a place of a frame that is not raw.
PyObject* NewField(PyObject* frame, const Entry* entry);
// The key of its tag as that is now; kOddTag for one that is no plain str, so that its key
// does not tell what it is equal to.
enum { kOddTag = 0x7FFFFFFF };
uint32_t FieldKey(Field* field);

// record.c

// A record that owns `frame`, whose reference is stolen. `kind` is Record or a subclass.
PyObject* NewRecord(PyTypeObject* kind, PyObject* frame, PyObject* to_unicode,
                    PyObject* force_utf8);

// frames.c

// The frames of a batch, given as records one by one.
typedef struct Frames Frames;
// How many are left.
Py_ssize_t FramesLeft(const Frames* frames);
// Where in the source the next one ends; there must be one.
int64_t FramesNextEnd(const Frames* frames);
// The next one, of which there must be one: a Record, or an Undecoded.
PyObject* FramesPop(Frames* frames);
// read_message(message) -> (numbers, frames or None, whether there are findings)
PyObject* ReadMessage(PyObject* module, PyObject* message);

// write_*.c: what a record comes to without any object of its fields.

// ISO 2709 with the leader's lengths made anew and leader/09 `a`. Fields in `made` (by
// place, or NULL) or in the list `fields` are written as they are now. Returns NULL without
// an exception where only the Python form can tell: then ask that.
PyObject* WriteMarc(const Frame* frame, const char* leader, PyObject** made, PyObject* fields);
// The frame of the record with 24 bytes of leader, of fields as above. Returns NULL without an
// exception where no frame can hold it, or only the Python form can tell.
PyObject* WriteFrame(const Frame* frame, const char* leader, PyObject** made, PyObject* fields);
// Say which bytes the form escapes; before the first is written.
void MakeJsonTable(void);
void MakeXmlTables(void);
// Of an untouched record that is not raw.
PyObject* WriteText(const Frame* frame);
PyObject* WriteJson(const Frame* frame);
// In UTF-8, or with `ascii` with numbers for all characters beyond it.
PyObject* WriteXml(const Frame* frame, int with_namespace, int ascii);
PyObject* WriteDict(const Frame* frame);

#endif  // MARCD_CLIENTS_PYTHON_ACCELERATOR_ACCELERATOR_H_
