#include "core/formats/iso2709/notes.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/record/leader_values.h"

namespace marcd::iso2709 {
namespace {

Finding Note(Reason reason, std::string message) {
  return MakeFinding(reason, Disposition::kNoted, std::move(message));
}

}  // namespace

void NoteLeader(absl::string_view record, std::vector<Finding>* notes) {
  const absl::string_view leader = record.substr(0, kLeaderSize);
  if (HasDefinedValues(leader)) return;
  Finding note = Note(Reason::kLeaderValue,
                      absl::StrCat("Leader has undefined values: ", DescribeLeaderValues(leader)));
  note.variables = {{"leader", EscapeBytes(leader)}};
  notes->push_back(std::move(note));
}

void NoteLayout(const Parts& parts, absl::Span<const Extent> extents, std::vector<Finding>* notes) {
  if (extents.empty()) {
    notes->push_back(Note(Reason::kNoFields, std::string(RowOf(Reason::kNoFields).what)));
  }
  std::vector<std::pair<size_t, size_t>> places;  // start and entry, by start
  for (size_t i = 0; i < extents.size(); ++i) places.emplace_back(extents[i].start, i);
  if (!std::is_sorted(places.begin(), places.end())) {
    notes->push_back(
        Note(Reason::kFieldsOutOfOrder, std::string(RowOf(Reason::kFieldsOutOfOrder).what)));
    std::sort(places.begin(), places.end());
  }
  size_t covered = 0;  // the data before it belong to some field
  size_t unreferenced = 0;
  size_t overlaps = 0;
  std::string example;
  size_t hole = parts.data.size();
  for (const auto& [start, index] : places) {
    const size_t end = start + extents[index].length + 1;
    if (start > covered) {
      hole = std::min(hole, covered);
      unreferenced += start - covered;
    } else if (start < covered && overlaps++ == 0) {
      example = EscapeBytes(parts.tag(index));
    }
    covered = std::max(covered, end);
  }
  if (covered < parts.data.size()) {
    hole = std::min(hole, covered);
    unreferenced += parts.data.size() - covered;
  }
  if (overlaps > 0) {
    Finding note =
        Note(Reason::kFieldsOverlap,
             absl::StrCat("Field ", example, " lies on bytes of another field",
                          overlaps > 1 ? absl::StrCat(", and ", overlaps - 1, " more") : ""));
    note.tag = example;
    notes->push_back(std::move(note));
  }
  if (unreferenced > 0) {
    Finding note = Note(
        Reason::kDataUnreferenced,
        absl::StrCat(unreferenced, " bytes of the data belong to no field; the first, at byte ",
                     hole, " of the data: ", EscapeBytes(parts.data.substr(hole, 32))));
    note.variables = {{"bytes", absl::StrCat(unreferenced)}, {"byte", absl::StrCat(hole)}};
    notes->push_back(std::move(note));
  }
}

}  // namespace marcd::iso2709
