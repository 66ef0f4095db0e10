// Framing as pymarc 5.4's MARCReader has it: by the declared length alone.
//
// A record is as long as its first five bytes say, as Python's int() reads them.
// At a length that is no number, at one that reaches past the end, and at a
// record whose last byte is not 0x1D pymarc stops: what it had read by then is
// the record, and all the rest is a gap, kPymarcStop. What is wrong with a record
// is for the client's codec to find out.
//
// Where a length is below 5, pymarc takes the rest of the file for one record in
// silence. Here Iso2709Rule says what lies there, and the walk goes on behind it; at what
// is no record it stops, and the five bytes are what it had read.
//
// A walk resumed at any boundary goes on as the first one did, except behind a
// stop: that there was one cannot be seen from there.
#ifndef MARCD_CORE_FRAMING_PYMARC_FRAMER_H_
#define MARCD_CORE_FRAMING_PYMARC_FRAMER_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/framing/iso2709_rule.h"
#include "core/framing/piece_framer.h"

namespace marcd {

class PymarcFramer final : public PieceFramer {
 public:
  explicit PymarcFramer(const FramerOptions& options)
      : PieceFramer(options), rule_(options.max_record_bytes) {}

 private:
  Piece Look(absl::string_view window, uint64_t offset, bool at_end,
             std::vector<uint32_t>* part_lengths) override;
  Piece LookClosely(absl::string_view window, uint64_t offset, bool at_end);

  Iso2709Rule rule_;
  bool stopped_ = false;
};

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_PYMARC_FRAMER_H_
