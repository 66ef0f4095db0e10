// What the forms of text have in common in which a record is written.

#ifndef MARCD_CLIENTS_PYTHON_ACCELERATOR_FORM_H_
#define MARCD_CLIENTS_PYTHON_ACCELERATOR_FORM_H_

#include "accelerator.h"
#include "buffer.h"

// Writes one form; `open` and `close` stand round a data field's subfields.
typedef struct {
  void (*control)(Buffer*, const Entry*);
  void (*open)(Buffer*, const Entry*, int has_subfields);
  void (*subfield)(Buffer*, const SubfieldView*, int first);
  void (*close)(Buffer*, int has_subfields);
  const char* between_fields;
} Form;

// Adds every field: 1, or -1 with a FrameError.
int AddFields(Buffer* out, const Frame* frame, const Form* form);

// Adds text, with each byte that `special` marks, and the whole character where that byte
// begins one beyond ASCII, as `escape` writes it. Without a valid one, calls GiveUp.
void AddEscaped(Buffer* out, const uint8_t* text, size_t size, const uint8_t* special,
                void (*escape)(Buffer*, uint32_t));

// Leaves the record to the pure form, which raises what is to be raised.
static inline void GiveUp(Buffer* out) { out->failed = kGivenUp; }

// Makes the object of what was added, and frees the buffer. `result` is that of AddFields.
PyObject* Finish(Buffer* out, int result, PyObject* (*make)(const uint8_t*, size_t));

#endif  // MARCD_CLIENTS_PYTHON_ACCELERATOR_FORM_H_
