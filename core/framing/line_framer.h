// Framing of the formats in which a record is some lines of text.
//
// - mrk: a record begins at a leader, `=LDR` or `=000`; one that has lost it, at any
//   field. It ends behind the empty lines that follow it, or before the next leader.
// - alephseq: a record is the fields with the same system number that follow each other,
//   and the lines between them that are no field; a second leader, `LDR`, begins another
//   record. (A number that comes again later is another record too.)
// - line: as mrk, its leader being a line of 24 characters. Lines in parentheses between
//   two records are comments.
//
// A line ends with LF or CRLF; lines of blanks alone are empty. Of the empty lines behind
// a record up to 1024 bytes belong to it. Other lines are a gap: kNotARecord, kMarkup for
// comments, kBytesBetweenRecords for empty lines and byte order marks.
//
// A record that the source's end cuts is taken for whole: nothing in these formats tells.
// What is found depends on the bytes from a record's first one on, not on how much of
// them is in view. Of a record over max_record_bytes one byte more than these is taken,
// marked kRecordTooLarge; what follows is framed as what it looks like.
#ifndef MARCD_CORE_FRAMING_LINE_FRAMER_H_
#define MARCD_CORE_FRAMING_LINE_FRAMER_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/framing/line_signs.h"
#include "core/framing/piece_framer.h"

namespace marcd {

class LineFramer final : public PieceFramer {
 public:
  LineFramer(LineDialect dialect, const FramerOptions& options)
      : PieceFramer(options), dialect_(dialect) {}

 private:
  Piece Look(absl::string_view window, uint64_t offset, bool at_end,
             std::vector<uint32_t>* part_lengths) override;
  // A gap of the line at the front, as far as it is looked at once.
  Piece SkipLine(absl::string_view window, uint64_t offset, bool at_end, Reason reason);
  // The record at the front.
  Piece TakeRecord(absl::string_view window, uint64_t offset, bool at_end);

  const LineDialect dialect_;
  // Where in the source the middle of a line stands that was too long to be looked at
  // as a whole; nowhere if 0.
  uint64_t middle_at_ = 0;
};

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_LINE_FRAMER_H_
