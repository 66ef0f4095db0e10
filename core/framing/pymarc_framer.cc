#include "core/framing/pymarc_framer.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "core/framing/leader_signs.h"

namespace marcd {
namespace {

constexpr size_t kLengthBytes = 5;

// What Python's int() makes of `text`, which is bytes, in base 10: blanks around
// it, a sign and single underscores between digits are allowed. At most nine
// bytes.
std::optional<int> PythonInt(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
  int value = 0;
  bool after_digit = false;
  for (const char c : text) {
    const bool digit = absl::ascii_isdigit(static_cast<unsigned char>(c));
    if (!digit && !(c == '_' && after_digit)) return std::nullopt;
    if (digit) value = 10 * value + (c - '0');
    after_digit = digit;
  }
  if (!after_digit) return std::nullopt;
  return negative ? -value : value;
}

}  // namespace

Piece PymarcFramer::Look(absl::string_view window, uint64_t offset, bool at_end,
                         std::vector<uint32_t>*) {
  if (stopped_) {
    return Piece::GapOf(std::min<uint64_t>(window.size(), options().end_offset - offset),
                        Reason::kPymarcStop);
  }
  // Nearly all records. (pymarc does not look for an earlier terminator; to do so here
  // costs nothing, for it fetches the bytes that decoding wants next: without it this
  // mode was a fifth slower.)
  if (const size_t agreed = AgreedLength(window); agreed > 0) return Piece::Record(agreed);
  size_t length = kLengthBytes;
  if (window.size() >= kLengthBytes) {
    const std::optional<int> declared = PythonInt(window.substr(0, kLengthBytes));
    if (!declared.has_value()) {
      stopped_ = true;
      return Piece::Record(kLengthBytes);
    }
    if (*declared < static_cast<int>(kLengthBytes)) return LookClosely(window, offset, at_end);
    length = static_cast<size_t>(*declared);
  }
  if (window.size() < length) {
    if (!at_end) return Piece::NeedMore();
    Piece rest = Piece::Record(window.size());
    rest.incomplete = true;
    return rest;
  }
  stopped_ = window[length - 1] != kRecordEnd;
  return Piece::Record(length);
}

// pymarc takes all that follows for one record. Where the rule finds one its end is known;
// else what is here is told like a length that is no number.
Piece PymarcFramer::LookClosely(absl::string_view window, uint64_t offset, bool at_end) {
  const Piece piece = rule_.Look(window, offset, at_end);
  if (piece.kind != Piece::kGap) return piece;
  stopped_ = true;
  return Piece::Record(kLengthBytes);
}

}  // namespace marcd
