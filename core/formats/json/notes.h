// Notes about records that are as JSON should have them.
#ifndef MARCD_CORE_FORMATS_JSON_NOTES_H_
#define MARCD_CORE_FORMATS_JSON_NOTES_H_

#include "absl/strings/string_view.h"
#include "core/formats/decode_options.h"
#include "core/formats/loose_record.h"

namespace marcd::json {

// Where `options.notes` asks for notes: of values of the leader that are not defined (of
// one of another length there is a finding), and of a record without fields.
void NoteLeader(const DecodeOptions& options, absl::string_view leader, LooseRecord* loose);
void NoteNoFields(const DecodeOptions& options, LooseRecord* loose);

}  // namespace marcd::json

#endif  // MARCD_CORE_FORMATS_JSON_NOTES_H_
