#include "core/text/detect/double_encoding.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "core/text/utf8.h"

namespace marcd {
namespace {

// What CP1252 has from 0x80 to 0x9F; where it has nothing, Latin-1's controls.
constexpr uint16_t kCp1252[] = {0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
                                0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";

// Signs that may stand behind a letter: on their own they show nothing. As bytes.
constexpr absl::string_view kBehindLetters =
    "\x85\x91\x92\x93\x94\x96\x97\x99\xA0\xA9\xAA\xAB\xAE\xB0\xB2\xB3\xB4\xB7\xB9\xBA\xBB";

// CP1252's letters below 0xA0, which may stand in any word.
constexpr absl::string_view kLetters = "\x83\x8A\x8C\x8E\x9A\x9C\x9E\x9F";

// A character of U+0080 to U+00FF or of CP1252 as the byte that it stands for; its
// length in UTF-8, or 0 where it is another.
struct OneByte {
  uint8_t byte = 0;
  size_t length = 0;
  bool control = false;
};

OneByte ByteOf(absl::string_view text) {
  const auto byte = [text](size_t i) {
    return i < text.size() ? static_cast<uint8_t>(text[i]) : 0;
  };
  if (byte(0) < 0xC2 || byte(0) > 0xE2) return {};
  const size_t length = byte(0) < 0xE0 ? 2 : 3;
  uint32_t code = length == 2 ? (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F)
                              : (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  // The text need not be UTF-8 throughout.
  const auto continues = [byte](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  if (!continues(1) || (length == 3 && (!continues(2) || code < 0x800))) return {};
  if (code < 0x100) return {static_cast<uint8_t>(code), length, code < 0xA0};
  const auto* at = std::find(std::begin(kCp1252), std::end(kCp1252), code);
  if (at == std::end(kCp1252)) return {};
  return {static_cast<uint8_t>(0x80 + (at - std::begin(kCp1252))), length, false};
}

enum class Strength { kNone, kWeak, kStrong };

struct Candidate {
  Strength strength = Strength::kNone;
  size_t length = 0;
  std::string meant;
};

// Whether it is likelier that `meant` was encoded twice than that its bytes, read as
// letters and signs, stand there on purpose. `word_ends`: the text has a capital
// before and no small letter behind, so that the first may end a word of capitals.
Strength Judge(absl::string_view meant, bool controls, bool word_ends) {
  const auto lead = static_cast<uint8_t>(meant[0]);
  const auto second = static_cast<uint8_t>(meant[1]);
  if (controls || lead >= 0xF0 || meant == kReplacement) return Strength::kStrong;
  // General punctuation, currency, letterlike symbols.
  if (lead == 0xE2 && (second == 0x80 || second == 0x82 || second == 0x84)) {
    return Strength::kStrong;
  }
  const bool signs = meant.find_first_not_of(kBehindLetters, 1) == meant.npos;
  // Capitals that seldom end a word, Â and Ã; and Ì, with which combining marks begin.
  if (lead <= 0xC3) return signs && word_ends ? Strength::kNone : Strength::kStrong;
  if (lead == 0xCC) return signs ? Strength::kNone : Strength::kStrong;
  return signs || kLetters.find(meant[1]) != kLetters.npos ? Strength::kNone : Strength::kWeak;
}

// What stands at the letter from À to ÿ with which `text` begins.
Candidate CandidateAt(absl::string_view text, bool capital_before) {
  const OneByte lead = ByteOf(text);
  const size_t wanted = lead.byte < 0xE0 ? 1 : lead.byte < 0xF0 ? 2 : 3;
  size_t length = lead.length;
  OneByte bytes[3];
  bool controls = false;
  for (size_t i = 0; i < wanted; ++i) {
    bytes[i] = ByteOf(text.substr(std::min(length, text.size())));
    if (bytes[i].length == 0 || bytes[i].byte < 0x80 || bytes[i].byte > 0xBF) return {};
    controls = controls || bytes[i].control;
    length += bytes[i].length;
  }
  Candidate candidate;
  candidate.meant.push_back(static_cast<char>(lead.byte));
  for (size_t i = 0; i < wanted; ++i) candidate.meant.push_back(static_cast<char>(bytes[i].byte));
  if (!IsUtf8(candidate.meant)) return {};
  const bool small_behind = length < text.size() && text[length] >= 'a' && text[length] <= 'z';
  candidate.strength = Judge(candidate.meant, controls, capital_before && !small_behind);
  candidate.length = length;
  return candidate;
}

}  // namespace

DoubleEncoding FindDoubleEncoding(absl::string_view text) {
  DoubleEncoding found;
  bool strong = false;
  size_t at = text.find('\xC3');
  for (; at != text.npos; at = text.find('\xC3', at + 1)) {
    // Only what could be the lead of a sequence, with a character behind that is not
    // ASCII: all else that 0xC3 begins is common.
    if (text.size() - at < 4) break;
    const auto second = static_cast<uint8_t>(text[at + 1]);
    if (second < 0x82 || second > 0xB4 || static_cast<uint8_t>(text[at + 2]) < 0x80) continue;
    const bool capital = at > 0 && text[at - 1] >= 'A' && text[at - 1] <= 'Z';
    Candidate candidate = CandidateAt(text.substr(at), capital);
    if (candidate.strength == Strength::kNone) continue;
    strong = strong || candidate.strength == Strength::kStrong;
    if (found.count++ == 0) {
      found.example = text.substr(at, candidate.length);
      found.meant = std::move(candidate.meant);
    }
    at += candidate.length - 1;
  }
  return strong || found.count >= 2 ? found : DoubleEncoding();
}

}  // namespace marcd
