#include "core/formats/json/notes.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/diagnostics/diagnostic.h"
#include "core/record/frame.h"
#include "core/record/leader_values.h"

namespace marcd::json {

void NoteLeader(const DecodeOptions& options, absl::string_view leader, LooseRecord* loose) {
  if (!options.notes || leader.size() != kLeaderSize || HasDefinedValues(leader)) return;
  loose->Add(
      MakeFinding(Reason::kLeaderValue, Disposition::kNoted,
                  absl::StrCat("Leader has undefined values: ", DescribeLeaderValues(leader))));
}

void NoteNoFields(const DecodeOptions& options, LooseRecord* loose) {
  if (!options.notes) return;
  loose->Add(MakeFinding(Reason::kNoFields, Disposition::kNoted,
                         std::string(RowOf(Reason::kNoFields).what)));
}

}  // namespace marcd::json
