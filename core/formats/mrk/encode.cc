#include "absl/strings/str_cat.h"
#include "core/formats/lines/lines.h"
#include "core/formats/mrk/mnemonics.h"
#include "core/formats/mrk/mrk.h"
#include "core/framing/line_signs.h"

namespace marcd {
namespace {

constexpr char kBlank = '\\';

class Encoder {
 public:
  Encoder(const EncodeOptions& options, std::string* out, lines::EncodeNotes* notes)
      : options_(options), out_(*out), notes_(notes) {}

  void Leader(absl::string_view leader) {
    out_ += "=LDR  ";
    Text(lines::TrueLeader(leader, options_.marc8), kBlank);
    out_ += '\n';
  }

  void Field(const FieldView& field) {
    absl::StrAppend(&out_, "=", lines::TagInLine(field.tag(), notes_), "  ");
    if (field.is_control()) {
      Text(field.payload(), kBlank);
    } else {
      Text(field.payload().substr(0, 2), kBlank);
      absl::string_view rest = field.subfields();
      for (SubfieldView subfield; FieldView::NextSubfield(&rest, &subfield);) {
        out_ += '$';
        out_ += subfield.code;
        Text(subfield.value, ' ');
      }
    }
    out_ += '\n';
  }

  // How many characters are written as references.
  size_t references() const { return references_; }

 private:
  void Text(absl::string_view text, char blank) {
    if (options_.marc8) {
      references_ += mrk::WriteAscii(text, blank, &out_);
    } else {
      mrk::WriteUtf8(text, blank, &out_);
    }
  }

  const EncodeOptions& options_;
  std::string& out_;
  lines::EncodeNotes* const notes_;
  size_t references_ = 0;
};

}  // namespace

std::optional<Finding> EncodeMrk(const RecordView& record, const EncodeOptions& options,
                                 std::string* out, std::vector<Finding>* notes) {
  const size_t begin = out->size();
  const size_t notes_before = notes->size();
  lines::EncodeNotes said(notes);
  Encoder encoder(options, out, &said);
  encoder.Leader(record.leader());
  for (uint32_t i = 0; i < record.size(); ++i) {
    const FieldView field = record.field(i);
    if (IsMrkLeader(absl::StrCat("=", field.tag()))) {
      said.Add(Reason::kNotMarcShaped, field.tag(),
               "A field with this tag would be read as a leader: it is left out");
      continue;
    }
    const size_t references = encoder.references();
    encoder.Field(field);
    if (encoder.references() == references) continue;
    const std::string message =
        absl::StrCat(encoder.references() - references, " characters have no mnemonic");
    if (options.unmappable == Unmappable::kError) {
      out->resize(begin);
      notes->resize(notes_before);
      Finding fault = MakeFinding(Reason::kCharacterUnmappable, Disposition::kSkipped, message);
      fault.tag = std::string(field.tag());
      return fault;
    }
    said.Add(Reason::kCharacterUnmappable, field.tag(),
             absl::StrCat(message, " and are written as references"));
  }
  out->push_back('\n');
  return std::nullopt;
}

}  // namespace marcd
