#include "core/source/forward_source.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"

namespace marcd {
namespace {

// Of what has been read ahead this much is left free for the window's rest: the beginning
// of a record. Where it does not fit both are copied.
constexpr size_t kRoomAhead = 64 * 1024;

}  // namespace

absl::Status ForwardSource::Fill() {
  if (at_end_) return absl::OkStatus();
  MARCD_RETURN_IF_ERROR(PassOver());
  if (!piece_.has_value()) {
    MARCD_RETURN_IF_ERROR(fault_);
    const size_t rest = window().size();
    if (rest >= options_.max_window_bytes) {
      return MakeError(
          absl::StatusCode::kResourceExhausted, "WINDOW_FULL",
          absl::StrCat("what begins at byte ", offset_, " of the bytes that ", holder_,
                       " holds is longer than the limit of ", options_.max_window_bytes, " bytes"),
          {{"path", holder_}, {"offset", absl::StrCat(offset_)}});
    }
    ReadPiece(rest, std::min(ChunkSize(), options_.max_window_bytes - rest));
  }
  return TakePiece();
}

absl::StatusOr<bool> ForwardSource::FillAtOnce() {
  if (!piece_.has_value()) return false;
  MARCD_RETURN_IF_ERROR(TakePiece());
  return true;
}

bool ForwardSource::CanReadAhead() const {
  return !at_end_ && fault_.ok() && !piece_.has_value() && chunk_ == options_.chunk_bytes &&
         window().size() + options_.chunk_bytes <= options_.max_window_bytes;
}

void ForwardSource::ReadAhead() { ReadPiece(kRoomAhead, options_.chunk_bytes); }

void ForwardSource::ReadPiece(size_t room, size_t size) {
  Piece piece;
  // Not make_shared<char[]>: it would write zeros first.
  piece.data.reset(new char[room + size]);
  piece.room = room;
  while (piece.size < size && !piece.at_end) {
    const absl::StatusOr<size_t> given =
        Read(piece.data.get() + room + piece.size, size - piece.size);
    if (!given.ok()) {
      fault_ = given.status();
      break;
    }
    piece.at_end = *given == 0;
    piece.size += *given;
  }
  piece_ = std::move(piece);
}

// Makes the piece, behind what is left of it, the window.
absl::Status ForwardSource::TakePiece() {
  Piece piece = *std::exchange(piece_, std::nullopt);
  // What came before a fault is given first.
  if (piece.size == 0 && !fault_.ok()) return fault_;
  const absl::string_view rest = window();
  if (rest.size() > piece.room) {
    const std::shared_ptr<char[]> longer(new char[rest.size() + piece.size]);
    std::memcpy(longer.get() + rest.size(), piece.data.get() + piece.room, piece.size);
    piece.data = longer;
    piece.room = rest.size();
  }
  const size_t begin = piece.room - rest.size();
  rest.copy(piece.data.get() + begin, rest.size());
  chunk_ = ChunkSize();
  buffer_ = {std::move(piece.data), piece.room + piece.size};
  begin_ = begin;
  filled_at_ = offset_;
  at_end_ = piece.at_end;
  return absl::OkStatus();
}

// As FileSource's: a window that did not move holds a piece of one long record.
size_t ForwardSource::ChunkSize() const {
  const bool moved = chunk_ == 0 || offset_ != filled_at_;
  return moved ? options_.chunk_bytes : std::min(2 * chunk_, options_.max_window_bytes);
}

absl::Status ForwardSource::PassOver() {
  if (left_out_ == 0) return absl::OkStatus();
  std::vector<char> some(options_.chunk_bytes);
  while (left_out_ > 0) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(left_out_, some.size()));
    MARCD_ASSIGN_OR_RETURN(const size_t given, Read(some.data(), wanted));
    if (given == 0) {
      return MakeError(absl::StatusCode::kOutOfRange, "OFFSET_PAST_END",
                       absl::StrCat("cannot read ", holder_, " from byte ", offset_,
                                    ": what it holds has only ", offset_ - left_out_, " bytes"),
                       {{"path", holder_}, {"offset", absl::StrCat(offset_)}});
    }
    left_out_ -= given;
  }
  return absl::OkStatus();
}

}  // namespace marcd
