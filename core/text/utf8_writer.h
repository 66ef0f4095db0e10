// Writes characters as UTF-8 at the end of a string, through a buffer: appending
// one by one to a std::string costs more than decoding them.
#ifndef MARCD_CORE_TEXT_UTF8_WRITER_H_
#define MARCD_CORE_TEXT_UTF8_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/string_view.h"
#include "core/base/bytes.h"

namespace marcd {

// One character below U+10000: its UTF-8 in the low three bytes, the first one
// lowest; its length in the fourth, whose upper bits are free for the user.
using PackedChar = uint32_t;

constexpr PackedChar PackChar(char32_t code) {
  if (code < 0x80) return code | 1u << 24;
  if (code < 0x800) return (0xC0 | code >> 6) | (0x80 | (code & 0x3F)) << 8 | 2u << 24;
  return (0xE0 | code >> 12) | (0x80 | (code >> 6 & 0x3F)) << 8 | (0x80 | (code & 0x3F)) << 16 |
         3u << 24;
}

constexpr size_t PackedLength(PackedChar c) { return c >> 24 & 3; }

// What was written is in the string after Flush(). Not thread-safe.
class Utf8Writer {
 public:
  explicit Utf8Writer(std::string* out) : out_(out) {}
  Utf8Writer(const Utf8Writer&) = delete;
  Utf8Writer& operator=(const Utf8Writer&) = delete;

  void Put(PackedChar c) {
    if (used_ > kSize - sizeof c) Flush();
    StoreLe32(c, buffer_ + used_);
    used_ += PackedLength(c);
  }

  // A scalar value from U+0800 on.
  void PutWide(char32_t code) {
    if (code < 0x10000) return Put(PackChar(code));
    const char bytes[] = {
        static_cast<char>(0xF0 | code >> 18), static_cast<char>(0x80 | (code >> 12 & 0x3F)),
        static_cast<char>(0x80 | (code >> 6 & 0x3F)), static_cast<char>(0x80 | (code & 0x3F))};
    Copy({bytes, sizeof bytes});
  }

  // Text that is UTF-8 already.
  void Copy(absl::string_view text) {
    if (text.size() > kSize - used_) Flush();
    if (text.size() > kSize) {
      out_->append(text.data(), text.size());
    } else {
      std::memcpy(buffer_ + used_, text.data(), text.size());
      used_ += text.size();
    }
  }

  void Flush() {
    out_->append(buffer_, used_);
    used_ = 0;
  }

 private:
  static constexpr size_t kSize = 1024;

  std::string* out_;
  size_t used_ = 0;
  char buffer_[kSize];
};

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_UTF8_WRITER_H_
