#include "core/framing/json_framer.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace marcd {
namespace {

using json::Begins;
using json::ObjectScan;

// What separates a record from the next and belongs to it.
constexpr size_t kMostBetween = 4096;
// A string, a number or a word around records that is longer is none.
constexpr size_t kLongestToken = 128;

// How far a record's begin reaches.
constexpr size_t kBeginReach = 512;

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsMarkup(char c) { return json::IsBetween(c) || c == '[' || c == ']' || c == '}' || c == ':'; }

// Of numbers, `true`, `false` and `null`.
bool IsWordByte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' ||
         c == 'E';
}

bool IsWord(absl::string_view text) {
  return text == "true" || text == "false" || text == "null" ||
         ((text[0] == '-' || (text[0] >= '0' && text[0] <= '9')) &&
          text.find_first_not_of("0123456789+-.eE") == text.npos);
}

// How many bytes at the front of `text` the predicate holds of.
template <typename Predicate>
size_t RunOf(absl::string_view text, Predicate holds) {
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), holds) - text.begin());
}

// A byte that is neither JSON nor begins a record; what is behind it is looked at anew, so
// that it does not matter how much is in view.
Piece Stray() { return Piece::GapOf(1, Reason::kNotARecord); }

// What stands at the front of `window` and is no object.
Piece LookAround(absl::string_view window, bool at_end) {
  if (const size_t markup = RunOf(window, IsMarkup)) return Piece::GapOf(markup, Reason::kMarkup);
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
    if (end < brace) return Piece::GapOf(end, Reason::kMarkup);
    return more && brace == seen.npos ? Piece::NeedMore() : Stray();
  }
  const size_t word = RunOf(seen, IsWordByte);
  if (word == seen.size() && more) return Piece::NeedMore();
  return word > 0 && IsWord(seen.substr(0, word)) ? Piece::GapOf(word, Reason::kMarkup) : Stray();
}

// With what separates it from the next.
Piece WithBetween(absl::string_view window, bool at_end, Piece piece) {
  const absl::string_view behind = window.substr(piece.length);
  const size_t between = RunOf(behind.substr(0, kMostBetween), json::IsBetween);
  if (between == behind.size() && between < kMostBetween && !at_end) return Piece::NeedMore();
  piece.length += between;
  return piece;
}

// The first place from `*at` on where a record begins, whatever stands before it; npos if
// none is in view, and `*at` is where to go on when more is.
size_t FindRecord(absl::string_view text, absl::string_view own, size_t* at) {
  for (;; ++*at) {
    *at = std::min(text.find('{', *at), text.size());
    if (*at == text.size()) return text.npos;
    const Begins begins = json::BeginsRecord(text, *at, own, /*broken=*/true);
    if (begins == Begins::kYes) return *at;
    if (begins == Begins::kUnknown) return text.npos;
  }
}

// What an object is, as far as its members have been looked at.
struct Members {
  enum What {
    kUnknown,  // more must be in view
    kGoOn,     // nothing tells yet
    kRecord,
    kNoRecord,
    kAround,
    kBroken,
  } what = kUnknown;
  // How long what there is of it is; of a record the first name.
  size_t length = 0;
  absl::string_view own;
};

bool IsBlankOr(char c, absl::string_view signs) {
  return json::IsBlank(c) || signs.find(c) != signs.npos;
}

// Skips what stands in an object's members, `*at` on, as far as the next name or the end
// of the object; what it is, if something in there tells.
Members SkipValue(absl::string_view text, size_t* at) {
  size_t depth = 0;
  for (; *at < text.size(); ++*at) {
    const char c = text[*at];
    if (c == '"') {
      const char before = text[*at - 1];
      if (!IsBlankOr(before, "{[,:")) return {Members::kBroken, *at, ""};
      const size_t end = json::StringEnd(text, *at);
      if (end == text.npos) {
        return text.find('\n', *at) == text.npos ? Members()
                                                 : Members{Members::kBroken, *at + 1, ""};
      }
      *at = end - 1;
    } else if (c == '{' || c == '[') {
      const Begins begins =
          c == '{' ? json::BeginsRecord(text, *at, "", /*broken=*/false) : Begins::kNo;
      if (begins == Begins::kYes) return {Members::kAround, *at, ""};
      if (begins == Begins::kUnknown) return Members();
      if (++depth > json::kMostDepth) return {Members::kBroken, *at, ""};
    } else if (c == '}' || c == ']') {
      if (depth == 0) return {Members::kGoOn, 0, ""};
      --depth;
    } else if (c == ',' && depth == 0) {
      return {Members::kGoOn, 0, ""};
    } else if (!IsWordByte(c) && !IsMarkup(c)) {
      return {Members::kBroken, *at, ""};
    }
  }
  return Members();
}

// `text` begins with a brace.
Members LookAtMembers(absl::string_view text) {
  absl::string_view own;
  for (size_t at = 1;;) {
    at += RunOf(text.substr(at), json::IsBetween);
    if (at == text.size()) return Members();
    if (text[at] == '}') return {Members::kNoRecord, at + 1, ""};
    if (text[at] != '"') return {Members::kBroken, at, ""};
    absl::string_view name;
    size_t value = 0;
    bool broken = false;
    if (!json::ReadName(text, at, &name, &value, &broken)) {
      return broken ? Members{Members::kBroken, at, ""} : Members();
    }
    if (own.empty()) own = name;
    if (json::IsRecordName(name)) return {Members::kRecord, 0, own};
    if (json::IsWrapperName(name) && text[value] == '[') return {Members::kAround, value + 1, ""};
    at = value;
    const Members inside = SkipValue(text, &at);
    if (inside.what != Members::kGoOn) return inside;
    if (text[at] == ']') return {Members::kBroken, at, ""};
  }
}

}  // namespace

Piece JsonFramer::Look(absl::string_view window, uint64_t offset, bool at_end,
                       std::vector<uint32_t>*) {
  if (window[0] != '{') return LookAround(window, at_end);
  if (record_ == offset) return LookAtRecord(window, at_end);
  const absl::string_view text = window.substr(0, options().max_record_bytes);
  const bool whole = text.size() == options().max_record_bytes;
  const Members look = LookAtMembers(text);
  switch (look.what) {
    case Members::kGoOn:
    case Members::kUnknown:
      if (whole) return Piece::GapOf(text.size(), Reason::kNotARecord);
      return at_end ? Piece::Truncated(text.size(), Reason::kTruncatedRecord) : Piece::NeedMore();
    case Members::kAround:
      return Piece::GapOf(look.length, Reason::kMarkup);
    case Members::kBroken: {
      // What was taken for a string may have had the next record's begin in it.
      if (text.size() < look.length + kBeginReach && !whole && !at_end) return Piece::NeedMore();
      size_t from = 1;
      const size_t next = FindRecord(text.substr(0, look.length + kBeginReach), "", &from);
      return Piece::GapOf(std::min(next, look.length), Reason::kNotARecord);
    }
    case Members::kNoRecord:
      return WithBetween(window, at_end, Piece::GapOf(look.length, Reason::kNotARecord));
    case Members::kRecord:
      break;
  }
  record_ = offset;
  scan_.Begin(look.own);
  end_ = broken_ = 0;
  return LookAtRecord(window, at_end);
}

Piece JsonFramer::LookAtRecord(absl::string_view window, bool at_end) {
  const absl::string_view text = window.substr(0, options().max_record_bytes);
  const bool whole = text.size() == options().max_record_bytes;
  if (end_ == 0 && broken_ == 0) {
    switch (scan_.Next(text)) {
      case ObjectScan::Found::kEnd:
        end_ = scan_.at();
        break;
      case ObjectScan::Found::kRecord:
        return Piece::Damaged(scan_.at(), Reason::kNotWellFormed);
      case ObjectScan::Found::kBroken:
        broken_ = 1;
        break;
      case ObjectScan::Found::kUnknown:
      case ObjectScan::Found::kNeedMore:
        if (whole) return Piece::Damaged(text.size(), Reason::kRecordTooLarge);
        return at_end ? Piece::Truncated(text.size(), Reason::kTruncatedRecord) : Piece::NeedMore();
    }
  }
  if (end_ > 0) return WithBetween(window, at_end, Piece::Record(end_));
  const size_t next = FindRecord(text, scan_.own(), &broken_);
  if (next == text.npos && !whole && !at_end) return Piece::NeedMore();
  return Piece::Damaged(std::min(next, text.size()), Reason::kNotWellFormed);
}

}  // namespace marcd
