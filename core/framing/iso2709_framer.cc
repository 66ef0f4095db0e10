#include "core/framing/iso2709_framer.h"

#include <algorithm>

#include "core/base/bytes.h"
#include "core/framing/leader_signs.h"

namespace marcd {
namespace {

constexpr size_t kEntryBytes = 12;

// The bytes of the record's first 001, without terminators; empty when it has
// none, or one that lies outside of the record.
absl::string_view ControlNumber(absl::string_view record) {
  const int32_t base = ParseDigits(record.substr(12, 5));
  const size_t directory_end = std::min<size_t>(std::max(base, 0), record.size());
  for (size_t at = kLeaderBytes; at + kEntryBytes <= directory_end; at += kEntryBytes) {
    const absl::string_view entry = record.substr(at, kEntryBytes);
    if (entry.substr(0, 3) != "001") continue;
    const int32_t length = ParseDigits(entry.substr(3, 4));
    const int32_t start = ParseDigits(entry.substr(7, 5));
    if (length < 1 || start < 0) return {};
    const size_t begin = static_cast<size_t>(base) + static_cast<size_t>(start);
    if (begin + static_cast<size_t>(length) > record.size()) return {};
    const absl::string_view field = record.substr(begin, length);
    return field.substr(0, field.find_first_of("\x1E\x1D"));
  }
  return {};
}

}  // namespace

Piece Iso2709Framer::Look(absl::string_view window, uint64_t offset, bool at_end,
                          std::vector<uint32_t>* part_lengths) {
  const Piece piece = rule_.Look(window, offset, at_end);
  if (!options().join_continued || piece.kind != Piece::kRecord) return piece;
  return Join(window, piece.length, at_end, part_lengths);
}

Piece Iso2709Framer::Join(absl::string_view window, size_t first, bool at_end,
                          std::vector<uint32_t>* part_lengths) const {
  const absl::string_view number = ControlNumber(window.substr(0, first));
  if (number.empty()) return Piece::Record(first);
  std::vector<uint32_t> lengths = {static_cast<uint32_t>(first)};
  size_t size = first;
  for (;;) {
    const absl::string_view next = window.substr(size);
    const size_t declared = std::max(DeclaredLength(next), 0);
    // That the group ends here must not be for want of bytes in view.
    if (!at_end && next.size() < std::max<size_t>(declared, kLeaderBytes)) return Piece::NeedMore();
    const size_t length = AgreedLength(next);
    if (length == 0 || size + length > options().max_record_bytes ||
        ControlNumber(next.substr(0, length)) != number) {
      break;
    }
    lengths.push_back(static_cast<uint32_t>(length));
    size += length;
  }
  if (lengths.size() > 1) {
    part_lengths->insert(part_lengths->end(), lengths.begin(), lengths.end());
  }
  return Piece::Record(size);
}

}  // namespace marcd
