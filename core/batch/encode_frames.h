// Frames of a client's → text in a format.
#ifndef MARCD_CORE_BATCH_ENCODE_FRAMES_H_
#define MARCD_CORE_BATCH_ENCODE_FRAMES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/encode_options.h"

namespace marcd {

struct Format;  // core/formats/format.h

struct EncodePlan {
  // Points into the table of formats. Without `encode` only undecoded frames can be written.
  const Format* format = nullptr;
  EncodeOptions options;
};

// Consecutive records of a file, encoded.
struct EncodedRecords {
  std::string text;
  // What the format could not hold. Of each: `ordinal` is the record's place among those that are
  // written, from 0, and `index` that in its batch.
  std::vector<Diagnostic> diagnostics;
  // Why a record cannot be written; then nothing of `text` is to be.
  absl::Status error;
};

// Encodes the frames that stand end to end in `frames` and have these lengths; the first of them is
// the file's record number `first`, from 0, and what stands between two records comes before each
// but that one. A pure function: safe to call from any thread. Nothing is believed of the frames.
// The payload of an undecoded one is written as it is.
//
// Errors, with metadata `record` (the number, from 0), `control_number` if it has one, and `tag`:
//   INVALID_ARGUMENT FRAME_INVALID        one is no frame, or not in UTF-8.
//   INVALID_ARGUMENT RAW_FRAME            raw text has a place in ISO 2709 alone.
//   INVALID_ARGUMENT NOT_SINGLE           a second record into a document of one.
//   INVALID_ARGUMENT, a finding's reason  the format has no room for it.
//   UNIMPLEMENTED FORMAT_UNSUPPORTED      the format is not written.
EncodedRecords EncodeFrames(absl::string_view frames, absl::Span<const uint32_t> lengths,
                            uint64_t first, const EncodePlan& plan);

}  // namespace marcd

#endif  // MARCD_CORE_BATCH_ENCODE_FRAMES_H_
