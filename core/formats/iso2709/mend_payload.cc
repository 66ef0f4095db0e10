#include "core/formats/iso2709/mend_payload.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/formats/iso2709/field.h"
#include "core/record/frame.h"

namespace marcd::iso2709 {
namespace {

// The code of a subfield whose own cannot be had.
constexpr char kUnknownCode = '?';

bool LooksLikeIndicator(char c) { return c == ' ' || (c >= '0' && c <= '9'); }

// How many bytes the character at the front of `text` has, if it is UTF-8; else 1.
size_t CharacterSize(absl::string_view text) {
  size_t size = 1;
  if ((text[0] & 0xC0) != 0xC0) return size;
  while (size < text.size() && size < 4 && (text[size] & 0xC0) == 0x80) ++size;
  return size;
}

class PayloadMender {
 public:
  PayloadMender(absl::string_view tag, Mends* mends) : tag_(tag), mends_(*mends) {}

  std::string MendControl(absl::string_view payload) {
    std::string text = WithoutTerminators(payload);
    if (text.find(kSubfieldDelimiter) != std::string::npos) {
      Say(Reason::kControlFieldDelimited, payload);
      if (text[0] == kSubfieldDelimiter) text.erase(0, 1);
      std::replace(text.begin(), text.end(), kSubfieldDelimiter, ' ');
    }
    return text;
  }

  std::string MendData(absl::string_view source) {
    const std::string payload = WithoutTerminators(source);
    const size_t first = std::min(payload.find(kSubfieldDelimiter), payload.size());
    const absl::string_view text(payload);
    std::string out;
    MendHead(text.substr(0, first), first == payload.size(), &out);
    for (size_t at = first; at < payload.size();) {
      const size_t end = std::min(payload.find(kSubfieldDelimiter, at + 1), payload.size());
      MendSubfield(text.substr(at + 1, end - at - 1), &out);
      at = end;
    }
    return out;
  }

 private:
  // `head`, what stands before the first delimiter, as two indicators and perhaps a
  // subfield. `whole`: there is no delimiter.
  void MendHead(absl::string_view head, bool whole, std::string* out) {
    std::string indicators;
    absl::string_view rest = head;
    while (indicators.size() < 2 && !rest.empty()) {
      const size_t size = CharacterSize(rest);
      const bool good = size == 1 && IsIndicator(rest[0]);
      if (!good) Say(Reason::kIndicatorInvalid, head);
      indicators += good ? rest[0] : ' ';
      rest.remove_prefix(size);
    }
    if (head.size() < 2) {
      Say(head.empty() ? Reason::kIndicatorsMissing : Reason::kIndicatorMissing, head);
    }
    indicators.resize(2, ' ');
    const bool are_two = LooksLikeIndicator(indicators[0]) && LooksLikeIndicator(indicators[1]);
    const bool only_digits = std::all_of(rest.begin(), rest.end(), LooksLikeIndicator);
    if (rest.empty()) {
      out->append(indicators);
    } else if (!whole && are_two && only_digits) {
      Say(Reason::kIndicatorsExcess, head);
      out->append(indicators);
    } else {
      // Text that begins at once has no indicators in front of it.
      Say(Reason::kSubfieldDelimiterMissing, head);
      const absl::string_view text = are_two ? rest : head;
      absl::StrAppend(out, are_two ? indicators : "  ");
      out->push_back(kSubfieldDelimiter);
      out->push_back('a');
      out->append(text.data(), text.size());
    }
  }

  void MendSubfield(absl::string_view subfield, std::string* out) {
    if (subfield.empty()) {
      Say(Reason::kSubfieldCodeMissing, subfield);
      return;
    }
    out->push_back(kSubfieldDelimiter);
    if (IsSubfieldCode(subfield[0])) {
      out->append(subfield.data(), subfield.size());
      return;
    }
    Say(Reason::kSubfieldCodeInvalid, subfield);
    // A byte of a character belongs to the text; a control character says nothing.
    if ((subfield[0] & 0x80) == 0) subfield.remove_prefix(1);
    out->push_back(kUnknownCode);
    out->append(subfield.data(), subfield.size());
  }

  std::string WithoutTerminators(absl::string_view payload) {
    std::string text(payload);
    for (char& c : text) {
      if (c != kRecordTerminator && c != kFieldTerminator) continue;
      Say(c == kRecordTerminator ? Reason::kRecordTerminatorEmbedded
                                 : Reason::kFieldTerminatorEmbedded,
          payload);
      c = ' ';
    }
    return text;
  }

  void Say(Reason reason, absl::string_view bytes) {
    mends_.Add(reason, tag_, absl::StrCat("Field ", tag_, ": ", DescribePayload(reason, bytes)));
  }

  const absl::string_view tag_;
  Mends& mends_;
};

}  // namespace

std::string MendPayload(absl::string_view payload, absl::string_view tag, bool control,
                        Mends* mends) {
  PayloadMender mender(tag, mends);
  return control ? mender.MendControl(payload) : mender.MendData(payload);
}

}  // namespace marcd::iso2709
