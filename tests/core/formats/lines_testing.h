// Reading and writing records of one format in tests of the formats of lines.
#ifndef MARCD_TESTS_CORE_FORMATS_LINES_TESTING_H_
#define MARCD_TESTS_CORE_FORMATS_LINES_TESTING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/formats/encode_options.h"
#include "core/formats/format.h"
#include "tests/support/marc.h"

namespace marcd {

constexpr int kMrk = 5, kAlephseq = 6, kLine = 7, kText = 9;

// All that is read of `bytes` in the format, in reads of `reading.chunk` bytes.
Batch ReadFormat(int format, const std::string& bytes, const Reading& reading = {});

// The record in the format, and the reasons of what is said of it; `fault`, if not null,
// is set if it cannot be written.
struct Written {
  std::string text;
  std::vector<std::string> reasons;
  bool fault = false;
};
Written Write(int format, absl::string_view frame, const EncodeOptions& options = {});

// Frames of records of our own, each other, with what the formats have trouble with.
struct Trouble {
  bool line_ends = true;
  bool delimiters = true;  // $ { } \ ^ and references
};
std::string AnyFrame(unsigned seed, const Trouble& trouble = {});

// A frame as text: `LDR` with the positions that writing may change as dots, then its
// fields.
std::vector<std::string> Shown(absl::string_view frame, bool nfc = false);

}  // namespace marcd

#endif  // MARCD_TESTS_CORE_FORMATS_LINES_TESTING_H_
