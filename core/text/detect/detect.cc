#include "core/text/detect/detect.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "core/base/ascii.h"
#include "core/text/charset.h"
#include "core/text/detect/byte_model.h"
#include "core/text/detect/double_encoding.h"
#include "core/text/utf8.h"

namespace marcd {
namespace {

constexpr char kEscape = 0x1B;
constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";
constexpr size_t kLookAt = size_t{64} << 10;

// By how much MARC-8 may be the less likely where it is what a record is said to be
// in, in the unit of byte_model.h: e⁻².
constexpr int kClaimWeight = 4;

absl::string_view NameOf(Encoding encoding, const Charset* charset) {
  switch (encoding) {
    case Encoding::kUtf8:
      return "UTF-8";
    case Encoding::kMarc8:
      return "MARC-8";
    case Encoding::kSingleByte:
      break;
  }
  return charset->name();
}

Detection Found(Encoding encoding, const Charset* charset, std::string evidence) {
  Detection found;
  found.encoding = encoding;
  found.charset = charset;
  found.name = NameOf(encoding, charset);
  found.evidence = std::move(evidence);
  return found;
}

std::string Count(size_t n, absl::string_view what) {
  return absl::StrCat(n, " ", what, n == 1 ? "" : "s");
}

// Whether `at`, behind an ESC, goes on as an escape sequence of MARC-8 does.
bool IsDesignation(absl::string_view at) {
  constexpr absl::string_view kFinals = "B!E34NQS2gbps1";
  if (at.empty()) return false;
  if (absl::string_view("gbps").find(at[0]) != at.npos) return true;
  size_t i = at[0] == '$' ? 1 : 0;
  const bool wide = i == 1;
  if (i < at.size() && absl::string_view("(,)-").find(at[i]) != at.npos) {
    ++i;
  } else if (!wide) {
    return false;
  }
  if (i >= at.size()) return false;
  return wide ? at[i] == '1' : kFinals.find(at[i]) != at.npos;
}

size_t CountEscapes(absl::string_view text) {
  size_t count = 0;
  for (size_t at = text.find(kEscape); at != text.npos; at = text.find(kEscape, at + 1)) {
    if (IsDesignation(text.substr(at + 1))) ++count;
  }
  return count;
}

size_t CountReplacements(absl::string_view text) {
  size_t count = 0;
  for (size_t at = text.find(kReplacement); at != text.npos;
       at = text.find(kReplacement, at + kReplacement.size())) {
    ++count;
  }
  return count;
}

bool IsHigh(char c) { return static_cast<uint8_t>(c) >= 0x80; }
bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

// The multi-byte sequences of text that is UTF-8.
size_t CountLeads(absl::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(),
                                           [](char c) { return static_cast<uint8_t>(c) >= 0xC0; }));
}

// Multi-byte sequences of UTF-8, and how often something stands between them that
// is none.
struct Sequences {
  size_t valid = 0;
  size_t invalid = 0;
};

Sequences CountSequences(absl::string_view text) {
  Sequences sequences;
  size_t end = 0;  // of the run of high bytes in which `at` lies
  for (size_t at = FindHigh(text, 0); at < text.size(); at = FindHigh(text, at)) {
    if (at >= end) {
      end = at + 1;
      while (end < text.size() && IsHigh(text[end])) ++end;
    }
    const absl::string_view run = text.substr(at, end - at);
    const size_t good = FindInvalidUtf8(run);
    sequences.valid += CountLeads(run.substr(0, good));
    at += good;
    if (at == end) continue;
    ++sequences.invalid;
    ++at;
    while (at < end && IsContinuation(text[at])) ++at;
  }
  return sequences;
}

// Of text that is UTF-8. `evidence` is why, if there is need to say it.
Detection FoundUtf8(absl::string_view text, std::string evidence) {
  Detection found = Found(Encoding::kUtf8, nullptr, std::move(evidence));
  const auto note = [&found](absl::string_view words) {
    absl::StrAppend(&found.evidence, found.evidence.empty() ? "" : "; ", words);
  };
  if (const size_t lost = CountReplacements(text); lost > 0) {
    found.replacement_characters = true;
    note(absl::StrCat(lost, " U+FFFD in place of what was lost"));
  }
  if (const DoubleEncoding twice = FindDoubleEncoding(text); twice.count > 0) {
    found.double_encoded = true;
    note(absl::StrCat(Count(twice.count, "character"), " encoded twice, such as \"", twice.example,
                      "\" for \"", twice.meant, "\""));
  }
  return found;
}

// Of text that is not UTF-8 and for which no encoding is given.
Detection FoundByBytes(absl::string_view text, size_t begin, size_t end, size_t escapes,
                       bool claims_marc8) {
  const ByteCosts costs = JudgeBytes(text, begin, end);
  const int marc8 = escapes > 0 ? 0 : costs.marc8 - (claims_marc8 ? kClaimWeight : 0);
  static const Charset* const latin1 = Charset::Find("iso8859-1");
  static const Charset* const cp1252 = Charset::Find("cp1252");
  static const Charset* const cp1251 = Charset::Find("cp1251");
  const std::string highs = Count(costs.high, "byte") + " from 80 to FF, likeliest as ";
  if (marc8 <= std::min(costs.latin1, costs.cp1251)) {
    if (claims_marc8) return Found(Encoding::kMarc8, nullptr, "");
    return Found(Encoding::kMarc8, nullptr,
                 escapes > 0 ? absl::StrCat(Count(escapes, "escape sequence"), " of MARC-8")
                             : highs + "ANSEL's");
  }
  if (costs.cp1251 < costs.latin1) {
    return Found(Encoding::kSingleByte, cp1251, highs + "letters of Cyrillic words");
  }
  const std::string evidence = highs + "Latin-1's letters and signs";
  if (costs.c1 == 0) return Found(Encoding::kSingleByte, latin1, evidence);
  return Found(Encoding::kSingleByte, cp1252,
               absl::StrCat(evidence, ", ", costs.c1, " of them CP1252's from 80 to 9F"));
}

// Of text that is not UTF-8 from end to end.
Detection FoundInOther(absl::string_view text, bool claims_utf8, Encoding fallback,
                       const Charset* fallback_charset) {
  const size_t begin = FindHigh(text, 0);
  size_t end = std::min(text.size(), begin + kLookAt);
  // Not within a sequence of UTF-8.
  while (end < text.size() && IsContinuation(text[end]) && end < begin + kLookAt + 3) ++end;
  const Sequences sequences = CountSequences(text.substr(begin, end - begin));
  if (sequences.valid > sequences.invalid ||
      (claims_utf8 && sequences.valid > 0 && sequences.valid == sequences.invalid)) {
    return FoundUtf8(text, claims_utf8
                               ? ""
                               : absl::StrCat(Count(sequences.valid, "multi-byte sequence"),
                                              " of UTF-8, ", sequences.invalid, " invalid"));
  }
  const size_t escapes = CountEscapes(text);
  if (escapes == 0 && fallback == Encoding::kSingleByte) {
    return Found(fallback, fallback_charset,
                 claims_utf8 ? Count(sequences.invalid, "sequence") + " invalid in UTF-8" : "");
  }
  return FoundByBytes(text, begin, end, escapes, !claims_utf8 && fallback == Encoding::kMarc8);
}

Detection FoundInAscii(absl::string_view text, bool claims_utf8, Encoding fallback,
                       const Charset* fallback_charset) {
  const bool claims_marc8 = !claims_utf8 && fallback == Encoding::kMarc8;
  if (const size_t escapes = claims_marc8 ? 0 : CountEscapes(text); escapes > 0) {
    return Found(Encoding::kMarc8, nullptr,
                 absl::StrCat(Count(escapes, "escape sequence"), " of MARC-8"));
  }
  return claims_utf8 ? Found(Encoding::kUtf8, nullptr, "") : Found(fallback, fallback_charset, "");
}

}  // namespace

Detection DetectEncoding(absl::string_view text, bool claims_utf8, Encoding fallback,
                         const Charset* fallback_charset) {
  claims_utf8 = claims_utf8 || fallback == Encoding::kUtf8;
  if (IsAscii(text)) return FoundInAscii(text, claims_utf8, fallback, fallback_charset);
  if (!IsUtf8(text)) return FoundInOther(text, claims_utf8, fallback, fallback_charset);
  if (claims_utf8) return FoundUtf8(text, "");
  return FoundUtf8(text,
                   Count(CountLeads(text), "multi-byte sequence") + " of UTF-8, none invalid");
}

}  // namespace marcd
