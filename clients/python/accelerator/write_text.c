// An untouched record in MARCMaker's text, as str(record) gives it.

#include "form.h"

static uint8_t Visible(uint8_t byte) { return byte == ' ' ? '\\' : byte; }

static void TextHead(Buffer* out, const Entry* entry) {
  BufferAddByte(out, '=');
  BufferAdd(out, entry->tag, 3);
  BufferAddText(out, "  ");
}

static void TextControl(Buffer* out, const Entry* entry) {
  TextHead(out, entry);
  uint8_t* room = BufferRoom(out, entry->size);
  if (room == NULL) return;
  for (size_t i = 0; i < entry->size; ++i) room[i] = Visible(entry->payload[i]);
  out->size += entry->size;
}

static void TextOpen(Buffer* out, const Entry* entry, int has_subfields) {
  (void)has_subfields;
  TextHead(out, entry);
  BufferAddByte(out, Visible(entry->payload[0]));
  BufferAddByte(out, Visible(entry->payload[1]));
}

static void TextSubfield(Buffer* out, const SubfieldView* subfield, int first) {
  (void)first;
  BufferAddByte(out, '$');
  BufferAddByte(out, subfield->code);
  BufferAdd(out, subfield->value, subfield->size);
}

static void TextClose(Buffer* out, int has_subfields) {
  (void)out;
  (void)has_subfields;
}

static const Form text_form = {TextControl, TextOpen, TextSubfield, TextClose, "\n"};

PyObject* WriteText(const Frame* frame) {
  Buffer out;
  BufferInit(&out);
  BufferAddText(&out, "=LDR  ");
  BufferAdd(&out, frame->leader, kLeaderSize);
  BufferAddByte(&out, '\n');
  const int result = AddFields(&out, frame, &text_form);
  if (frame->count > 0) BufferAddByte(&out, '\n');
  return Finish(&out, result, MakeText);
}
