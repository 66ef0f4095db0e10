#include "core/framing/piece_framer.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/strings/match.h"

namespace marcd {
namespace {

// A gap is reported at least this often, so that a read's position moves on.
// A block has no more records than it would have of this size, in bytes: of a great
// many tiny and damaged ones what is said is much more than what they hold.
constexpr size_t kSmallRecord = 64;
constexpr uint64_t kLongestGap = 8 * 1024 * 1024;

// What bytes are that were compressed, but not opened where they are: in others, pushed, or
// in a format that is not read. (RFC 1952; .xz file format 1.1.0; RFC 8878; bzip2's manual;
// lzma's usual properties and the low bytes of its window; compress; APPNOTE.TXT.)
GapNote NoteOfHead(absl::string_view head) {
  constexpr std::pair<absl::string_view, GapNote> kMagics[] = {
      {"\x1F\x8B\x08", GapNote::kGzip},
      {"\xFD"
       "7zXZ",
       GapNote::kXz},
      {"\x28\xB5\x2F\xFD", GapNote::kZstd},
      {"BZh", GapNote::kBzip2},
      {{"]\0\0", 3}, GapNote::kLzma},
      {"\x1F\x9D", GapNote::kCompress},
      {"PK\x03\x04", GapNote::kZip},
  };
  for (const auto& [magic, note] : kMagics) {
    if (absl::StartsWith(head, magic)) return note;
  }
  return GapNote::kNone;
}

// Filler behind bytes that are no record belongs to them: a file that is no MARC
// is one gap.
Reason MergedReason(const std::optional<Gap>& before, Reason reason) {
  return before.has_value() && reason == Reason::kBytesBetweenRecords ? before->reason : reason;
}

}  // namespace

void PieceFramer::FlushGap(Block* block) {
  if (!open_gap_.has_value()) return;
  block->source_bytes += open_gap_->length;
  block->gaps.push_back(*open_gap_);
  open_gap_.reset();
}

void PieceFramer::AddGap(uint64_t offset, const Piece& piece, Block* block) {
  const Reason reason = MergedReason(open_gap_, piece.reason);
  if (open_gap_.has_value() && open_gap_->reason != reason) FlushGap(block);
  for (uint64_t left = piece.length; left > 0;) {
    if (open_gap_.has_value() && open_gap_->length == kLongestGap) FlushGap(block);
    if (!open_gap_.has_value()) open_gap_ = Gap{offset, 0, reason};
    if (open_gap_->note == GapNote::kNone) open_gap_->note = piece.note;
    const uint64_t more = std::min(left, kLongestGap - open_gap_->length);
    open_gap_->length += more;
    offset += more;
    left -= more;
  }
}

void PieceFramer::AddRecord(size_t begin, const Piece& piece, size_t parts, Block* block) {
  FlushGap(block);
  RecordSpan record;
  record.begin = static_cast<uint32_t>(begin);
  record.length = static_cast<uint32_t>(piece.length);
  if (piece.kind == Piece::kDamagedRecord) record.damage = piece.reason;
  if (piece.length > options_.max_record_bytes) record.damage = Reason::kRecordTooLarge;
  if (parts > 0) record.parts = static_cast<uint32_t>(parts);
  block->records.push_back(record);
  block->source_bytes += piece.length;
}

// What the block has been given is consumed.
void PieceFramer::Finish(const Source& source, bool incomplete, bool more, Block* block) {
  if (block->end || (more && options_.tell_open_gaps)) FlushGap(block);
  ordinal_ += block->records.size();
  position_.offset = open_gap_.has_value() ? open_gap_->offset : source.offset();
  position_.ordinal = ordinal_;
  if (incomplete) {
    // A read resumed after the file has grown finds this record whole.
    position_.offset -= block->records.back().length;
    position_.ordinal -= 1;
  }
  block->next_offset = position_.offset;
  block->next_ordinal = position_.ordinal;
}

std::optional<Block> PieceFramer::Next(Source& source, size_t target_bytes) {
  const absl::string_view window = source.window();
  Block block;
  block.buffer = source.buffer();
  block.buffer_offset = source.buffer_offset();
  block.offset = source.offset();
  block.first_ordinal = ordinal_;
  if (!account_.has_value()) account_.emplace(source.offset(), ordinal_);
  size_t at = 0;
  bool incomplete = false;
  bool more = false;
  // A gap that may still grow is not a block yet, however long it is.
  const auto nothing_yet = [&] { return block.records.empty() && block.gaps.empty(); };
  const size_t most_records = target_bytes / kSmallRecord + 1;
  while (((at < target_bytes && block.records.size() < most_records) || nothing_yet()) && !more &&
         !block.end) {
    const uint64_t offset = block.offset + at;
    if (offset >= options_.end_offset || (at == window.size() && source.at_end())) {
      block.end = true;
      break;
    }
    const size_t parts = block.part_lengths.size();
    Piece piece = at == window.size()
                      ? Piece::NeedMore()
                      : Look(window.substr(at), offset, source.at_end(), &block.part_lengths);
    if (piece.kind == Piece::kNeedMore) {
      more = true;
    } else if (piece.kind == Piece::kGap) {
      if (offset == 0 && piece.reason == Reason::kNotARecord && piece.note == GapNote::kNone) {
        piece.note = NoteOfHead(window);
      }
      AddGap(offset, piece, &block);
    } else {
      AddRecord(at, piece, block.part_lengths.size() - parts, &block);
      // Nothing follows: the position that is told here is the last one.
      incomplete = block.end = piece.incomplete;
    }
    at += piece.length;
  }
  source.Consume(at);
  Finish(source, incomplete, more, &block);
  if (nothing_yet() && !block.end) return std::nullopt;
  assert(account_->Add(block).ok());
  assert(!block.end || account_->offset() == source.offset());
  return block;
}

}  // namespace marcd
