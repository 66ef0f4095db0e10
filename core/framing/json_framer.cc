#include "core/framing/json_framer.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "core/framing/json_members.h"

namespace marcd {
namespace {

using json::Begins;
using json::Members;
using json::ObjectScan;

// What separates a record from the next and belongs to it.
constexpr size_t kMostBetween = 4096;
// A string, a number or a word around records that is longer is none.
constexpr size_t kLongestToken = 64;
// What an object is must show in so many bytes. FOLIO's records have the one of ISO 2709
// before what tells: that has up to 99,999 bytes, before it is escaped.
constexpr size_t kReach = 256 * 1024;
// Where a quote is found to be wrong, the string before it may have been none, with the
// next record's begin in it; it shows at once, so that it is looked for so far back.
constexpr size_t kBack = json::kBeginReach;

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsWord(absl::string_view text) {
  return text == "true" || text == "false" || text == "null" ||
         ((text[0] == '-' || (text[0] >= '0' && text[0] <= '9')) &&
          text.find_first_not_of("0123456789+-.eE") == text.npos);
}

// A byte that is neither JSON nor begins a record; what is behind it is looked at anew, so
// that it does not matter how much is in view.
Piece Stray() { return Piece::GapOf(1, Reason::kNotARecord); }

// What stands at the front of `window` and is no object.
Piece LookAround(absl::string_view window, bool at_end) {
  if (const size_t markup = json::RunOf(window, json::IsMarkup)) {
    return Piece::GapOf(markup, Reason::kMarkup);
  }
  if (window[0] == kByteOrderMark[0]) {
    if (absl::StartsWith(window, kByteOrderMark)) return Piece::GapOf(3, Reason::kMarkup);
    if (window.size() < 3 && !at_end) return Piece::NeedMore();
    return Stray();
  }
  const absl::string_view seen = window.substr(0, kLongestToken);
  const bool more = window.size() < kLongestToken && !at_end;
  if (window[0] == '"') {
    // Of an object that is broken a quote may be the wrong one of two.
    const size_t end = json::StringEnd(seen, 0), brace = seen.find_first_of("{\n");
    if (end <= std::min(brace, seen.size())) return Piece::GapOf(end, Reason::kMarkup);
    return more && brace == seen.npos ? Piece::NeedMore() : Stray();
  }
  const size_t word = json::RunOf(seen, json::IsWordByte);
  if (word == seen.size() && more) return Piece::NeedMore();
  if (word == 0) return Stray();
  return Piece::GapOf(word, IsWord(seen.substr(0, word)) ? Reason::kMarkup : Reason::kNotARecord);
}

// With what separates it from the next.
Piece WithBetween(absl::string_view window, bool at_end, Piece piece) {
  const absl::string_view behind = window.substr(piece.length);
  const size_t between = json::RunOf(behind.substr(0, kMostBetween), json::IsBetween);
  if (between == behind.size() && between < kMostBetween && !at_end) return Piece::NeedMore();
  piece.length += between;
  return piece;
}

// The first place from `*at` on and before `end` where a record begins, whatever stands
// before it; npos if none is in view, and `*at` is where to go on when more is.
size_t FindRecord(absl::string_view text, size_t end, absl::string_view own, size_t* at) {
  for (;; ++*at) {
    *at = std::min(text.substr(0, end).find('{', *at), std::min(end, text.size()));
    if (*at == end || *at == text.size()) return text.npos;
    const Begins begins = json::BeginsRecord(text, *at, own, /*broken=*/true);
    if (begins == Begins::kYes) return *at;
    if (begins == Begins::kUnknown) return text.npos;
  }
}

size_t Back(size_t at) { return at > kBack ? at - kBack : 1; }

}  // namespace

Piece JsonFramer::Look(absl::string_view window, uint64_t offset, bool at_end,
                       std::vector<uint32_t>*) {
  if (window[0] != '{') return LookAround(window, at_end);
  if (record_ == offset) return LookAtRecord(window, at_end);
  const size_t reach = std::min(kReach, options().max_record_bytes);
  Members look = json::LookAtMembers(window.substr(0, reach));
  if (look.what == Members::kUnknown) {
    if (window.size() <= reach) {
      return at_end ? Piece::Truncated(window.size(), Reason::kTruncatedRecord) : Piece::NeedMore();
    }
    look = {Members::kBroken, reach, ""};
  }
  switch (look.what) {
    case Members::kAround:
      return Piece::GapOf(look.length, Reason::kMarkup);
    case Members::kNoRecord:
      return WithBetween(window, at_end, Piece::GapOf(look.length, Reason::kNotARecord));
    case Members::kRecord:
      break;
    default: {
      if (window.size() < look.length + json::kBeginReach && !at_end) return Piece::NeedMore();
      size_t from = Back(look.length);
      const size_t next = FindRecord(window, look.length, look.own, &from);
      return Piece::GapOf(std::min(next, look.length), Reason::kNotARecord);
    }
  }
  record_ = offset;
  scan_.Begin(look.own);
  end_ = broken_ = 0;
  return LookAtRecord(window, at_end);
}

Piece JsonFramer::LookAtRecord(absl::string_view window, bool at_end) {
  // What is longer than the limit PieceFramer marks.
  const size_t most = options().max_record_bytes;
  const absl::string_view text = window.substr(0, most + json::kBeginReach);
  const bool whole = text.size() == most + json::kBeginReach;
  if (end_ == 0 && broken_ == 0) {
    switch (scan_.Next(text)) {
      case ObjectScan::Found::kEnd:
        end_ = scan_.at();
        break;
      case ObjectScan::Found::kRecord:
        return Piece::Damaged(scan_.at(), Reason::kNotWellFormed);
      case ObjectScan::Found::kBroken:
        broken_ = Back(scan_.at());
        break;
      case ObjectScan::Found::kUnknown:
      case ObjectScan::Found::kNeedMore:
        if (whole) return Piece::Damaged(most, Reason::kRecordTooLarge);
        return at_end ? Piece::Truncated(text.size(), Reason::kTruncatedRecord) : Piece::NeedMore();
    }
  }
  if (end_ > 0) return WithBetween(window, at_end, Piece::Record(end_));
  const size_t next = FindRecord(text, most, scan_.own(), &broken_);
  if (next == text.npos && !whole && !at_end) return Piece::NeedMore();
  return Piece::Damaged(std::min({next, most, text.size()}), Reason::kNotWellFormed);
}

}  // namespace marcd
