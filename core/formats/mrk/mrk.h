// MARCMaker's mnemonic text: mrk, and mrk8, where it is in UTF-8.
//
//   =LDR  00000nam\a2200000\i\4500
//   =001  ocm1
//   =245  10$aTitle with {dollar}5$bin a {eacute}
//
// Rules: MARCMaker 2.5 and MARCBreaker, Library of Congress (www.loc.gov/marc/makrbrkr.html),
// and what MarcEdit writes. `=TAG`, two blanks, then of a control field and of the leader the
// text, in which `\` is a blank; of a data field two indicators, `\` for a blank, and
// subfields, each `$`, its code and its text. Mnemonics: mnemonics.h. A line that begins no
// field goes on with the field before it.
//
// A record is in UTF-8 if leader/09 says so, or if it holds characters of UTF-8; then
// `&#x1234;` is text. Else it is MARC-8, or what the options say, and that is a character.
// All functions are those of Format (core/formats/format.h); thread-safe.
#ifndef MARCD_CORE_FORMATS_MRK_MRK_H_
#define MARCD_CORE_FORMATS_MRK_MRK_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/decode_options.h"
#include "core/formats/encode_options.h"
#include "core/record/record_view.h"

namespace marcd {

bool SniffMrk(absl::string_view head);

std::optional<Finding> DecodeMrk(absl::string_view record, const DecodeOptions& options,
                                 std::string* frames, std::vector<Finding>* notes);
bool MendMrk(absl::string_view record, const DecodeOptions& options, std::string* frames,
             std::vector<Finding>* findings);

// In UTF-8; with options.marc8 in ASCII, with mnemonics for all else and references for
// what has none. Reading either gives the record, the latter in normal form C, with a true
// leader/09. A field whose tag is the leader's is left out, with a note.
std::optional<Finding> EncodeMrk(const RecordView& record, const EncodeOptions& options,
                                 std::string* out, std::vector<Finding>* notes);

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_MRK_MRK_H_
