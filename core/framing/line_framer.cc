#include "core/framing/line_framer.h"

#include "core/framing/leader_signs.h"

namespace marcd {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr size_t kNowhere = absl::string_view::npos;
// How many bytes of empty lines belong to the record before them.
constexpr size_t kMostEmpty = 1024;
// A line that belongs to no record is looked at in pieces of this size.
constexpr size_t kLongestLine = 256 * 1024;

// What a line is to the record that is being framed.
enum class Line { kPart, kBeginning, kMarkup, kOther };

bool HasLeader(LineDialect dialect, absl::string_view text) {
  switch (dialect) {
    case LineDialect::kMrk:
      return IsMrkLeader(text);
    case LineDialect::kAlephSequential:
      return IsAlephField(text) && AlephTag(text) == "LDR";
    case LineDialect::kYazLine:
      return IsYazLeader(text);
  }
  return false;
}

bool HasField(LineDialect dialect, absl::string_view text) {
  switch (dialect) {
    case LineDialect::kMrk:
      return IsMrkField(text);
    case LineDialect::kAlephSequential:
      return IsAlephField(text);
    case LineDialect::kYazLine:
      // A tag of letters may be a word.
      return IsYazField(text) && IsDigits(text.substr(0, 3));
  }
  return false;
}

// Whether the line at the front of `text` is in view as far as it is looked at.
bool IsInSight(absl::string_view text, bool at_end) {
  return at_end || text.size() >= kLineSight || text.find('\n') != kNowhere;
}

// The length of the line at the front with its end, at most `limit`; 0 if that is not
// in view.
size_t LineLength(absl::string_view text, size_t limit, bool at_end) {
  const size_t end = text.substr(0, limit).find('\n');
  if (end != kNowhere) return end + 1;
  return text.size() >= limit ? limit : at_end ? text.size() : 0;
}

// The length of the empty lines at the front, at most kMostEmpty bytes; kNowhere if
// there may be more of them than are in view.
size_t EmptyLength(absl::string_view text, bool at_end) {
  const absl::string_view view = text.substr(0, kMostEmpty);
  const bool whole = at_end || text.size() > kMostEmpty;
  size_t at = 0;
  for (;;) {
    const size_t end = view.find('\n', at);
    const absl::string_view line = view.substr(at, end == kNowhere ? kNowhere : end - at);
    if (!IsBlankLine(line)) return at;
    if (end != kNowhere) {
      at = end + 1;
    } else if (!whole) {
      return kNowhere;
    } else {
      // Blanks that are cut by the limit may be a line's beginning.
      return view.size() == text.size() ? text.size() : at;
    }
  }
}

// What the line at the front is outside of a record.
Line Classify(LineDialect dialect, absl::string_view text) {
  if (HasLeader(dialect, text) || HasField(dialect, text)) return Line::kBeginning;
  if (dialect == LineDialect::kYazLine && text[0] == '(') return Line::kMarkup;
  return Line::kOther;
}

// What a line is to the record that it follows.
class Follower {
 public:
  Follower(LineDialect dialect, absl::string_view record)
      : dialect_(dialect),
        number_(dialect == LineDialect::kAlephSequential ? record.substr(0, kAlephNumber) : ""),
        has_leader_(HasLeader(dialect, record)) {}

  Line Classify(absl::string_view text) {
    if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) return Line::kBeginning;
    const bool leader = HasLeader(dialect_, text);
    if (dialect_ != LineDialect::kAlephSequential) return leader ? Line::kBeginning : Line::kPart;
    if (!IsAlephField(text)) return Line::kOther;
    if (text.substr(0, kAlephNumber) != number_ || (leader && has_leader_)) {
      return Line::kBeginning;
    }
    has_leader_ = has_leader_ || leader;
    return Line::kPart;
  }

 private:
  const LineDialect dialect_;
  const absl::string_view number_;
  bool has_leader_;
};

}  // namespace

Piece LineFramer::Look(absl::string_view window, uint64_t offset, bool at_end,
                       std::vector<uint32_t>* part_lengths) {
  (void)part_lengths;
  if (middle_at_ == offset && offset > 0) {
    return SkipLine(window, offset, at_end, Reason::kNotARecord);
  }
  if (!IsInSight(window, at_end)) return Piece::NeedMore();
  if (window.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    return Piece::GapOf(kByteOrderMark.size(), Reason::kBytesBetweenRecords);
  }
  const size_t empty = EmptyLength(window, at_end);
  if (empty == kNowhere) return Piece::NeedMore();
  if (empty > 0) return Piece::GapOf(empty, Reason::kBytesBetweenRecords);
  switch (Classify(dialect_, window)) {
    case Line::kBeginning:
      return TakeRecord(window, offset, at_end);
    case Line::kMarkup:
      return SkipLine(window, offset, at_end, Reason::kMarkup);
    default:
      return SkipLine(window, offset, at_end, Reason::kNotARecord);
  }
}

Piece LineFramer::SkipLine(absl::string_view window, uint64_t offset, bool at_end, Reason reason) {
  const size_t length = LineLength(window, kLongestLine, at_end);
  if (length == 0) return Piece::NeedMore();
  middle_at_ = window[length - 1] == '\n' ? 0 : offset + length;
  return Piece::GapOf(length, reason);
}

Piece LineFramer::TakeRecord(absl::string_view window, uint64_t offset, bool at_end) {
  const size_t most = options().max_record_bytes + 1;
  Follower follower(dialect_, window);
  size_t at = 0;
  for (;;) {
    const size_t length = LineLength(window.substr(at), most - at, at_end);
    if (length == 0) return Piece::NeedMore();
    at += length;
    if (at == most && window[at - 1] != '\n') middle_at_ = offset + at;
    if (at == most || (at_end && at == window.size())) return Piece::Record(at);
    const absl::string_view rest = window.substr(at);
    if (!IsInSight(rest, at_end)) return Piece::NeedMore();
    const size_t empty = EmptyLength(rest, at_end);
    if (empty == kNowhere) return Piece::NeedMore();
    if (empty == 0) {
      // Of Aleph's, a line that is no field is the rest of the one before it.
      if (follower.Classify(rest) == Line::kBeginning) return Piece::Record(at);
      continue;
    }
    at += empty;
    if (dialect_ != LineDialect::kAlephSequential || at >= most) return Piece::Record(at);
    if (at_end && at == window.size()) return Piece::Record(at);
    if (!IsInSight(window.substr(at), at_end)) return Piece::NeedMore();
    // Behind an empty line it is that only if it is a field of the record.
    if (empty == kMostEmpty || follower.Classify(window.substr(at)) != Line::kPart) {
      return Piece::Record(at);
    }
  }
}

}  // namespace marcd
