#include "core/framing/between_records.h"

#include <algorithm>
#include <array>

#include "absl/strings/match.h"
#include "core/framing/leader_signs.h"

namespace marcd {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
// So near to the end of filler a blank-padded leader or UTF-16 may begin in it.
constexpr size_t kFillerTail = 16;

// Filler, by byte: a hole of a sparse file has a great many.
constexpr std::array<bool, 256> MakeFiller() {
  std::array<bool, 256> filler{};
  for (const unsigned char c : {'\n', '\r', ' ', '\0', '\x1A'}) filler[c] = true;
  return filler;
}
constexpr std::array<bool, 256> kFiller = MakeFiller();

size_t FillerLength(absl::string_view text) {
  size_t n = 0;
  while (n < text.size() && kFiller[static_cast<unsigned char>(text[n])]) ++n;
  return n;
}

enum class Utf16 { kNo, kLittleEndian, kBigEndian };

// The character below 0x100 whose code unit stands at `at`; -1 if none does.
int UnitAt(absl::string_view text, size_t at, Utf16 order) {
  if (at + 2 > text.size()) return -1;
  const size_t low = order == Utf16::kLittleEndian ? at : at + 1;
  const size_t high = order == Utf16::kLittleEndian ? at + 1 : at;
  return text[high] == '\0' ? static_cast<unsigned char>(text[low]) : -1;
}

// Whether five digits in UTF-16 stand there, behind its byte order mark or not.
Utf16 Utf16At(absl::string_view text) {
  const size_t mark = absl::StartsWith(text, "\xFF\xFE") || absl::StartsWith(text, "\xFE\xFF");
  for (const Utf16 order : {Utf16::kLittleEndian, Utf16::kBigEndian}) {
    int digits = 0;
    while (digits < 5) {
      const int unit = UnitAt(text, 2 * (mark + digits), order);
      if (unit < '0' || unit > '9') break;
      ++digits;
    }
    if (digits == 5) return order;
  }
  return Utf16::kNo;
}

Piece LookUtf16(absl::string_view window, bool at_end, Utf16 order) {
  const size_t limit = std::min(window.size(), kReach);
  for (size_t at = 0; at + 2 <= limit; at += 2) {
    if (UnitAt(window, at, order) == kRecordEnd) return Piece::GapOf(at + 2, Reason::kUtf16);
  }
  if (!at_end && window.size() < kReach) return Piece::NeedMore();
  return Piece::GapOf(limit, Reason::kUtf16);
}

Piece LookFiller(absl::string_view window, bool at_end) {
  size_t n = FillerLength(window);
  const size_t tail = std::min(n, kFillerTail);
  if (!at_end && window.size() - n < kSignBytes) {
    n -= tail;  // the rest can be told when more is in view
    return n == 0 ? Piece::NeedMore() : Piece::GapOf(n, Reason::kBytesBetweenRecords);
  }
  for (size_t at = std::max<size_t>(n - tail, 1); at < n; ++at) {
    const absl::string_view rest = window.substr(at);
    if (SignsOf(rest).count() >= 2 || Utf16At(rest) != Utf16::kNo) n = at;
  }
  return Piece::GapOf(n, Reason::kBytesBetweenRecords);
}

}  // namespace

std::optional<Piece> LookBetweenRecords(absl::string_view window, bool at_end) {
  const Utf16 order = Utf16At(window);
  if (order != Utf16::kNo) return LookUtf16(window, at_end, order);
  if (absl::StartsWith(window, kByteOrderMark)) {
    return Piece::GapOf(kByteOrderMark.size(), Reason::kBytesBetweenRecords);
  }
  if (FillerLength(window.substr(0, 1)) == 0 || SignsOf(window).count() >= 2) return std::nullopt;
  return LookFiller(window, at_end);
}

size_t LineEndsLength(absl::string_view text) {
  size_t n = 0;
  while (n < std::min<size_t>(text.size(), 2) && (text[n] == '\n' || text[n] == '\r')) ++n;
  return n;
}

bool IsFiller(absl::string_view text) { return FillerLength(text) == text.size(); }

}  // namespace marcd
