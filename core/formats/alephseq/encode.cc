#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "core/formats/alephseq/alephseq.h"
#include "core/formats/lines/lines.h"
#include "core/framing/leader_signs.h"
#include "core/framing/line_signs.h"

namespace marcd {
namespace {

constexpr char kBlank = '^';

// One for each record, nearly, and the same each time: FNV-1a of what it holds.
std::string NumberOf(absl::string_view payloads) {
  uint64_t hash = 14'695'981'039'346'656'037u;
  for (const char c : payloads) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
  }
  constexpr uint64_t kNumbers = 1'000'000'000;
  return absl::StrCat(hash % kNumbers);
}

std::string SystemNumber(const RecordView& record) {
  std::string number;
  for (uint32_t i = 0; i < record.size() && number.empty(); ++i) {
    const FieldView field = record.field(i);
    if (field.tag() != "001") continue;
    if (field.payload().size() > kAlephNumber || !IsDigits(field.payload())) break;
    number = std::string(field.payload());
  }
  if (number.empty()) number = NumberOf(record.payloads());
  return std::string(kAlephNumber - number.size(), '0') + number;
}

class Encoder {
 public:
  Encoder(const RecordView& record, std::string* out, std::vector<Finding>* notes)
      : number_(SystemNumber(record)), out_(*out), notes_(notes) {
    for (uint32_t i = 0; i < record.size(); ++i) {
      if (record.field(i).tag() == "001") return;
    }
    notes_.Add(Reason::kNotMarcShaped, "001",
               "There is no 001: who reads this makes one of the system number");
  }

  void Leader(absl::string_view leader) {
    Begin("LDR", "  ");
    Fixed("LDR", lines::TrueLeader(leader, false));
    out_ += '\n';
  }

  void Field(const FieldView& field) {
    if (field.tag() == "LDR") {
      notes_.Add(Reason::kNotMarcShaped, field.tag(),
                 "A field with this tag would be read as a leader: it is left out");
      return;
    }
    if (field.is_control()) {
      Begin(field.tag(), "  ");
      Fixed(field.tag(), field.payload());
    } else {
      Begin(field.tag(), field.payload().substr(0, 2));
      Subfields(field);
    }
    out_ += '\n';
  }

 private:
  void Begin(absl::string_view tag, absl::string_view indicators) {
    absl::StrAppend(&out_, number_, " ", lines::TagInLine(tag, &notes_), indicators, " L ");
  }

  void Fixed(absl::string_view tag, absl::string_view text) {
    if (text.find(kBlank) != absl::string_view::npos) {
      Cannot(tag, "`^` stands in the text, and is read as a blank");
    }
    for (const char c : text) out_ += c == ' ' ? kBlank : OnOneLine(tag, c);
  }

  void Subfields(const FieldView& field) {
    absl::string_view rest = field.subfields();
    bool first = true;
    for (SubfieldView subfield; FieldView::NextSubfield(&rest, &subfield); first = false) {
      const bool bare = first && subfield.code == ' ' && !IsDigits(field.tag()) &&
                        !subfield.value.empty() && subfield.value[0] != '$';
      if (!bare) absl::StrAppend(&out_, "$$", std::string(1, subfield.code));
      Value(field.tag(), subfield.value, !rest.empty());
    }
  }

  void Value(absl::string_view tag, absl::string_view value, bool another_follows) {
    for (size_t i = 0; i < value.size(); ++i) {
      out_ += OnOneLine(tag, value[i]);
      const bool last = i + 1 == value.size();
      if (value[i] != '$' || !(last ? another_follows : value[i + 1] == '$')) continue;
      Cannot(tag, "`$$` in the text would begin a subfield: a blank is put behind `$`");
      out_ += ' ';
    }
  }

  char OnOneLine(absl::string_view tag, char c) {
    if (c != '\n' && c != '\r') return c;
    Cannot(tag, "A line end stands in the text; a blank is written for it");
    return ' ';
  }

  void Cannot(absl::string_view tag, absl::string_view message) {
    notes_.Add(Reason::kCharacterNotAllowed, tag, message);
  }

  const std::string number_;
  std::string& out_;
  lines::EncodeNotes notes_;
};

}  // namespace

std::optional<Finding> EncodeAlephSequential(const RecordView& record, const EncodeOptions& options,
                                             std::string* out, std::vector<Finding>* notes) {
  (void)options;
  Encoder encoder(record, out, notes);
  encoder.Leader(record.leader());
  for (uint32_t i = 0; i < record.size(); ++i) encoder.Field(record.field(i));
  return std::nullopt;
}

}  // namespace marcd
