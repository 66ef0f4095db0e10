#include "accelerator.h"
#include "utf8.h"

enum { kTags = 1000 };

// " 0123456789": the indicators that nearly all fields have.
static const char kUsualIndicators[] = " 0123456789";
enum { kUsual = sizeof(kUsualIndicators) - 1 };

// Made once, never changed afterwards: read without a lock.
static PyObject* tags[kTags];
PyObject* ascii_characters[kAscii];
static PyObject* usual_indicators[kUsual][kUsual];
static int8_t usual_place[kAscii];

static PyObject* NewIndicators(const uint8_t* pair) {
  return PyObject_CallFunctionObjArgs(indicators_type, ascii_characters[pair[0]],
                                      ascii_characters[pair[1]], NULL);
}

int MakeCommonTexts(void) {
  for (int i = 0; i < kAscii; ++i) {
    if (ascii_characters[i] == NULL) ascii_characters[i] = PyUnicode_FromOrdinal(i);
    if (ascii_characters[i] == NULL) return -1;
    usual_place[i] = -1;
  }
  for (int i = 0; i < kTags; ++i) {
    char text[12];
    snprintf(text, sizeof(text), "%03d", i);
    if (tags[i] == NULL) tags[i] = PyUnicode_InternFromString(text);
    if (tags[i] == NULL) return -1;
  }
  return 0;
}

int MakeCommonIndicators(void) {
  for (int i = 0; i < kUsual; ++i) {
    for (int j = 0; j < kUsual; ++j) {
      const uint8_t pair[2] = {(uint8_t)kUsualIndicators[i], (uint8_t)kUsualIndicators[j]};
      PyObject* indicators = NewIndicators(pair);
      if (indicators == NULL) return -1;
      Py_XSETREF(usual_indicators[i][j], indicators);
    }
  }
  for (int i = 0; i < kUsual; ++i) usual_place[(uint8_t)kUsualIndicators[i]] = (int8_t)i;
  return 0;
}

int IsAscii(const uint8_t* bytes, size_t size) {
  const uint64_t high = 0x8080808080808080u;
  uint64_t first, last;
  if (size < sizeof(first)) {
    uint8_t all = 0;
    for (size_t i = 0; i < size; ++i) all |= bytes[i];
    return all < 0x80;
  }
  uint64_t all = 0;
  for (; size > 2 * sizeof(first); bytes += 2 * sizeof(first), size -= 2 * sizeof(first)) {
    memcpy(&first, bytes, sizeof(first));
    memcpy(&last, bytes + sizeof(first), sizeof(last));
    all |= first | last;
  }
  // Up to sixteen are left, of which some may have been seen.
  memcpy(&first, bytes - (size < 8 ? 8 - size : 0), sizeof(first));
  memcpy(&last, bytes + size - sizeof(last), sizeof(last));
  return ((all | first | last) & high) == 0;
}

PyObject* MakeAscii(const uint8_t* bytes, size_t size) {
  if (size == 1) return Py_NewRef(ascii_characters[bytes[0]]);
  PyObject* text = PyUnicode_New((Py_ssize_t)size, 127);
  if (text != NULL && size > 0) memcpy(PyUnicode_1BYTE_DATA(text), bytes, size);
  return text;
}

PyObject* MakeText(const uint8_t* bytes, size_t size) {
  if (IsAscii(bytes, size)) return MakeAscii(bytes, size);
  return PyUnicode_DecodeUTF8((const char*)bytes, (Py_ssize_t)size, NULL);
}

static inline int Digit(uint8_t byte) { return byte >= '0' && byte <= '9' ? byte - '0' : -1; }

PyObject* MakeTag(const uint8_t* tag) {
  const int a = Digit(tag[0]), b = Digit(tag[1]), c = Digit(tag[2]);
  if (a >= 0 && b >= 0 && c >= 0) return Py_NewRef(tags[100 * a + 10 * b + c]);
  return PyUnicode_DecodeASCII((const char*)tag, 3, NULL);
}

PyObject* MakeIndicators(const uint8_t* pair) {
  const int first = usual_place[pair[0]], second = usual_place[pair[1]];
  if (first >= 0 && second >= 0) return Py_NewRef(usual_indicators[first][second]);
  return NewIndicators(pair);
}

uint32_t KeyOfTag(PyObject* tag) {
  if (tag == NULL || !PyUnicode_CheckExact(tag) || !PyUnicode_IS_COMPACT_ASCII(tag) ||
      PyUnicode_GET_LENGTH(tag) != 3) {
    return 0;
  }
  return TagKey(PyUnicode_1BYTE_DATA(tag));
}

int CodeOf(PyObject* code) {
  if (!PyUnicode_CheckExact(code) || PyUnicode_GET_LENGTH(code) != 1) return -1;
  const Py_UCS4 character = PyUnicode_READ_CHAR(code, 0);
  return character < kAscii ? (int)character : -1;
}

void* SetFrameError(const char* what) {
  PyErr_Format(frame_error, "Frame %s", what);
  return NULL;
}

// str.strip() knows these, and those beyond ASCII that Py_UNICODE_ISSPACE tells.
static inline int IsAsciiSpace(uint8_t byte) {
  // Nearly all text begins and ends with something else.
  return byte <= ' ' && (byte == ' ' || (byte >= 0x09 && byte <= 0x0D) || byte >= 0x1C);
}

// How many bytes the white space beyond ASCII at the beginning of `text` takes up; 0 for other
// text.
static size_t WideSpace(const uint8_t* text, size_t size) {
  uint32_t character;
  const size_t width = TakeCharacter(text, size, &character);
  return width > 0 && Py_UNICODE_ISSPACE(character) ? width : 0;
}

static void Strip(const uint8_t** text, size_t* size, int ascii) {
  while (*size > 0) {
    size_t width = 1;
    if (ascii || (*text)[0] < 0x80) {
      if (!IsAsciiSpace((*text)[0])) break;
    } else if ((width = WideSpace(*text, *size)) == 0) {
      break;
    }
    *text += width;
    *size -= width;
  }
  while (*size > 0) {
    size_t width = 1;
    if (ascii || (*text)[*size - 1] < 0x80) {
      if (!IsAsciiSpace((*text)[*size - 1])) break;
    } else {
      while (width < *size && ((*text)[*size - width] & 0xC0) == 0x80) ++width;
      if (WideSpace(*text + *size - width, width) == 0) break;
    }
    *size -= width;
  }
}

// Whether the text is UTF-8; sets the UnicodeDecodeError if it is not.
static int CheckUtf8(const uint8_t* text, size_t size) {
  PyObject* decoded = PyUnicode_DecodeUTF8((const char*)text, (Py_ssize_t)size, NULL);
  if (decoded == NULL) return -1;
  Py_DECREF(decoded);
  return 0;
}

// The stripped values of a payload's subfields, up to as many as fit: how many, or -1 where a
// code is missing or there are more. (By SplitPayload it takes a little longer: measured.)
enum { kMostParts = 48 };

static int TakeParts(const uint8_t* payload, size_t size, int ascii, SubfieldView* parts) {
  size_t at = 2;
  int count = 0, got;
  while (count < kMostParts && (got = NextSubfield(payload, size, &at, &parts[count])) != 0) {
    if (got < 0) return -1;
    Strip(&parts[count].value, &parts[count].size, ascii);
    ++count;
  }
  return at < size ? -1 : count;
}

// Puts the values one behind the other, with a blank between; the size that comes to.
static size_t Join(uint8_t* to, const SubfieldView* parts, int count) {
  uint8_t* const begin = to;
  for (int i = 0; i < count; ++i) {
    if (i > 0) *to++ = ' ';
    memcpy(to, parts[i].value, parts[i].size);
    to += parts[i].size;
  }
  return (size_t)(to - begin);
}

// As MakeValue, for any number of subfields: each is added as it is met.
static PyObject* MakeLongValue(const uint8_t* payload, size_t size, int ascii) {
  // Each subfield gives up a delimiter and a code, and takes a blank.
  uint8_t* joined = PyMem_Malloc(size);
  if (joined == NULL) return PyErr_NoMemory();
  SubfieldView subfield;
  size_t length = 0, at = 2;
  int first = 1, got;
  while ((got = NextSubfield(payload, size, &at, &subfield)) > 0) {
    if (!first) joined[length++] = ' ';
    first = 0;
    Strip(&subfield.value, &subfield.size, ascii);
    length += Join(joined + length, &subfield, 1);
  }
  PyObject* value =
      got < 0 ? SetFrameError("has a subfield without a code") : MakeText(joined, length);
  PyMem_Free(joined);
  return value;
}

PyObject* MakeValue(const uint8_t* payload, size_t size) {
  const int ascii = IsAscii(payload, size);
  if (!ascii && CheckUtf8(payload, size) < 0) return NULL;
  SubfieldView parts[kMostParts];
  const int count = TakeParts(payload, size, ascii, parts);
  if (!ascii || count < 0) return MakeLongValue(payload, size, ascii);
  if (count == 1) return MakeAscii(parts[0].value, parts[0].size);
  size_t length = count > 0 ? (size_t)count - 1 : 0;
  for (int i = 0; i < count; ++i) length += parts[i].size;
  if (length <= 1) return MakeLongValue(payload, size, ascii);  // few: a text that is shared
  PyObject* value = PyUnicode_New((Py_ssize_t)length, 127);
  if (value != NULL) Join(PyUnicode_1BYTE_DATA(value), parts, count);
  return value;
}
