// Whether two frames say the same.
#ifndef MARCD_TESTS_SUPPORT_SAME_FRAME_H_
#define MARCD_TESTS_SUPPORT_SAME_FRAME_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/record/record_view.h"
#include "core/text/normalize.h"

namespace marcd {

// What is compared of a frame: the leader but for 00-04 and 09-16, and each field, in
// normal form C. Record flags are not; of fields in `without` neither.
inline std::vector<std::string> Comparable(absl::string_view frame,
                                           absl::string_view without = "") {
  const auto record = RecordView::Parse(frame);
  if (!record.ok()) return {std::string(record.status().message())};
  const absl::string_view leader = record->leader();
  std::vector<std::string> parts = {absl::StrCat(leader.substr(5, 4), "|", leader.substr(17))};
  for (uint32_t i = 0; i < record->size(); ++i) {
    const FieldView field = record->field(i);
    if (field.tag() == without) continue;
    std::string text = absl::StrCat(field.tag(), field.payload());
    NormalizeNfc(&text, 0);
    parts.push_back(std::move(text));
  }
  return parts;
}

}  // namespace marcd

#endif  // MARCD_TESTS_SUPPORT_SAME_FRAME_H_
