// Text as Python's json.dumps writes it: all but printable ASCII is escaped.
#ifndef MARCD_CORE_FORMATS_JSON_ESCAPE_H_
#define MARCD_CORE_FORMATS_JSON_ESCAPE_H_

#include <cstring>
#include <string>

#include "absl/strings/string_view.h"

namespace marcd::json {

// Appends to a string through a buffer: a great many pieces are short. All is there when
// it is destroyed. Not thread-safe.
class Writer {
 public:
  explicit Writer(std::string* out) : out_(*out) {}
  ~Writer() { Flush(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // What JSON has around text; at most kPiece bytes.
  void Raw(absl::string_view text) {
    Reserve();
    std::memcpy(buffer_ + used_, text.data(), text.size());
    used_ += text.size();
  }

  // The inside of a string. `text` is UTF-8.
  void Text(absl::string_view text);

 private:
  static constexpr size_t kSize = 8192;
  // At least so much there is room for behind Reserve().
  static constexpr size_t kPiece = 64;

  void Reserve() {
    if (used_ > kSize - kPiece) Flush();
  }
  void Flush();
  // Writes the character at the front of `text`, which is not plain; its length.
  size_t Special(absl::string_view text);
  void Unit(unsigned unit);

  std::string& out_;
  size_t used_ = 0;
  char buffer_[kSize];
};

}  // namespace marcd::json

#endif  // MARCD_CORE_FORMATS_JSON_ESCAPE_H_
