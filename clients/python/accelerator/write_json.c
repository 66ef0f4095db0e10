// An untouched record in MARC-in-JSON, as json.dumps writes what as_dict gives.

#include "form.h"

static uint8_t special[256];

void MakeJsonTable(void) {
  for (int byte = 0; byte < 256; ++byte) {
    special[byte] = byte < ' ' || byte > '~' || byte == '"' || byte == '\\';
  }
}

static void AddHex4(Buffer* out, uint32_t unit) {
  static const char digits[] = "0123456789abcdef";
  const uint8_t text[6] = {'\\',
                           'u',
                           (uint8_t)digits[unit >> 12 & 15],
                           (uint8_t)digits[unit >> 8 & 15],
                           (uint8_t)digits[unit >> 4 & 15],
                           (uint8_t)digits[unit & 15]};
  BufferAdd(out, text, sizeof(text));
}

static void EscapeJson(Buffer* out, uint32_t character) {
  static const char from[] = "\"\\\n\r\t\f\b";
  static const char to[] = "\"\\nrtfb";
  const char* known = character < 0x80 && character != 0 ? strchr(from, (int)character) : NULL;
  if (known != NULL) {
    BufferAddByte(out, '\\');
    BufferAddByte(out, (uint8_t)to[known - from]);
  } else if (character < 0x10000) {
    AddHex4(out, character);
  } else {
    AddHex4(out, 0xD7C0 + (character >> 10));
    AddHex4(out, 0xDC00 + (character & 0x3FF));
  }
}

static void AddJson(Buffer* out, const uint8_t* text, size_t size) {
  BufferAddByte(out, '"');
  AddEscaped(out, text, size, special, EscapeJson);
  BufferAddByte(out, '"');
}

static void JsonControl(Buffer* out, const Entry* entry) {
  BufferAddByte(out, '{');
  AddJson(out, entry->tag, 3);
  BufferAddText(out, ": ");
  AddJson(out, entry->payload, entry->size);
  BufferAddByte(out, '}');
}

static void JsonOpen(Buffer* out, const Entry* entry, int has_subfields) {
  (void)has_subfields;
  BufferAddByte(out, '{');
  AddJson(out, entry->tag, 3);
  BufferAddText(out, ": {\"ind1\": ");
  AddJson(out, entry->payload, 1);
  BufferAddText(out, ", \"ind2\": ");
  AddJson(out, entry->payload + 1, 1);
  BufferAddText(out, ", \"subfields\": [");
}

static void JsonSubfield(Buffer* out, const SubfieldView* subfield, int first) {
  if (!first) BufferAddText(out, ", ");
  BufferAddByte(out, '{');
  AddJson(out, &subfield->code, 1);
  BufferAddText(out, ": ");
  AddJson(out, subfield->value, subfield->size);
  BufferAddByte(out, '}');
}

static void JsonClose(Buffer* out, int has_subfields) {
  (void)has_subfields;
  BufferAddText(out, "]}}");
}

static const Form json_form = {JsonControl, JsonOpen, JsonSubfield, JsonClose, ", "};

PyObject* WriteJson(const Frame* frame) {
  Buffer out;
  BufferInit(&out);
  BufferAddText(&out, "{\"leader\": ");
  AddJson(&out, frame->leader, kLeaderSize);
  BufferAddText(&out, ", \"fields\": [");
  const int result = AddFields(&out, frame, &json_form);
  BufferAddText(&out, "]}");
  return Finish(&out, result, MakeText);
}
