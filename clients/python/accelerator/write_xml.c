// An untouched record in MARCXML, as xml.etree writes it: without a declaration.

#include "form.h"

static uint8_t special[256];
static uint8_t beyond_ascii_too[256];
static uint8_t attribute_special[256];

void MakeXmlTables(void) {
  for (int byte = 0; byte < 256; ++byte) {
    special[byte] = byte == '&' || byte == '<' || byte == '>';
    beyond_ascii_too[byte] = special[byte] || byte >= 0x80;
    attribute_special[byte] = beyond_ascii_too[byte] || byte == '"' || byte < ' ';
  }
}

static void EscapeXml(Buffer* out, uint32_t character) {
  char text[16];
  switch (character) {
    case '&':
      BufferAddText(out, "&amp;");
      return;
    case '<':
      BufferAddText(out, "&lt;");
      return;
    case '>':
      BufferAddText(out, "&gt;");
      return;
    case '"':
      BufferAddText(out, "&quot;");
      return;
    default:
      break;
  }
  if (character < 0x20) {
    GiveUp(out);  // a control character in an attribute
    return;
  }
  const int size = snprintf(text, sizeof(text), "&#%u;", (unsigned)character);
  BufferAdd(out, text, (size_t)size);
}

static void AddXml(Buffer* out, const uint8_t* text, size_t size) {
  AddEscaped(out, text, size, out->special, EscapeXml);
}

static void AddXmlAttribute(Buffer* out, const uint8_t* text, size_t size) {
  AddEscaped(out, text, size, attribute_special, EscapeXml);
}

static void XmlControl(Buffer* out, const Entry* entry) {
  BufferAddText(out, "<controlfield tag=\"");
  AddXmlAttribute(out, entry->tag, 3);
  if (entry->size == 0) {
    BufferAddText(out, "\" />");
    return;
  }
  BufferAddText(out, "\">");
  AddXml(out, entry->payload, entry->size);
  BufferAddText(out, "</controlfield>");
}

static void XmlOpen(Buffer* out, const Entry* entry, int has_subfields) {
  BufferAddText(out, "<datafield ind1=\"");
  AddXmlAttribute(out, entry->payload, 1);
  BufferAddText(out, "\" ind2=\"");
  AddXmlAttribute(out, entry->payload + 1, 1);
  BufferAddText(out, "\" tag=\"");
  AddXmlAttribute(out, entry->tag, 3);
  if (has_subfields) {
    BufferAddText(out, "\">");
  } else {
    BufferAddText(out, "\" />");
  }
}

static void XmlSubfield(Buffer* out, const SubfieldView* subfield, int first) {
  (void)first;
  BufferAddText(out, "<subfield code=\"");
  AddXmlAttribute(out, &subfield->code, 1);
  if (subfield->size == 0) {
    BufferAddText(out, "\" />");
    return;
  }
  BufferAddText(out, "\">");
  AddXml(out, subfield->value, subfield->size);
  BufferAddText(out, "</subfield>");
}

static void XmlClose(Buffer* out, int has_subfields) {
  if (has_subfields) BufferAddText(out, "</datafield>");
}

static const Form xml_form = {XmlControl, XmlOpen, XmlSubfield, XmlClose, ""};

static PyObject* MakeBytes(const uint8_t* bytes, size_t size) {
  return PyBytes_FromStringAndSize((const char*)bytes, (Py_ssize_t)size);
}

// In UTF-8 nothing has looked at the characters yet.
static PyObject* MakeUtf8(const uint8_t* bytes, size_t size) {
  PyObject* text = MakeText(bytes, size);
  if (text == NULL) return NULL;
  Py_DECREF(text);
  return MakeBytes(bytes, size);
}

PyObject* WriteXml(const Frame* frame, int with_namespace, int ascii) {
  Buffer out;
  BufferInit(&out);
  out.special = ascii ? beyond_ascii_too : special;
  BufferAddText(&out, "<record");
  if (with_namespace) {
    BufferAddText(&out,
                  " xmlns=\"http://www.loc.gov/MARC21/slim\""
                  " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
                  " xsi:schemaLocation=\"http://www.loc.gov/MARC21/slim"
                  " http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd\"");
  }
  BufferAddText(&out, "><leader>");
  AddXml(&out, frame->leader, kLeaderSize);
  BufferAddText(&out, "</leader>");
  const int result = AddFields(&out, frame, &xml_form);
  BufferAddText(&out, "</record>");
  return Finish(&out, result, ascii ? MakeBytes : MakeUtf8);
}
