#include "core/formats/loose_record.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/record/frame.h"
#include "core/text/normalize.h"
#include "core/text/plain_run.h"

namespace marcd {
namespace {

// A leader of which nothing is known but what MARC 21 has in every one.
constexpr absl::string_view kBlankLeader = "         a22        4500";

void AppendLe32(size_t value, std::string* out) {
  char bytes[4];
  StoreLe32(static_cast<uint32_t>(value), bytes);
  out->append(bytes, sizeof bytes);
}

bool IsGraphic(char c) { return c >= 0x20 && c <= 0x7E; }

bool IsDelimiter(char c) { return c >= kRecordTerminator && c <= kSubfieldDelimiter; }

// What a person is shown of a value that can be of any length.
std::string Quote(absl::string_view text) {
  constexpr size_t kShown = 32;
  return absl::StrCat("'", EscapeBytes(text.substr(0, kShown)),
                      text.size() > kShown ? "'..." : "'");
}

}  // namespace

void LooseRecord::Add(Finding finding) {
  (finding.disposition == Disposition::kNoted ? notes_ : repairs_).push_back(std::move(finding));
}

void LooseRecord::AddToField(Reason reason, std::string message) {
  Finding finding = MakeFinding(reason, Disposition::kRepaired, std::move(message));
  finding.tag.assign(tag_, kTagSize);
  Add(std::move(finding));
}

void LooseRecord::SetLeader(absl::string_view text) {
  if (has_leader_) {
    Add(MakeFinding(Reason::kLeaderInvalid, Disposition::kRepaired,
                    "There is a second leader; the first is kept"));
    return;
  }
  has_leader_ = true;
  leader_.assign(text.data(), text.size());
  if (text.size() != kLeaderSize || !std::all_of(text.begin(), text.end(), IsGraphic)) {
    Add(MakeFinding(Reason::kLeaderInvalid, Disposition::kRepaired,
                    absl::StrCat("Leader has ", text.size(), " bytes and is ", Quote(text),
                                 "; 24 printable ones are expected")));
    leader_.resize(kLeaderSize, ' ');
    std::replace_if(
        leader_.begin(), leader_.end(), [](char c) { return !IsGraphic(c); }, ' ');
  }
}

void LooseRecord::BeginField(absl::string_view tag) {
  const auto fits = [](char c) { return c > 0x20 && c <= 0x7E; };
  std::string fitted(tag.substr(0, kTagSize));
  std::replace_if(
      fitted.begin(), fitted.end(), [&](char c) { return !fits(c); }, '?');
  fitted.resize(kTagSize, '?');
  fitted.copy(tag_, kTagSize);
  ascii_ = true;
  repaired_ = false;
  in_subfield_ = false;
  text_begin_ = payloads_.size();
  if (tag != fitted) {
    AddToField(Reason::kTagInvalid, absl::StrCat("Tag is ", Quote(tag), ", not three characters"));
  }
}

void LooseRecord::BeginControlField(absl::string_view tag) {
  BeginField(tag);
  control_ = IsControlTag({tag_, kTagSize});
  if (control_) return;
  AddToField(Reason::kNotMarcShaped, "A control field has the tag of a data field");
  payloads_.append("  ");
  text_begin_ = payloads_.size();
}

void LooseRecord::BeginDataField(absl::string_view tag, absl::string_view indicator1,
                                 absl::string_view indicator2) {
  BeginField(tag);
  control_ = IsControlTag({tag_, kTagSize});
  if (control_) {
    AddToField(Reason::kNotMarcShaped, "A data field has the tag of a control field");
    return;
  }
  for (const absl::string_view indicator : {indicator1, indicator2}) {
    const bool fits = indicator.size() == 1 && IsIndicator(indicator[0]);
    payloads_.push_back(fits ? indicator[0] : ' ');
    if (!fits) {
      AddToField(indicator.empty() ? Reason::kIndicatorMissing : Reason::kIndicatorInvalid,
                 absl::StrCat("An indicator is ", Quote(indicator), ", not one ASCII character"));
    }
  }
  text_begin_ = payloads_.size();
}

void LooseRecord::BeginSubfield(absl::string_view code) {
  EndText();
  if (control_) {
    AddToField(Reason::kControlFieldDelimited,
               absl::StrCat("A control field has a subfield ", Quote(code)));
    return;
  }
  const bool fits = code.size() == 1 && IsSubfieldCode(code[0]);
  payloads_.push_back(kSubfieldDelimiter);
  payloads_.push_back(fits ? code[0] : ' ');
  if (!fits) {
    AddToField(code.empty() ? Reason::kSubfieldCodeMissing : Reason::kSubfieldCodeInvalid,
               absl::StrCat("A subfield's code is ", Quote(code), ", not one ASCII character"));
  }
  in_subfield_ = true;
  text_begin_ = payloads_.size();
}

void LooseRecord::AppendText(absl::string_view text) {
  if (text.empty()) return;
  if (!control_ && !in_subfield_) {
    AddToField(Reason::kSubfieldCodeMissing, "A data field has text outside of its subfields");
    payloads_.push_back(kSubfieldDelimiter);
    payloads_.push_back(' ');
    in_subfield_ = true;
    text_begin_ = payloads_.size();
  }
  payloads_.append(text.data(), text.size());
}

// The text from text_begin_ on is complete.
void LooseRecord::EndText() {
  const absl::string_view text = absl::string_view(payloads_).substr(text_begin_);
  if (AsciiRun(text) < text.size()) {
    ascii_ = false;
    if (options_.text.nfc) NormalizeNfc(&payloads_, text_begin_);
  }
  const auto begin = payloads_.begin() + static_cast<ptrdiff_t>(text_begin_);
  if (std::any_of(begin, payloads_.end(), IsDelimiter)) {
    std::replace_if(begin, payloads_.end(), IsDelimiter, ' ');
    repaired_ = true;
    AddToField(Reason::kControlCharacter,
               "Text has a character of U+001D to U+001F; a blank stands in its place");
  }
  text_begin_ = payloads_.size();
}

void LooseRecord::EndField() {
  EndText();
  entries_.append(tag_, kTagSize);
  entries_.push_back(static_cast<char>((control_ ? kEntryControl : 0) | (ascii_ ? kEntryAscii : 0) |
                                       (repaired_ ? kEntryRepaired : 0)));
  AppendLe32(std::min<size_t>(payloads_.size(), UINT32_MAX), &entries_);
}

bool LooseRecord::IsTooLarge() const {
  return entries_.size() / kFrameEntrySize > kMaxFrameEntries ||
         payloads_.size() > std::min<size_t>(options_.max_payload, kMaxFramePayload);
}

Finding LooseRecord::TooLarge() const {
  return MakeFinding(Reason::kDecodedSizeTooLarge, Disposition::kSkipped,
                     absl::StrCat(entries_.size() / kFrameEntrySize, " fields take up ",
                                  payloads_.size(), " bytes"));
}

void LooseRecord::AppendFrame(absl::string_view source, std::string* frames) const {
  const bool with_source = !source.empty() && options_.with_source &&
                           payloads_.size() + source.size() <= kMaxFramePayload;
  AppendLe32(with_source ? kRecordWithSource : 0, frames);
  frames->append(leader_);
  AppendLe32(entries_.size() / kFrameEntrySize + (with_source ? 1 : 0), frames);
  frames->append(entries_);
  if (with_source) {
    frames->append(kSourceTag.data(), kTagSize);
    frames->push_back(0);
    AppendLe32(payloads_.size() + source.size(), frames);
  }
  frames->append(payloads_);
  if (with_source) frames->append(source.data(), source.size());
}

std::optional<Finding> LooseRecord::Decode(std::string* frames, std::vector<Finding>* notes) {
  if (!has_leader_) {
    SetLeader(kBlankLeader);
    Add(MakeFinding(Reason::kLeaderInvalid, Disposition::kRepaired, "There is no leader"));
  }
  if (IsTooLarge()) return TooLarge();
  if (!repairs_.empty()) {
    repairs_.front().disposition = Disposition::kSkipped;
    return std::move(repairs_.front());
  }
  AppendFrame("", frames);
  std::move(notes_.begin(), notes_.end(), std::back_inserter(*notes));
  return std::nullopt;
}

bool LooseRecord::Mend(absl::string_view source, std::string* frames,
                       std::vector<Finding>* findings) {
  if (!has_leader_) {
    SetLeader(kBlankLeader);
    Add(MakeFinding(Reason::kLeaderInvalid, Disposition::kRepaired, "There is no leader"));
  }
  if (IsTooLarge()) {
    findings->push_back(TooLarge());
    return false;
  }
  AppendFrame(source, frames);
  std::move(repairs_.begin(), repairs_.end(), std::back_inserter(*findings));
  std::move(notes_.begin(), notes_.end(), std::back_inserter(*findings));
  return true;
}

}  // namespace marcd
