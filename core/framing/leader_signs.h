// What tells that a leader stands at a place in ISO 2709.
//
// Each function looks at the front of `text` and takes bytes that are not there
// for bytes that do not fit. None looks further than kSignBytes.
#ifndef MARCD_CORE_FRAMING_LEADER_SIGNS_H_
#define MARCD_CORE_FRAMING_LEADER_SIGNS_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"
#include "core/base/bytes.h"

namespace marcd {

constexpr char kRecordEnd = 0x1D;
constexpr size_t kLeaderBytes = 24;
// A leader, the directory's terminator and the record's.
constexpr size_t kShortestRecord = kLeaderBytes + 2;
constexpr size_t kSignBytes = 48;

// Whether there is something, and nothing but ASCII digits.
bool IsDigits(absl::string_view text);

// The number that bytes 00-04 spell in ASCII digits; -1 when they do not.
inline int32_t DeclaredLength(absl::string_view text) {
  return text.size() < 5 ? -1 : ParseDigits(text.substr(0, 5));
}

// The length of the record at the front, if leader and terminator agree on it:
// its declared length ends right behind the first 0x1D. Else 0.
inline size_t AgreedLength(absl::string_view text) {
  const int32_t declared = DeclaredLength(text);
  if (declared < static_cast<int32_t>(kShortestRecord)) return 0;
  const auto length = static_cast<size_t>(declared);
  if (length > text.size() || text[length - 1] != kRecordEnd) return 0;
  const void* const end = std::memchr(text.data(), kRecordEnd, length);
  return end == &text[length - 1] ? length : 0;
}

// Whether a leader stands there: its two numbers are ones that it can have, bytes
// 05 and 06 are no digits, and `22` is at 10-11 or `45` at 20-21. (A directory is
// a row of digits and would pass for many leaders.)
bool HasLeader(absl::string_view text);

// Whether a directory follows on the 24 bytes of a leader: one of its first two
// entries can be read, or it is empty.
bool HasDirectory(absl::string_view text);

// Whether a leader and its directory stand there beyond doubt.
bool HasWholeLeader(absl::string_view text);

// Three parts of a leader that hold apart from each other: one damaged byte
// destroys one of them at most.
struct LeaderSigns {
  bool length = false;  // digits at 00-04
  bool base = false;    // digits at 12-16
  bool fixed = false;   // `22` at 10-11 and `45` at 20-21
  // `22`, five digits, three bytes and `45` up to five bytes too early: bytes
  // before them were lost.
  bool displaced = false;

  int count() const { return length + base + (fixed || displaced); }
};
LeaderSigns SignsOf(absl::string_view text);

// The first place at or behind `from` where a whole leader stands. If there is
// none, the first behind 0 where a length ends exactly at `end` (0: none does) and
// either a leader stands or a directory ends (0x1E) where the base address says.
// 0 when there is neither.
size_t FindLeader(absl::string_view text, size_t from, size_t end);

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_LEADER_SIGNS_H_
