// Aleph sequential, in which Ex Libris' Aleph loads and unloads records.
//
//   000000794 LDR   L ^^^^^nam^a22003011^^4500
//   000000794 24514 L $$aThe descent of manuscripts.
//
// Of each line: the system number in nine digits, a blank, the tag, two indicators, a
// blank, the alphabet (`L` for Latin), a blank, and the content; of a data field that is
// subfields, each `$$`, its code and its text; of the leader and the control fields text in
// which `^` is a blank. As the Aleph readers of Catmandu and of ruby's marc_alephsequential:
// a line without a system number goes on with the line before it; content without `$$` is a
// subfield a. That of a field whose tag is no number, such as FMT, is a subfield whose code
// is a blank, and is written so.
//
// There are no escapes: what a value has of line ends, of `$$` and, in fixed fields, of `^`
// cannot be written, and is replaced with a note.
// All functions are those of Format (core/formats/format.h); thread-safe.
#ifndef MARCD_CORE_FORMATS_ALEPHSEQ_ALEPHSEQ_H_
#define MARCD_CORE_FORMATS_ALEPHSEQ_ALEPHSEQ_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/decode_options.h"
#include "core/formats/encode_options.h"
#include "core/record/record_view.h"

namespace marcd {

bool SniffAlephSequential(absl::string_view head);

// A record without 001 gets one of its system number, which is noted.
std::optional<Finding> DecodeAlephSequential(absl::string_view record, const DecodeOptions& options,
                                             std::string* frames, std::vector<Finding>* notes);
bool MendAlephSequential(absl::string_view record, const DecodeOptions& options,
                         std::string* frames, std::vector<Finding>* findings);

// In UTF-8. The system number is that of 001, if it is of nine digits or less; else one
// made of what the record holds.
std::optional<Finding> EncodeAlephSequential(const RecordView& record, const EncodeOptions& options,
                                             std::string* out, std::vector<Finding>* notes);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_ALEPHSEQ_ALEPHSEQ_H_
