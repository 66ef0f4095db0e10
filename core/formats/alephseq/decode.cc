#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/formats/alephseq/alephseq.h"
#include "core/formats/lines/lines.h"
#include "core/formats/loose_record.h"
#include "core/framing/leader_signs.h"
#include "core/framing/line_signs.h"
#include "core/record/frame.h"

namespace marcd {
namespace {

constexpr absl::string_view kMark = "$$";
constexpr size_t kCodingScheme = 9;
constexpr size_t kShown = 32;

absl::string_view ContentOf(absl::string_view line) {
  return line.substr(std::min(line.size(), kAlephContent));
}

bool IsLeader(absl::string_view line) { return IsAlephField(line) && AlephTag(line) == "LDR"; }

char CodingScheme(absl::string_view record) {
  for (absl::string_view line; lines::NextLine(&record, &line);) {
    if (!IsLeader(line)) continue;
    const absl::string_view leader = ContentOf(line);
    return leader.size() > kCodingScheme ? leader[kCodingScheme] : ' ';
  }
  return ' ';
}

// Whether a number of digits and another are the same but for zeros before them.
bool IsSameNumber(absl::string_view a, absl::string_view b) {
  const auto trim = [](absl::string_view text) {
    return text.substr(std::min(text.size(), text.find_first_not_of('0')));
  };
  return trim(a) == trim(b);
}

class Decoder {
 public:
  Decoder(absl::string_view record, const DecodeOptions& options, LooseRecord* out)
      : options_(options),
        text_(record, CodingScheme(record), options.text, &findings_),
        out_(*out) {
    for (Finding& finding : findings_) out_.Add(std::move(finding));
  }

  void Run(absl::string_view record) {
    std::string joined;
    const absl::string_view number = lines::FirstLineOf(record).substr(0, kAlephNumber);
    MakeControlNumber(record, number);
    for (absl::string_view line; lines::NextLine(&record, &line);) {
      if (IsBlankLine(line)) continue;
      if (!IsAlephField(line)) {
        Repair(absl::StrCat("A line is no field: ", EscapeBytes(line.substr(0, kShown))));
        continue;
      }
      if (!IsDigits(line.substr(0, kAlephNumber))) {
        Repair(absl::StrCat("The system number is not nine digits: ",
                            EscapeBytes(line.substr(0, kAlephNumber))));
      }
      Field(Whole(line, &record, &joined));
    }
  }

 private:
  void Repair(std::string message) {
    out_.Add(MakeFinding(Reason::kNotMarcShaped, Disposition::kRepaired, std::move(message)));
  }
  void Note(std::string message) {
    out_.Add(MakeFinding(Reason::kNotMarcShaped, Disposition::kNoted, std::move(message)));
  }

  // A record has its system number in 001, or nothing of it would be left.
  void MakeControlNumber(absl::string_view record, absl::string_view number) {
    bool is_there = false;
    for (absl::string_view line; lines::NextLine(&record, &line);) {
      if (!IsAlephField(line) || AlephTag(line) != "001") continue;
      is_there = true;
      if (!IsSameNumber(ContentOf(line), number) && options_.notes) {
        Note(absl::StrCat("The system number ", EscapeBytes(number), " is not that of 001"));
      }
      break;
    }
    if (is_there || !IsDigits(number)) return;
    Note("There is no 001: it is made from the system number");
    out_.BeginControlField("001");
    out_.AppendText(number);
    out_.EndField();
  }

  // The field that begins with `line`, with the lines of `rest` that go on with it.
  absl::string_view Whole(absl::string_view line, absl::string_view* rest, std::string* joined) {
    joined->assign(line.data(), line.size());
    for (absl::string_view after = *rest, next; lines::NextLine(&after, &next); *rest = after) {
      if (IsAlephField(next) || IsBlankLine(next)) break;
      if (joined->size() == line.size()) {
        Repair(absl::StrCat("A line end stands in the field ", EscapeBytes(AlephTag(line)),
                            "; it is left out"));
      }
      joined->append(next.data(), next.size());
    }
    return joined->size() == line.size() ? line : absl::string_view(*joined);
  }

  void Field(absl::string_view line) {
    const absl::string_view tag = AlephTag(line);
    const absl::string_view content = ContentOf(line);
    if (line.size() < kAlephContent - 1 || line[kAlephAlphabet - 1] != ' ') {
      Repair(absl::StrCat("A field has no content: ", EscapeBytes(line.substr(0, kShown))));
    } else if (line[kAlephAlphabet] != 'L' && options_.notes) {
      Note(absl::StrCat("A field is said to be in another alphabet than Latin: ",
                        EscapeBytes(line.substr(kAlephAlphabet, 1))));
    }
    if (tag == "LDR") {
      out_.SetLeader(lines::Replaced(content, '^', ' '));
      return;
    }
    if (IsControlTag(tag)) {
      out_.BeginControlField(tag);
      text_.AppendTo(lines::Replaced(content, '^', ' '), &out_);
    } else {
      out_.BeginDataField(tag, Indicator(line, 0), Indicator(line, 1));
      Subfields(IsDigits(tag), content);
    }
    out_.EndField();
  }

  static absl::string_view Indicator(absl::string_view line, size_t which) {
    const size_t at = kAlephIndicators + which;
    return at < line.size() ? line.substr(at, 1) : " ";
  }

  void Subfields(bool is_numbered, absl::string_view content) {
    const absl::string_view before = content.substr(0, content.find(kMark));
    content.remove_prefix(before.size());
    if (!before.empty()) {
      if (is_numbered) {
        out_.AddToField(Reason::kSubfieldDelimiterMissing,
                        "Text stands before the first subfield; it becomes a subfield a");
      }
      out_.BeginSubfield(is_numbered ? "a" : " ");
      text_.AppendTo(before, &out_);
    }
    while (!content.empty()) {
      content.remove_prefix(kMark.size());
      const size_t code = content.empty() ? 0 : lines::CharLength(content);
      out_.BeginSubfield(content.substr(0, code));
      content.remove_prefix(code);
      const absl::string_view value = content.substr(0, content.find(kMark));
      text_.AppendTo(value, &out_);
      content.remove_prefix(value.size());
    }
  }

  const DecodeOptions& options_;
  std::vector<Finding> findings_;
  const lines::RecordText text_;
  LooseRecord& out_;
};

}  // namespace

std::optional<Finding> DecodeAlephSequential(absl::string_view record, const DecodeOptions& options,
                                             std::string* frames, std::vector<Finding>* notes) {
  LooseRecord loose(options);
  Decoder(record, options, &loose).Run(record);
  return loose.Decode(frames, notes);
}

bool MendAlephSequential(absl::string_view record, const DecodeOptions& options,
                         std::string* frames, std::vector<Finding>* findings) {
  LooseRecord loose(options);
  Decoder(record, options, &loose).Run(record);
  return loose.Mend(record, frames, findings);
}

bool SniffAlephSequential(absl::string_view head) {
  const absl::string_view line = lines::FirstLineOf(head);
  return line.size() >= kAlephContent - 1 && IsDigits(line.substr(0, kAlephNumber)) &&
         line[kAlephNumber] == ' ' && line[kAlephAlphabet - 1] == ' ' &&
         line[kAlephAlphabet] >= 'A' && line[kAlephAlphabet] <= 'Z' &&
         (line.size() < kAlephContent || line[kAlephContent - 1] == ' ');
}

}  // namespace marcd
