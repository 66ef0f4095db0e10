#include "core/text/marc8/syntax.h"

namespace marcd {

absl::optional<Marc8Escape> ParseMarc8Escape(absl::string_view text, bool in_halves) {
  const auto byte = [&](size_t i) { return i < text.size() ? text[i] : '\0'; };
  const auto find = [&](char final) { return FindMarc8Set(final, in_halves); };
  // "Technique 1": one byte behind ESC.
  switch (byte(1)) {
    case 's':
      return Marc8Escape{find('B'), false, 2};
    case 'b':
    case 'g':
    case 'p':
      return Marc8Escape{find(byte(1)), false, 2};
  }
  size_t at = 1;
  const bool multi_byte = byte(at) == '$';
  if (multi_byte) ++at;
  const bool to_g1 = byte(at) == ')' || byte(at) == '-';
  if (to_g1 || byte(at) == '(' || byte(at) == ',') {
    ++at;
  } else if (!multi_byte) {
    return absl::nullopt;
  }
  // ANSEL's final byte has an intermediate byte of its own.
  if (byte(at) == '!' && byte(at + 1) == 'E') ++at;
  const Marc8Set* const set = find(byte(at));
  if (set == nullptr || (multi_byte && !set->is_eacc())) return absl::nullopt;
  return Marc8Escape{set, to_g1, at + 1};
}

size_t ForeignEscapeLength(absl::string_view text) {
  size_t at = 1;
  while (at < text.size() && text[at] >= 0x20 && text[at] <= 0x2F) ++at;
  if (at < text.size() && text[at] >= 0x30 && text[at] < 0x7F) ++at;
  return at;
}

absl::optional<Marc8Reference> ParseMarc8Reference(absl::string_view text) {
  if (text.substr(0, 3) != "&#x") return absl::nullopt;
  char32_t code = 0;
  size_t at = 3;
  for (; at < text.size() && at < 9; ++at) {
    const char c = text[at];
    if (c >= '0' && c <= '9') {
      code = code * 16 + (c - '0');
    } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
      code = code * 16 + (c & 0x0F) + 9;
    } else {
      break;
    }
  }
  if (at == 3 || at == text.size() || text[at] != ';') return absl::nullopt;
  const bool scalar = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  if (code < 0x20 || !scalar) return absl::nullopt;
  return Marc8Reference{code, at + 1};
}

}  // namespace marcd
