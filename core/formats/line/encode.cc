#include "absl/strings/str_cat.h"
#include "core/formats/line/line.h"
#include "core/formats/line/subfields.h"
#include "core/formats/lines/lines.h"
#include "core/framing/leader_signs.h"
#include "core/framing/line_signs.h"

namespace marcd {
namespace {

class Encoder {
 public:
  Encoder(std::string* out, std::vector<Finding>* notes) : out_(*out), notes_(notes) {}

  void Leader(absl::string_view leader) {
    std::string written = lines::TrueLeader(leader, false);
    if (!IsDigits(absl::string_view(written).substr(0, 5))) written.replace(0, 5, "00000");
    Text("LDR", written);
    out_ += '\n';
  }

  void Field(const FieldView& field) {
    const std::string tag = lines::TagInLine(field.tag(), &notes_);
    if (tag == field.tag() && !IsYazField(absl::StrCat(tag, " "))) {
      notes_.Add(Reason::kNotMarcShaped, field.tag(),
                 "A field whose tag is not of letters and digits would not be read as one");
    }
    absl::StrAppend(&out_, tag, " ");
    if (field.is_control()) {
      Text(field.tag(), field.payload());
    } else {
      Text(field.tag(), field.payload().substr(0, 2));
      absl::string_view rest = field.subfields();
      for (SubfieldView subfield; FieldView::NextSubfield(&rest, &subfield);) {
        absl::StrAppend(&out_, " $", std::string(1, subfield.code), " ");
        // Together with the blank before it, for that may make a beginning of it.
        const std::string before = absl::StrCat(" ", subfield.value, " ");
        if (line::FindSubfield(before, true) != absl::string_view::npos) {
          Cannot(field.tag(), "The text has what is read as the beginning of a subfield");
        }
        if (!line::IsCode(subfield.code)) {
          Cannot(field.tag(), "A subfield's code is one that is not read as such");
        }
        Text(field.tag(), subfield.value);
      }
    }
    out_ += '\n';
  }

 private:
  void Text(absl::string_view tag, absl::string_view text) {
    for (const char c : text) {
      const bool ends_line = c == '\n' || c == '\r';
      if (ends_line) Cannot(tag, "A line end stands in the text; a blank is written for it");
      out_ += ends_line ? ' ' : c;
    }
  }

  void Cannot(absl::string_view tag, absl::string_view message) {
    notes_.Add(Reason::kCharacterNotAllowed, tag, message);
  }

  std::string& out_;
  lines::EncodeNotes notes_;
};

}  // namespace

std::optional<Finding> EncodeLine(const RecordView& record, const EncodeOptions& options,
                                  std::string* out, std::vector<Finding>* notes) {
  (void)options;
  Encoder encoder(out, notes);
  encoder.Leader(record.leader());
  for (uint32_t i = 0; i < record.size(); ++i) encoder.Field(record.field(i));
  out->push_back('\n');
  return std::nullopt;
}

}  // namespace marcd
