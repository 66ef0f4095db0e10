#include "core/formats/iso2709/field.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/text/detect/detect.h"
#include "core/text/normalize.h"
#include "core/text/utf8.h"

namespace marcd::iso2709 {
namespace {

Finding Note(Reason reason, std::string message) {
  return MakeFinding(reason, Disposition::kNoted, std::move(message));
}

absl::string_view NameOf(const TextEncoding& encoding) {
  switch (encoding.encoding) {
    case Encoding::kUtf8:
      return "UTF-8";
    case Encoding::kMarc8:
      return "MARC-8";
    case Encoding::kSingleByte:
      return encoding.charset->name();
  }
  return "";
}

// One value, which holds no delimiter.
TextFaults DecodeText(absl::string_view text, const TextEncoding& encoding,
                      const TextOptions& options, std::string* out) {
  switch (encoding.encoding) {
    case Encoding::kUtf8:
      return RepairUtf8(text, out);
    case Encoding::kMarc8:
      return DecodeMarc8(text, options, out);
    case Encoding::kSingleByte:
      return encoding.charset->Decode(text, out);
  }
  return {};
}

}  // namespace

bool ClaimsUtf8(const TextOptions& options, char coding_scheme, absl::string_view field_100) {
  if (coding_scheme == 'a') return true;
  if (options.policy != TextPolicy::kDetect) return false;
  constexpr size_t kBegin = 4;  // behind the indicators, the delimiter and the code
  constexpr size_t kCoded = 36;
  const absl::string_view coded = field_100.substr(std::min(field_100.size(), kBegin), kCoded);
  // MARC 21 has a name there; UNIMARC the date on which the record was made.
  return coded.size() == kCoded &&
         field_100.substr(2, 2) ==
             "\x1F"
             "a" &&
         ParseDigits(coded.substr(0, 8)) >= 0 && coded.substr(26, 2) == "50";
}

TextEncoding DeclaredEncoding(const TextOptions& options, bool claims_utf8) {
  if (claims_utf8 && options.policy != TextPolicy::kForce) return {Encoding::kUtf8, nullptr};
  return {options.encoding, options.charset};
}

TextEncoding DecideEncoding(const TextOptions& options, bool claims_utf8, absl::string_view data,
                            std::vector<Finding>* findings) {
  const TextEncoding declared = DeclaredEncoding(options, claims_utf8);
  if (options.policy != TextPolicy::kDetect) return declared;
  const Detection found = DetectEncoding(data, claims_utf8, options.encoding, options.charset);
  if (found.encoding != declared.encoding || found.charset != declared.charset) {
    Finding note = Note(Reason::kEncodingMisdeclared,
                        absl::StrCat("Leader/09 says ", NameOf(declared), "; the text is ",
                                     found.name, ": ", found.evidence));
    note.variables = {{"declared", std::string(NameOf(declared))},
                      {"found", std::string(found.name)},
                      {"evidence", found.evidence}};
    findings->push_back(std::move(note));
  }
  if (found.replacement_characters) {
    findings->push_back(Note(Reason::kReplacementCharacters, found.evidence));
  }
  if (found.double_encoded) findings->push_back(Note(Reason::kDoubleEncoded, found.evidence));
  return {found.encoding, found.charset};
}

bool CheckDataField(absl::string_view payload, Reason* reason) {
  const size_t indicators = std::min(payload.find(kSubfieldDelimiter), payload.size());
  if (indicators == 2) {
    *reason = Reason::kIndicatorInvalid;
    return IsIndicator(payload[0]) && IsIndicator(payload[1]);
  }
  const auto looks_like_one = [](char c) { return c == ' ' || (c >= '0' && c <= '9'); };
  const absl::string_view head = payload.substr(0, indicators);
  *reason = indicators == 0   ? Reason::kIndicatorsMissing
            : indicators == 1 ? Reason::kIndicatorMissing
            : indicators == payload.size() || !std::all_of(head.begin(), head.end(), looks_like_one)
                ? Reason::kSubfieldDelimiterMissing
                : Reason::kIndicatorsExcess;
  if (*reason == Reason::kSubfieldDelimiterMissing &&
      std::any_of(head.begin(), head.begin() + 2, [](char c) { return !IsIndicator(c); })) {
    *reason = Reason::kIndicatorInvalid;
  }
  return false;
}

bool CheckPayload(absl::string_view payload, bool control, Reason* reason) {
  for (size_t at = 0; at < payload.size(); ++at) {
    if (payload[at] < kRecordTerminator || payload[at] > kSubfieldDelimiter) continue;
    if (!CheckDelimiter(payload, at, control, reason)) return false;
  }
  return control || CheckDataField(payload, reason);
}

TextFaults DecodePayload(absl::string_view payload, bool control, const TextEncoding& encoding,
                         const TextOptions& options, std::string* out) {
  TextFaults faults;
  const auto decode = [&](size_t at, size_t length) {
    const size_t from = out->size();
    const TextFaults found = DecodeText(payload.substr(at, length), encoding, options, out);
    // Each by itself: a mark at its beginning must not be composed with the code before it.
    if (options.nfc) NormalizeNfc(out, from);
    if (faults.ok() && !found.ok()) faults.first = at + found.first;
    faults.count += found.count;
  };
  if (control) {
    decode(0, payload.size());
  } else {
    out->append(payload.data(), 2);
    for (size_t at = 2; at < payload.size();) {
      const size_t end = std::min(payload.find(kSubfieldDelimiter, at + 2), payload.size());
      out->append(payload.data() + at, 2);
      decode(at + 2, end - at - 2);
      at = end;
    }
  }
  return faults;
}

Reason ReasonOfText(Encoding encoding) {
  switch (encoding) {
    case Encoding::kUtf8:
      return Reason::kInvalidUtf8;
    case Encoding::kMarc8:
      return Reason::kMarc8Invalid;
    case Encoding::kSingleByte:
      break;
  }
  return Reason::kEncodingInvalid;
}

std::string DescribePayload(Reason reason, absl::string_view payload) {
  return absl::StrCat(RowOf(reason).what, " It begins: ", EscapeBytes(payload.substr(0, 32)));
}

std::string DescribeText(Encoding encoding, absl::string_view payload, const TextFaults& faults) {
  const absl::string_view name = encoding == Encoding::kUtf8    ? "UTF-8"
                                 : encoding == Encoding::kMarc8 ? "MARC-8"
                                                                : "the encoding asked for";
  return absl::StrCat("not ", name, " at byte ", faults.first,
                      " of the field: ", EscapeBytes(payload.substr(faults.first, 8)),
                      faults.count > 1 ? absl::StrCat(", and ", faults.count - 1, " more") : "");
}

}  // namespace marcd::iso2709
