// Characters whose combining marks come first, written with the marks behind them.
#ifndef MARCD_CORE_TEXT_MARC8_MARK_WRITER_H_
#define MARCD_CORE_TEXT_MARC8_MARK_WRITER_H_

#include <string>

#include "absl/strings/string_view.h"
#include "core/text/utf8_writer.h"

namespace marcd {

// Not thread-safe.
class MarkWriter {
 public:
  explicit MarkWriter(std::string* out) : writer_(out) {}

  // A mark; those of one base keep their order.
  void Mark(PackedChar mark) {
    char bytes[sizeof mark];
    StoreLe32(mark, bytes);
    marks_.append(bytes, PackedLength(mark));
  }

  // A base.
  void Base(PackedChar base) {
    writer_.Put(base);
    WriteMarks();
  }
  // A base from U+0800 on.
  void WideBase(char32_t base) {
    writer_.PutWide(base);
    WriteMarks();
  }
  // A character that leaves the marks to the one after it.
  void Passing(char32_t wide) { writer_.PutWide(wide); }

  // Bases, one or more, in ASCII.
  void Bases(absl::string_view ascii) {
    if (!marks_.empty()) {
      Base(PackChar(static_cast<unsigned char>(ascii[0])));
      ascii.remove_prefix(1);
    }
    writer_.Copy(ascii);
  }

  // Whether marks wait for a base.
  bool waiting() const { return !marks_.empty(); }

  // Nothing follows. Marks that still wait are written without a base.
  void Finish() {
    WriteMarks();
    writer_.Flush();
  }

 private:
  void WriteMarks() {
    if (marks_.empty()) return;
    writer_.Copy(marks_);
    marks_.clear();
  }

  Utf8Writer writer_;
  std::string marks_;
};

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_MARC8_MARK_WRITER_H_
