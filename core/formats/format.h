// The formats that can be read and written, in one table.
//
// To add one: a folder beside iso2709/ with these functions, and a row in
// format.cc. Nothing else knows which formats there are.
#ifndef MARCD_CORE_FORMATS_FORMAT_H_
#define MARCD_CORE_FORMATS_FORMAT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/decode_options.h"
#include "core/formats/document.h"
#include "core/formats/encode_options.h"
#include "core/framing/framer.h"
#include "core/record/record_view.h"

namespace marcd {

// Functions that a format has no use for are null: `sniff`, `make_framer`, `decode`, `mend` and
// `describe_damage` of one that is written only.
struct Format {
  // Its value in marcd.v1.RecordFormat.
  int id;
  // Its name in answers, such as `iso2709`.
  absl::string_view name;
  // Whether a source beginning with `head` is in this format.
  bool (*sniff)(absl::string_view head);
  // What a record cannot be decoded without and the source's first bytes say, such as an
  // XML document's encoding and its DOCTYPE: it goes into DecodeOptions::context.
  std::string (*context)(absl::string_view head);
  std::unique_ptr<Framer> (*make_framer)(const FramerOptions& options);
  // The same where records end as pymarc has it; null where pymarc has no such format.
  std::unique_ptr<Framer> (*make_pymarc_framer)(const FramerOptions& options);
  // Appends an undamaged record's frame, and notes of it; or says why it cannot be
  // decoded, and appends nothing.
  std::optional<Finding> (*decode)(absl::string_view record, const DecodeOptions& options,
                                   std::string* frames, std::vector<Finding>* notes);
  // Appends the frame of what can be read of a damaged record, and what was mended;
  // or, if nothing can, one finding; whether there is a frame.
  bool (*mend)(absl::string_view record, const DecodeOptions& options, std::string* frames,
               std::vector<Finding>* findings);
  // The finding about a record whose boundaries framing calls damaged.
  Finding (*describe_damage)(Reason damage, absl::string_view record, uint64_t offset);
  // What a file in this format has around the records that `encode` gives.
  Document (*document)(const EncodeOptions& options);
  // Appends the record in this format, and notes of what it could not hold; or says why
  // it cannot be written, and appends nothing. The frame is not undecoded; raw ones come to
  // ISO 2709 alone.
  std::optional<Finding> (*encode)(const RecordView& record, const EncodeOptions& options,
                                   std::string* out, std::vector<Finding>* notes);
  // The suffixes of files in this format, each with its dot and in small letters, with a blank
  // between two.
  absl::string_view suffixes = {};
};

absl::Span<const Format> AllFormats();

// The format with this id, or null.
const Format* FindFormat(int id);

// The format whose sniff recognises `head`, or null.
const Format* SniffFormat(absl::string_view head);

// The format that a file called `name` is to be in by its suffix, in letters of either size, or
// null. A compression's suffix is to be taken off before.
const Format* FormatBySuffix(absl::string_view name);

// What a source is read as when no format recognises it: its framing finds
// records in the midst of other bytes and accounts for all of them.
const Format& FallbackFormat();

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_FORMAT_H_
