// Text as XML holds it.
#ifndef MARCD_CORE_FORMATS_XML_ESCAPE_H_
#define MARCD_CORE_FORMATS_XML_ESCAPE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"

namespace marcd::xml {

// Escapes as Python's xml.etree does, and so pymarc, with two exceptions: U+FFFD stands in
// place of a character that XML 1.0 does not have ([2] Char: controls but tab and line
// ends, U+FFFE, U+FFFF), which pymarc writes as it is, so that no parser reads the file;
// and CR in text is written as a reference, which pymarc writes as it is, so that parsers
// make it LF (2.11, End-of-Line Handling). Text is UTF-8. Not thread-safe.
class Escaper {
 public:
  explicit Escaper(std::string* out) : out_(*out) {}

  // Appends the content of an element; the value of an attribute in `"`.
  void AppendText(absl::string_view text);
  void AppendValue(absl::string_view text);

  // How many characters XML does not have.
  size_t replaced() const { return replaced_; }

 private:
  // Appends what stands for the byte of `text` at `at`; how many bytes it stood for.
  size_t AppendSpecial(absl::string_view text, size_t at, bool value);

  std::string& out_;
  size_t replaced_ = 0;
};

// What is noted of a record in which `count` characters were replaced.
Finding NotAllowed(size_t count);

}  // namespace marcd::xml

#endif  // MARCD_CORE_FORMATS_XML_ESCAPE_H_
