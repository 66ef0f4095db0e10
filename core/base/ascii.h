// What is ASCII.
#ifndef MARCD_CORE_BASE_ASCII_H_
#define MARCD_CORE_BASE_ASCII_H_

#include "absl/strings/string_view.h"

namespace marcd {

// Whether every byte is below 0x80.
bool IsAscii(absl::string_view text);

}  // namespace marcd

#endif  // MARCD_CORE_BASE_ASCII_H_
