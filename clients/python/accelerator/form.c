#include "form.h"

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

// The character at the bytes, and its size; 0 where they are no UTF-8.
static size_t TakeCharacter(const uint8_t* text, size_t size, uint32_t* character) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const uint8_t lead = text[0];
  const size_t width = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || width > size) return 0;
  uint32_t value = lead & (0xFFu >> (width + 1));
  for (size_t i = 1; i < width; ++i) {
    if ((text[i] & 0xC0) != 0x80) return 0;
    value = value << 6 | (text[i] & 0x3F);
  }
  if (value < least[width] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return 0;
  *character = value;
  return width;
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
