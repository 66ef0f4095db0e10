// Unicode's normal form C, by utf8proc.
#ifndef MARCD_CORE_TEXT_NORMALIZE_H_
#define MARCD_CORE_TEXT_NORMALIZE_H_

#include <cstddef>
#include <string>

namespace marcd {

// Puts what stands in `text` from byte `from` on, valid UTF-8, into normal form C
// (Unicode Standard Annex #15). Quick where nothing is to be done. Thread-safe.
void NormalizeNfc(std::string* text, size_t from);

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_NORMALIZE_H_
