#include "core/framing/leader_signs.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "core/base/bytes.h"

namespace marcd {
namespace {

constexpr char kDirectoryEnd = 0x1E;
constexpr size_t kBase = 12;
constexpr size_t kTagBytes = 3;
constexpr size_t kEntryBytes = 12;

// Whether `text` has `count` digits from `at` on.
bool HasDigits(absl::string_view text, size_t at, size_t count) {
  return text.size() >= at + count && IsDigits(text.substr(at, count));
}

// Whether `22` and `45` stand ten bytes apart, from `at` on.
bool HasFixed(absl::string_view text, size_t at) {
  return text.size() >= at + 12 && text.substr(at, 2) == "22" && text.substr(at + 10, 2) == "45";
}

// The base address; -1 when 12-16 are no digits.
int32_t BaseAddress(absl::string_view text) {
  return text.size() < kBase + 5 ? -1 : ParseDigits(text.substr(kBase, 5));
}

// Whether both numbers of a leader are ones that it can have.
bool HasNumbers(absl::string_view text) {
  return text.size() >= kLeaderBytes &&
         DeclaredLength(text) >= static_cast<int32_t>(kShortestRecord) &&
         BaseAddress(text) > static_cast<int32_t>(kLeaderBytes);
}

bool DirectoryEndsAtBase(absl::string_view text) {
  const auto base = static_cast<size_t>(BaseAddress(text));
  return base <= text.size() && text[base - 1] == kDirectoryEnd;
}

// From `x` on, the next place where five digits stand; text.size() if none does.
size_t NextDigits(absl::string_view text, size_t x) {
  while (x + 5 <= text.size()) {
    size_t i = 5;
    while (i > 0 && absl::ascii_isdigit(static_cast<unsigned char>(text[x + i - 1]))) --i;
    if (i == 0) return x;
    x += i;  // no five digits span what is not a digit
  }
  return text.size();
}

}  // namespace

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return absl::ascii_isdigit(c); });
}

bool HasLeader(absl::string_view text) {
  return HasNumbers(text) && !IsDigits(text.substr(5, 1)) && !IsDigits(text.substr(6, 1)) &&
         (text.substr(10, 2) == "22" || text.substr(20, 2) == "45");
}

bool HasDirectory(absl::string_view text) {
  if (text.size() <= kLeaderBytes) return false;
  if (text[kLeaderBytes] == kDirectoryEnd) return true;
  const absl::string_view tag = text.substr(kLeaderBytes, kTagBytes);
  return std::all_of(tag.begin(), tag.end(),
                     [](unsigned char c) { return absl::ascii_isalnum(c); }) &&
         (HasDigits(text, kLeaderBytes + kTagBytes, 9) ||
          HasDigits(text, kLeaderBytes + kEntryBytes + kTagBytes, 9));
}

bool HasWholeLeader(absl::string_view text) {
  return HasFixed(text, 10) && HasLeader(text) && HasDirectory(text);
}

LeaderSigns SignsOf(absl::string_view text) {
  LeaderSigns signs;
  signs.length = HasDigits(text, 0, 5);
  signs.base = HasDigits(text, kBase, 5);
  signs.fixed = HasFixed(text, 10);
  for (size_t at = 5; at < 10 && !signs.displaced; ++at) {
    signs.displaced = HasFixed(text, at) && HasDigits(text, at + 2, 5);
  }
  return signs;
}

size_t FindLeader(absl::string_view text, size_t from, size_t end) {
  size_t exact = 0;
  for (size_t x = NextDigits(text, 1); x < text.size(); x = NextDigits(text, x + 1)) {
    const absl::string_view rest = text.substr(x);
    if (x >= from && HasWholeLeader(rest)) return x;
    if (exact == 0 && x + static_cast<size_t>(DeclaredLength(rest)) == end && HasNumbers(rest) &&
        (HasLeader(rest) || DirectoryEndsAtBase(rest))) {
      exact = x;
    }
  }
  return exact;
}

}  // namespace marcd
