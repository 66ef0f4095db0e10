#include "form.h"

#include "utf8.h"

int AddFields(Buffer* out, const Frame* frame, const Form* form) {
  for (uint32_t place = 0; place < frame->count; ++place) {
    const Entry entry = FrameEntry(frame, place);
    if (place > 0) BufferAdd(out, form->between_fields, strlen(form->between_fields));
    if (entry.control) {
      form->control(out, &entry);
      continue;
    }
    SubfieldView subfield;
    size_t at = 2;
    int got, first = 1;
    form->open(out, &entry, entry.size > 2);
    while ((got = NextSubfield(entry.payload, entry.size, &at, &subfield)) > 0) {
      form->subfield(out, &subfield, first);
      first = 0;
    }
    form->close(out, entry.size > 2);
    if (got < 0) {
      SetFrameError("has a subfield without a code");
      return -1;
    }
  }
  return 1;
}

void AddEscaped(Buffer* out, const uint8_t* text, size_t size, const uint8_t* special,
                void (*escape)(Buffer*, uint32_t)) {
  size_t at = 0;
  while (at < size) {
    const size_t start = at;
    while (at < size && !special[text[at]]) ++at;
    BufferAdd(out, text + start, at - start);
    if (at == size) return;
    uint32_t character = text[at];
    size_t width = 1;
    if (character >= 0x80) width = TakeCharacter(text + at, size - at, &character);
    if (width == 0) {
      GiveUp(out);
      return;
    }
    escape(out, character);
    at += width;
  }
}

PyObject* Finish(Buffer* out, int result, PyObject* (*make)(const uint8_t*, size_t)) {
  PyObject* made = NULL;
  if (result > 0 && out->failed == kNoMemory) made = PyErr_NoMemory();
  if (result > 0 && !out->failed) made = make(out->data, out->size);
  BufferFree(out);
  return made;
}
