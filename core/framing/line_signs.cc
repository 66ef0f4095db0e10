#include "core/framing/line_signs.h"

#include <algorithm>

#include "core/framing/leader_signs.h"

namespace marcd {
namespace {

bool IsGraphic(char c) { return c > 0x20 && c < 0x7F; }

bool IsPrintable(char c) { return c >= 0x20 && c < 0x7F; }

bool IsAlnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool EndsLine(absl::string_view rest) {
  return rest.empty() || rest[0] == '\n' || rest.substr(0, 2) == "\r\n" || rest == "\r";
}

}  // namespace

absl::string_view FirstLine(absl::string_view text) {
  text = text.substr(0, text.find('\n'));
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

bool IsBlankLine(absl::string_view line) {
  return line.find_first_not_of(" \t\r") == absl::string_view::npos;
}

bool IsMrkField(absl::string_view text) {
  if (text.size() < 4 || text[0] != '=') return false;
  const absl::string_view tag = text.substr(1, 3);
  // Odd tags may have a blank in them, but not as their first character.
  return IsGraphic(tag[0]) && std::all_of(tag.begin(), tag.end(), IsPrintable) &&
         (EndsLine(text.substr(4)) || text[4] == ' ');
}

bool IsMrkLeader(absl::string_view text) {
  const absl::string_view head = text.substr(0, 4);
  return head == "=LDR" || head == "=000";
}

bool IsAlephField(absl::string_view text) {
  if (text.size() < kAlephTag || text[kAlephNumber] != ' ') return false;
  if (IsDigits(text.substr(0, kAlephNumber))) return true;
  // A damaged number may hold the line's end.
  text = FirstLine(text.substr(0, kLineSight));
  if (text.size() < kAlephContent) return false;
  const absl::string_view tag = AlephTag(text);
  return std::all_of(tag.begin(), tag.end(), IsAlnum) && text[kAlephAlphabet - 1] == ' ' &&
         text[kAlephAlphabet] >= 'A' && text[kAlephAlphabet] <= 'Z' &&
         text[kAlephContent - 1] == ' ';
}

bool IsYazLeader(absl::string_view text) {
  if (text.size() < kLeaderBytes || !EndsLine(text.substr(kLeaderBytes))) return false;
  const absl::string_view leader = text.substr(0, kLeaderBytes);
  if (!std::all_of(leader.begin(), leader.end(), IsPrintable)) return false;
  if (IsDigits(leader.substr(0, 5))) return true;
  return leader.substr(0, 5) == "     " &&
         (leader.substr(10, 2) == "22" || leader.substr(20, 2) == "45");
}

bool IsYazField(absl::string_view text) {
  if (text.size() < 4 || text[3] != ' ') return false;
  return std::all_of(text.begin(), text.begin() + 3, IsAlnum);
}

}  // namespace marcd
