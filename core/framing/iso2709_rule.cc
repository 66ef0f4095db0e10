#include "core/framing/iso2709_rule.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/framing/between_records.h"
#include "core/framing/leader_signs.h"

namespace marcd {

// A byte at which something begins, and what is seen from there.
struct Iso2709Rule::Place {
  absl::string_view window;
  uint64_t offset;
  bool at_end;
  LeaderSigns signs;
  int32_t declared;

  // `n` bytes are in view, or all that there are.
  bool Sees(size_t n) const { return at_end || window.size() >= n; }
  // The declared length, if it can be one; else 0.
  size_t length() const {
    return declared < static_cast<int32_t>(kShortestRecord) ? 0 : static_cast<size_t>(declared);
  }
  bool likely() const { return signs.count() >= 2; }
  // From where a terminator counts: one inside of a leader is a damage of it.
  size_t body() const { return likely() ? std::min(kLeaderBytes, window.size()) : 0; }
  // From where another leader counts. Digits may also be those of a leader that
  // begins some bytes further on, but not `22` and `45`.
  size_t others() const { return likely() && signs.fixed ? kLeaderBytes : 1; }
};

namespace {

// What ends before the leader at `next`.
Piece CutAt(size_t next, bool likely) {
  return likely && next >= kShortestRecord ? Piece::Damaged(next, Reason::kMissingTerminator)
                                           : Piece::GapOf(next, Reason::kNotARecord);
}

// Whether a leader stands at `at`, line ends apart.
bool LeaderFollows(absl::string_view window, size_t at) {
  if (at >= window.size()) return false;
  return HasLeader(window.substr(at + LineEndsLength(window.substr(at))));
}

// Whether a leader stands at `at`, line ends apart, and is borne out: by a
// directory, a terminator where it says, or an end of the source before that.
// nullopt when that is not in view.
std::optional<bool> GoodLeaderFollows(absl::string_view window, size_t at, bool at_end) {
  if (!at_end && window.size() < at + 2 + kSignBytes) return std::nullopt;
  if (!LeaderFollows(window, at)) return false;
  at += LineEndsLength(window.substr(at));
  if (HasDirectory(window.substr(at))) return true;
  const size_t end = at + static_cast<size_t>(DeclaredLength(window.substr(at)));
  if (end <= window.size()) return window[end - 1] == kRecordEnd;
  return at_end ? std::optional<bool>(true) : std::nullopt;
}

// Step 9: `window` is the rest of the source; neither a terminator nor another
// leader is in it.
Piece ResolveUnterminated(absl::string_view window, size_t length, bool likely) {
  const size_t size = window.size();
  const absl::string_view digits = window.substr(0, 5);
  if (size < kLeaderBytes && IsDigits(digits)) {
    return Piece::Truncated(size, Reason::kTruncatedLeader);
  }
  if (likely && length > 0 && length <= size && IsFiller(window.substr(length))) {
    return Piece::Damaged(length, Reason::kMissingTerminator);
  }
  if (likely && (size < kSignBytes || HasDirectory(window))) {
    return Piece::Truncated(size,
                            length > size ? Reason::kTruncatedRecord : Reason::kMissingTerminator);
  }
  return Piece::GapOf(size, Reason::kNotARecord);
}

}  // namespace

Iso2709Rule::Iso2709Rule(size_t max_record_bytes) : horizon_(std::max(max_record_bytes, kReach)) {}

Piece Iso2709Rule::LookClosely(absl::string_view window, uint64_t offset, bool at_end) {
  if (!at_end && window.size() < kSignBytes) return Piece::NeedMore();
  if (const std::optional<Piece> piece = LookBetweenRecords(window, at_end)) return *piece;
  return Resolve({window, offset, at_end, SignsOf(window), DeclaredLength(window)});
}

size_t Iso2709Rule::TerminatorEnd(const Place& place, size_t limit) {
  const absl::string_view text = place.window.substr(0, limit).substr(place.body());
  const uint64_t offset = place.offset + place.body();
  const bool known = offset >= clear_from_ && offset <= clear_to_;
  const size_t skip = known ? std::min<uint64_t>(clear_to_ - offset, text.size()) : 0;
  const size_t found = text.find(kRecordEnd, skip);
  const size_t at = std::min(found, text.size());
  clear_from_ = offset;
  clear_to_ = offset + at;
  return at == text.size() ? 0 : place.body() + at + 1;
}

Piece Iso2709Rule::Resolve(const Place& place) {
  const size_t length = place.length();
  if (!place.Sees(length + 2 + kLeaderBytes)) return Piece::NeedMore();
  const size_t end = TerminatorEnd(place, kReach);
  if (length > 0 && length == end) return Piece::Record(length);  // 3
  if (length > 0 && (end == 0 || length < end) && LeaderFollows(place.window, length)) {
    return Piece::Damaged(length, Reason::kMissingTerminator);  // 4
  }
  if (end > 0) return ResolveTerminated(place, end);
  return place.Sees(kReach + kSignBytes) ? ResolveFar(place) : Piece::NeedMore();
}

// Steps 5 to 7: the first terminator ends at `end`.
Piece Iso2709Rule::ResolveTerminated(const Place& place, size_t end) const {
  const absl::string_view window = place.window;
  const size_t length = place.length();
  if (length > end && length <= window.size() && window[length - 1] == kRecordEnd) {  // 5
    const std::optional<bool> follows = GoodLeaderFollows(window, end, place.at_end);
    if (!follows.has_value()) return Piece::NeedMore();
    if (!*follows) return Piece::Record(length);
  }
  if (const size_t next = FindLeader(window.substr(0, end), place.others(), end); next > 0) {
    return CutAt(next, place.likely());  // 6
  }
  if (end < kShortestRecord && (place.signs.length || place.likely())) {  // 7
    return Piece::Damaged(end, Reason::kLeaderTooShort);
  }
  if (end < kShortestRecord || place.signs.count() == 0) {
    return Piece::GapOf(end, Reason::kNotARecord);
  }
  if (place.declared < 0) return Piece::Damaged(end, Reason::kLengthNotDigits);
  if (length == 0) return Piece::Damaged(end, Reason::kLengthTooSmall);
  if (length > window.size()) return Piece::Damaged(end, Reason::kLengthTooLarge);
  return Piece::Damaged(end, length < end ? Reason::kLengthShort : Reason::kLengthLong);
}

// Step 8: no terminator is within reach.
Piece Iso2709Rule::ResolveFar(const Place& place) {
  const absl::string_view window = place.window;
  const size_t near = FindLeader(window.substr(0, kReach + kSignBytes), place.others(), /*end=*/0);
  if (near > 0 && near < kReach) return CutAt(near, place.likely());
  const bool oversized = place.likely() && HasDirectory(window);
  const size_t limit = oversized ? horizon_ : kReach;
  if (oversized) {
    const size_t end = TerminatorEnd(place, limit);
    const absl::string_view text = window.substr(0, end > 0 ? end : limit + kSignBytes);
    const size_t next = FindLeader(text, place.others(), /*end=*/0);
    if (next > 0 && next < limit) return CutAt(next, place.likely());
    if (end > 0) return ResolveTerminated(place, end);
    if (!place.Sees(limit + kSignBytes)) return Piece::NeedMore();
  }
  if (window.size() > limit) return Piece::GapOf(limit, Reason::kNotARecord);
  return ResolveUnterminated(window, place.length(), place.likely());
}

}  // namespace marcd
