// UTF-8, a character at a time.

#ifndef MARCD_CLIENTS_PYTHON_ACCELERATOR_UTF8_H_
#define MARCD_CLIENTS_PYTHON_ACCELERATOR_UTF8_H_

#include <stddef.h>
#include <stdint.h>

// The character beyond ASCII at the bytes, and its size; 0 where they are no UTF-8 (The Unicode
// Standard, section 3.9, D92).
static inline size_t TakeCharacter(const uint8_t* text, size_t size, uint32_t* character) {
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

#endif  // MARCD_CLIENTS_PYTHON_ACCELERATOR_UTF8_H_
