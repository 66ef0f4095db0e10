#include "core/framing/iso2709_framer.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/base/bytes.h"

namespace marcd {
namespace {

constexpr char kTerminator = 0x1D;
constexpr size_t kLeader = 24;
// A leader, the directory's terminator and the record's.
constexpr size_t kShortestRecord = kLeader + 2;
// The longest that a leader can say, in five digits.
constexpr size_t kLongestLength = 99'999;
// A gap is reported at least this often, so that a read's position moves on.
constexpr uint64_t kLongestGap = 8 * 1024 * 1024;

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

// The length that a leader at the front of `text` gives; -1 when it gives none.
int32_t DeclaredLength(absl::string_view text) {
  return text.size() < 5 ? -1 : ParseDigits(text.substr(0, 5));
}

// Whether a leader stands at the front of `text`: both lengths in digits, and
// neither too small to be one.
bool HasLeader(absl::string_view text) {
  if (text.size() < kLeader) return false;
  return ParseDigits(text.substr(0, 5)) >= static_cast<int32_t>(kShortestRecord) &&
         ParseDigits(text.substr(12, 5)) > static_cast<int32_t>(kLeader);
}

// Whether a leader stands at the front of `text`, line ends apart, and nothing
// that can be seen contradicts its length.
bool HasAgreeingLeader(absl::string_view text) {
  while (!text.empty() && (text[0] == '\n' || text[0] == '\r')) text.remove_prefix(1);
  if (!HasLeader(text)) return false;
  const auto length = static_cast<size_t>(DeclaredLength(text));
  return length > text.size() || text[length - 1] == kTerminator;
}

// Where the first terminator in `text` stands; text.size() when there is none.
size_t FindTerminator(absl::string_view text) {
  const void* const at = std::memchr(text.data(), kTerminator, text.size());
  return at == nullptr ? text.size() : static_cast<const char*>(at) - text.data();
}

// The first place after 0 where a leader declares exactly `end`; 0 if none does.
size_t FindLeaderOf(absl::string_view text, size_t end) {
  for (size_t x = 1; x + kShortestRecord <= end; ++x) {
    if (DeclaredLength(text.substr(x, 5)) == static_cast<int64_t>(end - x) &&
        HasLeader(text.substr(x))) {
      return x;
    }
  }
  return 0;
}

}  // namespace

Iso2709Framer::Piece Iso2709Framer::Record(size_t length, std::optional<Reason> damage) {
  Piece piece;
  piece.kind = Piece::kRecord;
  piece.length = length;
  piece.damage = damage;
  return piece;
}

Iso2709Framer::Piece Iso2709Framer::GapOf(size_t length, Reason reason) {
  Piece piece;
  piece.kind = Piece::kGap;
  piece.length = length;
  piece.gap = reason;
  return piece;
}

Iso2709Framer::Piece Iso2709Framer::Look(absl::string_view window, uint64_t offset, bool at_end) {
  const int32_t declared = DeclaredLength(window);
  if (declared >= static_cast<int32_t>(kShortestRecord)) {
    const auto length = static_cast<size_t>(declared);
    if (length <= window.size() && window[length - 1] == kTerminator &&
        FindTerminator(window.substr(0, length)) == length - 1) {
      return Record(length);
    }
  } else if (const size_t filler = FillerLength(window); filler > 0) {
    return GapOf(filler, Reason::kBytesBetweenRecords);
  }
  return Resolve(window, offset, at_end);
}

size_t Iso2709Framer::TerminatorEnd(absl::string_view text, uint64_t offset) {
  const bool known = offset >= clear_from_ && offset <= clear_to_;
  const size_t skip = known ? std::min<uint64_t>(clear_to_ - offset, text.size()) : 0;
  const size_t at = skip + FindTerminator(text.substr(skip));
  clear_from_ = offset;
  clear_to_ = offset + at;
  return at == text.size() ? 0 : at + 1;
}

size_t Iso2709Framer::LeaderOf(absl::string_view text, uint64_t offset, size_t end) {
  if (offset >= leaderless_from_ && offset + end == leaderless_end_) return 0;
  const size_t found = FindLeaderOf(text, end);
  if (found == 0) {
    leaderless_from_ = offset;
    leaderless_end_ = offset + end;
  }
  return found;
}

// `window` does not begin with a record on whose end both witnesses agree.
Iso2709Framer::Piece Iso2709Framer::Resolve(absl::string_view window, uint64_t offset,
                                            bool at_end) {
  const int32_t declared = DeclaredLength(window);
  const size_t length = declared < static_cast<int32_t>(kShortestRecord) ? 0 : declared;
  // A terminator further away is none: what is decided must not depend on how
  // much of the source happens to be in view.
  const size_t horizon = std::max(options_.max_record_bytes, kLongestLength);
  const size_t end = TerminatorEnd(window.substr(0, horizon), offset);
  // A leader past either end must be in view to be judged.
  const size_t wanted = std::max(length, end) + kLeader + 2;
  if (!at_end && (window.size() < wanted || (end == 0 && window.size() < horizon))) {
    return Piece{};
  }
  if (end == 0) {
    return at_end && window.size() <= horizon ? ResolveUnterminated(window)
                                              : GapOf(horizon, Reason::kNotARecord);
  }
  const bool length_in_view = length > 0 && length <= window.size();
  if (length_in_view && window[length - 1] == kTerminator &&
      !HasAgreeingLeader(window.substr(end))) {
    return Record(length);  // the earlier terminator is inside a field
  }
  if (length_in_view && length < end && HasLeader(window.substr(length))) {
    return Record(length, Reason::kMissingTerminator);
  }
  if (const size_t next = LeaderOf(window, offset, end); next > 0) {
    return HasLeader(window) && next >= kShortestRecord ? Record(next, Reason::kMissingTerminator)
                                                        : GapOf(next, Reason::kNotARecord);
  }
  if (end < kShortestRecord) return GapOf(end, Reason::kNotARecord);
  if (declared < 0) return Record(end, Reason::kLengthNotDigits);
  return Record(end, declared < static_cast<int32_t>(kLeader) ? Reason::kLengthTooSmall
                                                              : Reason::kLengthMismatch);
}

// `window` is the rest of the source, and no terminator is in it.
Iso2709Framer::Piece Iso2709Framer::ResolveUnterminated(absl::string_view window) const {
  const size_t size = window.size();
  const bool begins_with_digits = ParseDigits(window.substr(0, 5)) >= 0;
  if (begins_with_digits && size < kLeader) {
    Piece piece = Record(size, Reason::kTruncatedLeader);
    piece.incomplete = true;
    return piece;
  }
  if (HasLeader(window)) {
    const auto length = static_cast<size_t>(DeclaredLength(window));
    if (length == size || (length < size && HasLeader(window.substr(length)))) {
      return Record(length, Reason::kMissingTerminator);
    }
    Piece piece =
        Record(size, length > size ? Reason::kTruncatedRecord : Reason::kMissingTerminator);
    piece.incomplete = length > size;
    return piece;
  }
  for (size_t x = 1; x + kLeader <= size; ++x) {
    if (HasLeader(window.substr(x))) return GapOf(x, Reason::kNotARecord);
  }
  return GapOf(size, Reason::kNotARecord);
}

void Iso2709Framer::FlushGap(Block* block) {
  if (!open_gap_.has_value()) return;
  block->source_bytes += open_gap_->length;
  block->gaps.push_back(*open_gap_);
  open_gap_.reset();
}

void Iso2709Framer::AddGap(uint64_t offset, const Piece& piece, Block* block) {
  const bool extends = open_gap_.has_value() && open_gap_->reason == piece.gap &&
                       open_gap_->length + piece.length <= kLongestGap;
  if (!extends) {
    FlushGap(block);
    open_gap_ = Gap{offset, 0, piece.gap};
  }
  open_gap_->length += piece.length;
}

std::optional<Block> Iso2709Framer::Next(Source& source, size_t target_bytes) {
  const absl::string_view window = source.window();
  Block block;
  block.buffer = source.buffer();
  block.buffer_offset = source.buffer_offset();
  block.offset = source.offset();
  block.first_ordinal = ordinal_;
  size_t at = 0;
  bool incomplete = false;
  bool more = false;
  // A gap that may still grow is not a block yet, however long it is.
  const auto nothing_yet = [&] { return block.records.empty() && block.gaps.empty(); };
  while ((at < target_bytes || nothing_yet()) && !more) {
    if (block.offset + at >= options_.end_offset || (at == window.size() && source.at_end())) {
      block.end = true;
      break;
    }
    Piece piece =
        at == window.size() ? Piece{} : Look(window.substr(at), block.offset + at, source.at_end());
    if (piece.kind == Piece::kNeedMore) {
      more = true;
    } else if (piece.kind == Piece::kGap) {
      AddGap(block.offset + at, piece, &block);
    } else {
      FlushGap(&block);
      if (piece.length > options_.max_record_bytes) piece.damage = Reason::kRecordTooLarge;
      block.records.push_back(
          {static_cast<uint32_t>(at), static_cast<uint32_t>(piece.length), piece.damage});
      block.source_bytes += piece.length;
      incomplete = piece.incomplete;
    }
    at += piece.length;
  }
  source.Consume(at);
  ordinal_ += block.records.size();
  if (block.end) FlushGap(&block);
  position_.offset = open_gap_.has_value() ? open_gap_->offset : source.offset();
  position_.ordinal = ordinal_;
  if (incomplete) {
    // A read resumed after the file has grown finds this record whole.
    position_.offset -= block.records.back().length;
    position_.ordinal -= 1;
  }
  block.next_offset = position_.offset;
  block.next_ordinal = position_.ordinal;
  if (nothing_yet() && !block.end) return std::nullopt;
  return block;
}

}  // namespace marcd
