#include "absl/strings/str_cat.h"
#include "core/formats/text/text.h"

namespace marcd {
namespace {

// Blanks are shown as `\`.
void AppendShown(absl::string_view text, std::string* out) {
  for (const char c : text) out->push_back(c == ' ' ? '\\' : c);
}

}  // namespace

std::optional<Finding> EncodeText(const RecordView& record, const EncodeOptions& options,
                                  std::string* out, std::vector<Finding>* notes) {
  (void)options;
  (void)notes;
  absl::StrAppend(out, "=LDR  ", record.leader(), "\n");
  for (uint32_t i = 0; i < record.size(); ++i) {
    const FieldView field = record.field(i);
    absl::StrAppend(out, "=", field.tag(), "  ");
    if (field.is_control()) {
      AppendShown(field.payload(), out);
    } else {
      AppendShown(field.payload().substr(0, 2), out);
      absl::string_view rest = field.subfields();
      for (SubfieldView subfield; FieldView::NextSubfield(&rest, &subfield);) {
        out->push_back('$');
        out->push_back(subfield.code);
        absl::StrAppend(out, subfield.value);
      }
    }
    out->push_back('\n');
  }
  return std::nullopt;
}

}  // namespace marcd
