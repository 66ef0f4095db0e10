// Framing of MARC records in JSON.
//
// A record is an object that has a member `leader`, `fields`, `controlfield`, `datafield`
// or (FOLIO's) `parsedRecord`. It may be an element of an array, stand anywhere in objects
// that are none themselves, or be one of many objects one after the other: one a line,
// printed over many lines, or each behind U+001E (RFC 7464). What stands around records is a gap;
// the comma and the blanks behind a record belong to it. Which objects are records, and
// where a damaged one ends, is written out in docs/formats.md, "JSON".
//
// What surrounds a record does not matter to where it ends, so a walk may begin at any
// record. Of a record up to FramerOptions::max_record_bytes are in view at once; arrays
// may be of any length.
#ifndef MARCD_CORE_FRAMING_JSON_FRAMER_H_
#define MARCD_CORE_FRAMING_JSON_FRAMER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/framing/json_scan.h"
#include "core/framing/piece_framer.h"

namespace marcd {

class JsonFramer final : public PieceFramer {
 public:
  explicit JsonFramer(const FramerOptions& options) : PieceFramer(options) {}

 private:
  Piece Look(absl::string_view window, uint64_t offset, bool at_end,
             std::vector<uint32_t>* part_lengths) override;
  Piece LookAtRecord(absl::string_view window, bool at_end);

  // How far the record that begins at `record_` has been looked at.
  uint64_t record_ = UINT64_MAX;
  json::ObjectScan scan_;
  // Where it ends; or, if it is broken, from where on the next one is looked for; or 0.
  size_t end_ = 0;
  size_t broken_ = 0;
};

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_JSON_FRAMER_H_
