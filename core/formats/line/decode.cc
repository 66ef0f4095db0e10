#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/formats/line/line.h"
#include "core/formats/line/subfields.h"
#include "core/formats/lines/lines.h"
#include "core/formats/loose_record.h"
#include "core/framing/leader_signs.h"
#include "core/framing/line_signs.h"
#include "core/record/frame.h"

namespace marcd {
namespace {

constexpr absl::string_view kContinued = "    ";
// A line at least this long that ends in `=` is continued without a blank.
constexpr size_t kLongLine = 60;
constexpr size_t kTextAt = 4;  // behind the tag and a blank
constexpr size_t kCodingScheme = 9;
constexpr size_t kShown = 32;

char CodingScheme(absl::string_view record) {
  for (absl::string_view line; lines::NextLine(&record, &line);) {
    if (IsYazLeader(line)) return line[kCodingScheme];
  }
  return ' ';
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
    for (absl::string_view line; lines::NextLine(&record, &line);) {
      if (IsBlankLine(line)) continue;
      line = Whole(line, &record, &joined);
      if (IsYazLeader(line)) {
        out_.SetLeader(line);
      } else if (line[0] == '(') {
        if (options_.notes) Odd(Disposition::kNoted, "A comment is left out: ", line);
      } else if (line.size() >= kTextAt && line[kTextAt - 1] == ' ') {
        Field(line.substr(0, kTagSize), line.substr(kTextAt));
      } else {
        Odd(Disposition::kRepaired, "A line is no field: ", line);
      }
    }
  }

 private:
  void Odd(Disposition disposition, absl::string_view what, absl::string_view line) {
    out_.Add(MakeFinding(Reason::kNotMarcShaped, disposition,
                         absl::StrCat(what, EscapeBytes(line.substr(0, kShown)))));
  }

  // `line`, with those of `rest` that go on with it.
  static absl::string_view Whole(absl::string_view line, absl::string_view* rest,
                                 std::string* joined) {
    joined->clear();
    for (absl::string_view after = *rest, next; lines::NextLine(&after, &next); *rest = after) {
      if (next.substr(0, kContinued.size()) != kContinued || IsBlankLine(next)) break;
      if (joined->empty()) joined->assign(line.data(), line.size());
      if (joined->size() > kLongLine && joined->back() == '=') {
        joined->pop_back();
      } else {
        joined->push_back(' ');
      }
      next.remove_prefix(kContinued.size());
      joined->append(next.data(), next.size());
    }
    return joined->empty() ? line : absl::string_view(*joined);
  }

  void Field(absl::string_view tag, absl::string_view text) {
    if (IsControlTag(tag)) {
      out_.BeginControlField(tag);
      text_.AppendTo(text, &out_);
    } else {
      DataField(tag, text);
    }
    out_.EndField();
  }

  void DataField(absl::string_view tag, absl::string_view text) {
    // Indicators may not be ASCII, or not be there.
    const bool has_indicators =
        text.size() >= 2 && (text.size() == 2 || text[2] == ' ' || text[2] == '$');
    out_.BeginDataField(tag, has_indicators ? text.substr(0, 1) : "",
                        has_indicators ? text.substr(1, 1) : "");
    if (has_indicators) text.remove_prefix(2);
    const size_t first = text.substr(0, 1) == " " ? 1 : 0;
    // The first subfield tells whether blanks stand around codes.
    const bool begins = text.substr(first, 1) == "$" && text.size() > first + 1;
    const bool spaced = begins ? text.substr(first + 2, 1) == " " || text.size() == first + 2
                               : line::FindSubfield(text, true) != absl::string_view::npos;
    if (!begins) text = Before(text, spaced);
    for (bool at_first = begins; !text.empty(); at_first = false) {
      text.remove_prefix(spaced && !at_first ? 1 : at_first ? first : 0);
      const size_t code = lines::CharLength(text.substr(1));
      out_.BeginSubfield(text.substr(1, code));
      text.remove_prefix(1 + code);
      if (spaced && text.substr(0, 1) == " ") text.remove_prefix(1);
      const absl::string_view value = text.substr(0, line::FindSubfield(text, spaced));
      text_.AppendTo(value, &out_);
      text.remove_prefix(value.size());
    }
  }

  // What stands before the first subfield of `text`; gives what is behind it.
  absl::string_view Before(absl::string_view text, bool spaced) {
    const absl::string_view before = text.substr(0, line::FindSubfield(text, spaced));
    text.remove_prefix(before.size());
    if (IsBlankLine(before)) return text;
    out_.AddToField(Reason::kSubfieldDelimiterMissing,
                    "Text stands before the first subfield; it becomes a subfield a");
    out_.BeginSubfield("a");
    text_.AppendTo(before[0] == ' ' ? before.substr(1) : before, &out_);
    return text;
  }

  const DecodeOptions& options_;
  std::vector<Finding> findings_;
  const lines::RecordText text_;
  LooseRecord& out_;
};

}  // namespace

std::optional<Finding> DecodeLine(absl::string_view record, const DecodeOptions& options,
                                  std::string* frames, std::vector<Finding>* notes) {
  LooseRecord loose(options);
  Decoder(record, options, &loose).Run(record);
  return loose.Decode(frames, notes);
}

bool MendLine(absl::string_view record, const DecodeOptions& options, std::string* frames,
              std::vector<Finding>* findings) {
  LooseRecord loose(options);
  Decoder(record, options, &loose).Run(record);
  return loose.Mend(record, frames, findings);
}

bool SniffLine(absl::string_view head) {
  absl::string_view line = lines::FirstLineOf(head);
  while (!line.empty() && line[0] == '(') {  // comments
    head.remove_prefix(static_cast<size_t>(line.data() + line.size() - head.data()));
    line = lines::FirstLineOf(head);
  }
  // A head that ends with the leader may be ISO 2709's, cut.
  return IsYazLeader(line) && line.data() + line.size() < head.data() + head.size();
}

}  // namespace marcd
