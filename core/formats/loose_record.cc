#include "core/formats/loose_record.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/record/frame.h"
#include "core/text/normalize.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace marcd {
namespace {

// A leader of which nothing is known but what MARC 21 has in every one.
constexpr absl::string_view kBlankLeader = "         a22        4500";

// Of one reason.
constexpr size_t kMostFindings = 8;

void AppendLe32(size_t value, std::string* out) {
  char bytes[4];
  StoreLe32(static_cast<uint32_t>(value), bytes);
  out->append(bytes, sizeof bytes);
}

bool IsGraphic(char c) { return c >= 0x20 && c <= 0x7E; }

bool IsDelimiter(char c) { return c >= kRecordTerminator && c <= kSubfieldDelimiter; }

struct TextLook {
  bool ascii = true;
  bool delimiters = false;
};

// Both in one pass: all text of all records comes by here.
TextLook LookAtText(absl::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  unsigned high = 0, delimiters = 0;
#if defined(__SSE2__)
  for (; end - at >= 16; at += 16) {
    const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i above = _mm_sub_epi8(chunk, _mm_set1_epi8(kRecordTerminator));
    const __m128i is = _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(2)), above);
    high |= static_cast<unsigned>(_mm_movemask_epi8(chunk));
    delimiters |= static_cast<unsigned>(_mm_movemask_epi8(is));
  }
#endif
  for (; at < end; ++at) {
    high |= static_cast<uint8_t>(*at) & 0x80U;
    delimiters |= IsDelimiter(*at);
  }
  return {high == 0, delimiters != 0};
}

// What a person is shown of a value that can be of any length.
std::string Quote(absl::string_view text) {
  constexpr size_t kShown = 32;
  return absl::StrCat("'", EscapeBytes(text.substr(0, kShown)),
                      text.size() > kShown ? "'..." : "'");
}

}  // namespace

// A record in which everything is wrong must not have a finding for every byte.
void LooseRecord::Findings::Add(Finding finding) {
  size_t count = 0, last = 0;
  for (size_t i = 0; i < kept.size() && count < kMostFindings; ++i) {
    if (kept[i].reason != finding.reason) continue;
    ++count;
    last = i;
  }
  if (count < kMostFindings) {
    kept.push_back(std::move(finding));
    return;
  }
  for (auto& [index, number] : more) {
    if (index != last) continue;
    ++number;
    return;
  }
  more.emplace_back(last, 1);
}

void LooseRecord::Findings::MoveTo(std::vector<Finding>* findings) {
  for (const auto& [index, number] : more) {
    absl::StrAppend(&kept[index].message, " (and ", number, " more like it)");
    kept[index].variables.emplace_back("count", absl::StrCat(number + 1));
  }
  std::move(kept.begin(), kept.end(), std::back_inserter(*findings));
}

void LooseRecord::Add(Finding finding) {
  (finding.disposition == Disposition::kNoted ? notes_ : repairs_).Add(std::move(finding));
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

void LooseRecord::FitTag(absl::string_view tag) {
  const auto fits = [](char c) { return c >= 0x20 && c <= 0x7E; };
  if (tag.size() == kTagSize && fits(tag[0]) && fits(tag[1]) && fits(tag[2])) {
    std::memcpy(tag_, tag.data(), kTagSize);
    return;
  }
  std::string fitted(tag.substr(0, kTagSize));
  std::replace_if(
      fitted.begin(), fitted.end(), [&](char c) { return !fits(c); }, '?');
  fitted.resize(kTagSize, '?');
  fitted.copy(tag_, kTagSize);
  AddToField(Reason::kTagInvalid, absl::StrCat("Tag is ", Quote(tag), ", not three characters"));
}

void LooseRecord::BeginField(absl::string_view tag) {
  FitTag(tag);
  ascii_ = true;
  repaired_ = false;
  in_subfield_ = false;
  text_begin_ = payloads_.size();
}

void LooseRecord::BeginControlField(absl::string_view tag) {
  BeginField(tag);
  control_ = IsControlTag({tag_, kTagSize});
  if (control_) return;
  AddToField(Reason::kNotMarcShaped, "A control field has the tag of a data field");
  payloads_.Append("  ");
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
    payloads_.Push(fits ? indicator[0] : ' ');
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
  payloads_.Push(kSubfieldDelimiter);
  payloads_.Push(fits ? code[0] : ' ');
  if (!fits) {
    AddToField(code.empty() ? Reason::kSubfieldCodeMissing : Reason::kSubfieldCodeInvalid,
               absl::StrCat("A subfield's code is ", Quote(code), ", not one ASCII character"));
  }
  in_subfield_ = true;
  text_begin_ = payloads_.size();
}

void LooseRecord::AddSubfieldWithoutCode() {
  AddToField(Reason::kSubfieldCodeMissing, "A data field has text outside of its subfields");
  payloads_.Push(kSubfieldDelimiter);
  payloads_.Push(' ');
  in_subfield_ = true;
  text_begin_ = payloads_.size();
}

// The text from text_begin_ on is complete.
void LooseRecord::EndText() {
  const TextLook look = LookAtText(payloads_.view().substr(text_begin_));
  if (!look.ascii) {
    ascii_ = false;
    if (options_.text.nfc) {
      std::string text(payloads_.view().substr(text_begin_));
      NormalizeNfc(&text, 0);
      payloads_.Truncate(text_begin_);
      payloads_.Append(text);
    }
  }
  if (look.delimiters) {
    char* const begin = payloads_.data() + text_begin_;
    std::replace_if(begin, payloads_.data() + payloads_.size(), IsDelimiter, ' ');
    repaired_ = true;
    AddToField(Reason::kControlCharacter,
               "Text has a character of U+001D to U+001F; a blank stands in its place");
  }
  text_begin_ = payloads_.size();
}

void LooseRecord::EndField() {
  EndText();
  char entry[kFrameEntrySize];
  std::memcpy(entry, tag_, kTagSize);
  entry[kTagSize] = static_cast<char>((control_ ? kEntryControl : 0) | (ascii_ ? kEntryAscii : 0) |
                                      (repaired_ ? kEntryRepaired : 0));
  StoreLe32(static_cast<uint32_t>(std::min<size_t>(payloads_.size(), UINT32_MAX)),
            entry + kTagSize + 1);
  entries_.Append({entry, sizeof entry});
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
                           entries_.size() / kFrameEntrySize < kMaxFrameEntries &&
                           payloads_.size() + source.size() <= kMaxFramePayload;
  AppendLe32(with_source ? kRecordWithSource : 0, frames);
  frames->append(leader_);
  AppendLe32(entries_.size() / kFrameEntrySize + (with_source ? 1 : 0), frames);
  frames->append(entries_.data(), entries_.size());
  if (with_source) {
    frames->append(kSourceTag.data(), kTagSize);
    frames->push_back(0);
    AppendLe32(payloads_.size() + source.size(), frames);
  }
  frames->append(payloads_.data(), payloads_.size());
  if (with_source) frames->append(source.data(), source.size());
}

std::optional<Finding> LooseRecord::Decode(std::string* frames, std::vector<Finding>* notes) {
  if (!has_leader_) {
    SetLeader(kBlankLeader);
    Add(MakeFinding(Reason::kLeaderInvalid, Disposition::kRepaired, "There is no leader"));
  }
  if (IsTooLarge()) return TooLarge();
  if (!repairs_.kept.empty()) {
    repairs_.kept.front().disposition = Disposition::kSkipped;
    return std::move(repairs_.kept.front());
  }
  AppendFrame("", frames);
  notes_.MoveTo(notes);
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
  repairs_.MoveTo(findings);
  notes_.MoveTo(findings);
  return true;
}

}  // namespace marcd
