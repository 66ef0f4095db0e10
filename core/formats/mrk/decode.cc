#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/ascii.h"
#include "core/base/bytes.h"
#include "core/formats/lines/lines.h"
#include "core/formats/loose_record.h"
#include "core/formats/mrk/mnemonics.h"
#include "core/formats/mrk/mrk.h"
#include "core/framing/line_signs.h"
#include "core/record/frame.h"
#include "core/text/marc8/marc8.h"
#include "core/text/plain_run.h"

namespace marcd {
namespace {

constexpr size_t kTextAt = 6;  // behind `=TAG` and two blanks
constexpr size_t kCodingScheme = 9;

// What stands behind the tag.
absl::string_view TextOf(absl::string_view line) {
  if (line.substr(4, 2) == "  ") return line.substr(kTextAt);
  return line.substr(std::min<size_t>(line.size(), line.substr(4, 1) == " " ? 5 : 4));
}

// Leader/09 of a record; a blank if it has no leader as long as that.
char CodingScheme(absl::string_view record) {
  for (absl::string_view line; lines::NextLine(&record, &line);) {
    if (!IsMrkLeader(line)) continue;
    const absl::string_view leader = TextOf(line);
    std::string expanded;
    mrk::Oddities oddities;
    mrk::ReadMnemonics(leader.substr(0, AsciiRun(leader)), {}, &expanded, &oddities);
    return expanded.size() > kCodingScheme ? expanded[kCodingScheme] : ' ';
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
    read_.references = text_.encoding() != Encoding::kUtf8;
    read_.half_marks = options.text.half_marks;
  }

  void Run(absl::string_view record) {
    std::string joined;
    for (absl::string_view line; lines::NextLine(&record, &line);) {
      if (IsBlankLine(line)) continue;
      if (!IsMrkField(line)) {
        out_.Add(
            MakeFinding(Reason::kNotMarcShaped, Disposition::kRepaired,
                        absl::StrCat("A line is no field: ", EscapeBytes(line.substr(0, kShown)))));
        continue;
      }
      Field(Whole(line, &record, &joined));
    }
    Note();
  }

 private:
  static constexpr size_t kShown = 32;

  // The field that begins with `line`, with the lines of `rest` that go on with it.
  absl::string_view Whole(absl::string_view line, absl::string_view* rest, std::string* joined) {
    joined->assign(line.data(), line.size());
    bool continued = false;
    for (absl::string_view after = *rest, next; lines::NextLine(&after, &next); *rest = after) {
      if (IsMrkField(next) || IsBlankLine(next)) break;
      joined->append(next.data(), next.size());
      continued = true;
    }
    continued_ = continued_ || continued;
    return continued ? absl::string_view(*joined) : line;
  }

  void Field(absl::string_view line) {
    if (IsMrkLeader(line)) {
      std::string leader;
      Expand(lines::Replaced(TextOf(line), '\\', ' '), &leader);
      out_.SetLeader(leader);
      return;
    }
    const absl::string_view tag = line.substr(1, kTagSize);
    const absl::string_view text = TextOf(line);
    if (IsControlTag(tag)) {
      out_.BeginControlField(tag);
      Append(lines::Replaced(text, '\\', ' '));
    } else {
      DataField(tag, text);
    }
    if (line.size() > 4 && line.substr(4, 2) != "  ") {
      out_.AddToField(Reason::kNotMarcShaped, "Two blanks are expected behind the tag");
    }
    out_.EndField();
  }

  void DataField(absl::string_view tag, absl::string_view text) {
    std::string indicators[2];
    for (std::string& each : indicators) each = TakeIndicator(&text);
    out_.BeginDataField(tag, indicators[0], indicators[1]);
    const absl::string_view before = text.substr(0, text.find('$'));
    text.remove_prefix(before.size());
    if (!before.empty()) {
      out_.AddToField(Reason::kSubfieldDelimiterMissing,
                      "Text stands before the first subfield; it becomes a subfield a");
      out_.BeginSubfield("a");
      Append(before);
    }
    while (!text.empty()) {
      text.remove_prefix(1);  // $
      const size_t code = text.empty() ? 0 : lines::CharLength(text);
      out_.BeginSubfield(text.substr(0, code));
      text.remove_prefix(code);
      const absl::string_view value = text.substr(0, text.find('$'));
      Append(value);
      text.remove_prefix(value.size());
    }
  }

  static std::string TakeIndicator(absl::string_view* text) {
    if (text->empty() || text->front() == '$') return "";
    size_t length = lines::CharLength(*text);
    bool unknown;
    const Mnemonic* const found =
        text->front() == '{' ? mrk::ParseMnemonic(*text, &length, &unknown) : nullptr;
    std::string indicator = found != nullptr ? found->text : std::string(text->substr(0, length));
    if (indicator == "\\" && found == nullptr) indicator = " ";
    text->remove_prefix(length);
    return indicator;
  }

  // Into the field that is open.
  void Append(absl::string_view text) {
    std::string expanded;
    const TextFaults faults = Expand(text, &expanded);
    text_.AddFaults(text, faults, &out_);
    out_.AppendText(expanded);
  }

  TextFaults Expand(absl::string_view text, std::string* out) {
    if (text_.encoding() == Encoding::kMarc8 && (!IsAscii(text) || mrk::HasMarc8Escape(text))) {
      std::string marc8;
      mrk::MnemonicsToMarc8(text, &marc8, &oddities_);
      TextFaults faults = DecodeMarc8(marc8, options_.text, out);
      faults.first = std::min(faults.first, text.size());
      return faults;
    }
    std::string decoded;
    const TextFaults faults = text_.Append(text, &decoded);
    mrk::ReadMnemonics(decoded, read_, out, &oddities_);
    return faults;
  }

  void Note() {
    const auto note = [&](const std::string& message) {
      out_.Add(MakeFinding(Reason::kNotMarcShaped, Disposition::kNoted, message));
    };
    if (!oddities_.unknown.empty()) {
      note(absl::StrCat("A mnemonic is not known and stands as it is: ", oddities_.unknown));
    }
    if (oddities_.bare_marks) note("A mnemonic of a combining mark has no character behind it");
    if (continued_ && options_.notes) note("A field goes on behind a line end, which is left out");
  }

  using Mnemonic = mrk::Mnemonic;

  const DecodeOptions& options_;
  std::vector<Finding> findings_;
  const lines::RecordText text_;
  LooseRecord& out_;
  mrk::ReadOptions read_;
  mrk::Oddities oddities_;
  bool continued_ = false;
};

}  // namespace

std::optional<Finding> DecodeMrk(absl::string_view record, const DecodeOptions& options,
                                 std::string* frames, std::vector<Finding>* notes) {
  LooseRecord loose(options);
  Decoder(record, options, &loose).Run(record);
  return loose.Decode(frames, notes);
}

bool MendMrk(absl::string_view record, const DecodeOptions& options, std::string* frames,
             std::vector<Finding>* findings) {
  LooseRecord loose(options);
  Decoder(record, options, &loose).Run(record);
  return loose.Mend(record, frames, findings);
}

bool SniffMrk(absl::string_view head) {
  const absl::string_view line = lines::FirstLineOf(head);
  return IsMrkField(line) && line.substr(4, 2) == "  ";
}

}  // namespace marcd
