#include "core/formats/lines/lines.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/ascii.h"
#include "core/base/bytes.h"
#include "core/formats/iso2709/field.h"
#include "core/framing/line_signs.h"
#include "core/text/charset.h"
#include "core/text/marc8/marc8.h"
#include "core/text/utf8.h"

namespace marcd::lines {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr size_t kCodingScheme = 9;

bool BeginsAmidCharacter(absl::string_view utf8) {
  return !utf8.empty() && (utf8[0] & 0xC0) == 0x80;
}

}  // namespace

bool NextLine(absl::string_view* rest, absl::string_view* line) {
  if (rest->empty()) return false;
  *line = FirstLine(*rest);
  const size_t end = rest->find('\n');
  rest->remove_prefix(end == absl::string_view::npos ? rest->size() : end + 1);
  return true;
}

absl::string_view FirstLineOf(absl::string_view head) {
  if (head.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    head.remove_prefix(kByteOrderMark.size());
  }
  absl::string_view line;
  while (NextLine(&head, &line)) {
    if (!IsBlankLine(line)) return line;
  }
  return {};
}

std::string Replaced(absl::string_view text, char from, char to) {
  std::string replaced(text);
  std::replace(replaced.begin(), replaced.end(), from, to);
  return replaced;
}

size_t CharLength(absl::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const size_t length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return std::min(length, text.size());
}

RecordText::RecordText(absl::string_view record, char coding_scheme, const TextOptions& options,
                       std::vector<Finding>* notes)
    : options_(options), encoding_(Encoding::kUtf8), charset_(nullptr), valid_(IsUtf8(record)) {
  const bool forced = options.policy == TextPolicy::kForce;
  const bool claims_utf8 = coding_scheme == 'a';
  if (valid_ && !forced && (claims_utf8 || !IsAscii(record))) return;
  const auto decided = valid_ ? iso2709::DeclaredEncoding(options, claims_utf8)
                              : iso2709::DecideEncoding(options, claims_utf8, record, notes);
  encoding_ = decided.encoding;
  charset_ = decided.charset;
}

TextFaults RecordText::Append(absl::string_view text, std::string* out) const {
  if (encoding_ == Encoding::kUtf8 && (!valid_ || BeginsAmidCharacter(text))) {
    return RepairUtf8(text, out);
  }
  if (encoding_ == Encoding::kMarc8 && !IsAscii(text)) return DecodeMarc8(text, options_, out);
  if (encoding_ == Encoding::kSingleByte) return charset_->Decode(text, out);
  out->append(text.data(), text.size());
  return {};
}

void RecordText::AppendTo(absl::string_view text, LooseRecord* record) const {
  if (valid_ && encoding_ != Encoding::kSingleByte &&
      (encoding_ == Encoding::kUtf8 ? !BeginsAmidCharacter(text) : IsAscii(text))) {
    return record->AppendText(text);
  }
  std::string decoded;
  const TextFaults faults = Append(text, &decoded);
  AddFaults(text, faults, record);
  record->AppendText(decoded);
}

void RecordText::AddFaults(absl::string_view text, const TextFaults& faults,
                           LooseRecord* record) const {
  if (faults.ok()) return;
  constexpr size_t kShown = 16;
  record->AddToField(
      iso2709::ReasonOfText(encoding_),
      absl::StrCat("Text has ", faults.count, " faults of its encoding; the first one at byte ",
                   faults.first, ": ", EscapeBytes(text.substr(faults.first, kShown))));
}

void EncodeNotes::Add(Reason reason, absl::string_view tag, absl::string_view message) {
  for (size_t i = begin_; i < notes_.size(); ++i) {
    if (notes_[i].reason == reason && notes_[i].tag == tag) return;
  }
  Finding note = MakeFinding(reason, Disposition::kNoted, std::string(message));
  note.tag = std::string(tag);
  notes_.push_back(std::move(note));
}

std::string TagInLine(absl::string_view tag, EncodeNotes* notes) {
  std::string fitted(tag);
  std::replace_if(
      fitted.begin(), fitted.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  if (fitted[0] == ' ') fitted[0] = '?';
  if (fitted != tag) {
    notes->Add(Reason::kNotMarcShaped, tag,
               absl::StrCat("No line can have this tag: it is written as ", fitted));
  }
  return fitted;
}

std::string TrueLeader(absl::string_view leader, bool marc8) {
  std::string changed(leader);
  changed[kCodingScheme] = marc8 ? ' ' : 'a';
  return changed;
}

Finding DescribeDamage(Reason damage, absl::string_view record, uint64_t offset) {
  return MakeFinding(
      damage, Disposition::kSkipped,
      absl::StrCat(RowOf(damage).what, " It has ", record.size(), " bytes at offset ", offset));
}

}  // namespace marcd::lines
