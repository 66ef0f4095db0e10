// UTF-8 that was taken for Latin-1 or CP1252 and encoded once more: `Ã©` for `é`.
#ifndef MARCD_CORE_TEXT_DETECT_DOUBLE_ENCODING_H_
#define MARCD_CORE_TEXT_DETECT_DOUBLE_ENCODING_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace marcd {

struct DoubleEncoding {
  // How many characters stand so; 0 where it may well be meant as it stands.
  size_t count = 0;
  // The first of them, as it stands and as it was meant; UTF-8. May view the text.
  absl::string_view example;
  std::string meant;
};

// Looks through `text`, which is UTF-8, for the most part at least. Costs one search for a
// byte where there is no letter from À to ÿ, and allocates nothing where nothing is found.
// Thread-safe.
DoubleEncoding FindDoubleEncoding(absl::string_view text);

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_DETECT_DOUBLE_ENCODING_H_
