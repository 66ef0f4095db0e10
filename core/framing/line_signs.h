// What tells what a line is, in the formats of lines: MARCMaker's mnemonic text (`mrk`),
// Aleph sequential (`alephseq`), and the lines of yaz-marcdump (`line`).
//
// Each function looks at the front of `text`, which begins where a line does and may go
// on behind it; none looks further than the line's end, or than kLineSight bytes. Bytes
// that are not there are taken for bytes that do not fit.
#ifndef MARCD_CORE_FRAMING_LINE_SIGNS_H_
#define MARCD_CORE_FRAMING_LINE_SIGNS_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace marcd {

constexpr size_t kLineSight = 32;

enum class LineDialect { kMrk, kAlephSequential, kYazLine };

// The line at the front of `text` without its end, LF or CRLF.
absl::string_view FirstLine(absl::string_view text);

// Whether nothing but blanks and tabs is in `line`.
bool IsBlankLine(absl::string_view line);

// mrk: a field, `=` and a tag of three characters that a blank or the line's end
// follows; and one that is a leader, `=LDR` or `=000`.
bool IsMrkField(absl::string_view text);
bool IsMrkLeader(absl::string_view text);

// alephseq: where a line has what (Ex Libris, "Aleph Sequential Format"): the system
// number, a blank, the tag, two indicators, a blank, the alphabet, a blank, the content.
constexpr size_t kAlephNumber = 9;
constexpr size_t kAlephTag = 10;
constexpr size_t kAlephIndicators = 13;
constexpr size_t kAlephAlphabet = 16;
constexpr size_t kAlephContent = 18;

// alephseq: a field: a number of nine digits and a blank; or, if the number is damaged,
// the blanks and a letter behind it at their places. The rest of a field that a line end
// has cut in two is neither.
bool IsAlephField(absl::string_view text);
inline absl::string_view AlephTag(absl::string_view text) {
  return text.size() < kAlephTag ? absl::string_view() : text.substr(kAlephTag, 3);
}

// line: a leader alone on its line: 24 printable characters, of which the first five are
// digits, or blanks and the rest is as in a leader; and a field: a tag of three digits
// or letters and a blank.
bool IsYazLeader(absl::string_view text);
bool IsYazField(absl::string_view text);

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_LINE_SIGNS_H_
