#include "core/framing/json_members.h"

#include <cstdint>

namespace marcd::json {
namespace {

bool IsBlankOr(char c, absl::string_view signs) {
  return IsBlank(c) || signs.find(c) != signs.npos;
}

// Whether the value at `at` is an object that begins as a record does, which in an object
// that is none is one, whatever stands before it.
Begins BeginsAsRecord(absl::string_view text, size_t at) {
  absl::string_view name;
  if (text[at] != '{') return Begins::kNo;
  const Begins named = FirstName(text, at, &name);
  return named == Begins::kYes && !IsRecordName(name) ? Begins::kNo : named;
}

// Skips the value that begins at `*at` and what follows it, as far as the comma or the end
// of the object; or what the object is, if something in there tells.
Members SkipValue(absl::string_view text, absl::string_view own, size_t* at) {
  size_t depth = 0;
  int64_t arrays = 0;
  char last = ':';  // but for blanks
  for (; *at < text.size(); last = IsBlank(text[*at]) ? last : text[*at], ++*at) {
    const char c = text[*at];
    if (c == '"') {
      const char before = text[*at - 1];
      if (!IsBlankOr(before, "{[,:")) return {Members::kBroken, *at, own};
      const size_t end = StringEnd(text, *at);
      if (end == text.npos) {
        const size_t line = text.find('\n', *at);
        return line == text.npos ? Members() : Members{Members::kBroken, line, own};
      }
      *at = end - 1;
    } else if (c == '{' || c == '[') {
      Begins begins = BeginsAsRecord(text, *at);
      if (begins == Begins::kNo && c == '{') {
        begins = BeginsRecord(text, *at, own, /*broken=*/false);
      }
      if (begins == Begins::kYes) return {Members::kAround, *at, own};
      if (begins == Begins::kUnknown) return Members();
      // Where no array is open a brace can but be a member's value.
      if (last != ':' && arrays <= 0) return {Members::kBroken, *at, own};
      if (++depth > kMostDepth) return {Members::kBroken, *at, own};
      if (c == '[') ++arrays;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return {Members::kGoOn, 0, own};
      --depth;
      if (c == ']') --arrays;
    } else if (c == ',' && depth == 0) {
      return {Members::kGoOn, 0, own};
    } else if (!IsWordByte(c) && !IsMarkup(c)) {
      return {Members::kBroken, *at, own};
    }
  }
  return Members();
}

}  // namespace

Members LookAtMembers(absl::string_view text) {
  absl::string_view own;
  for (size_t at = 1;;) {
    at += RunOf(text.substr(at), IsBetween);
    if (at == text.size()) return Members();
    if (text[at] == '}') return {Members::kNoRecord, at + 1, own};
    if (text[at] != '"') return {Members::kBroken, at, own};
    absl::string_view name;
    size_t value = 0;
    bool broken = false;
    if (!ReadName(text, at, &name, &value, &broken)) {
      return broken ? Members{Members::kBroken, at, own} : Members();
    }
    if (own.empty()) own = name;
    if (IsRecordName(name)) return {Members::kRecord, 0, own};
    if (IsWrapperName(name) && text[value] == '[') return {Members::kAround, value + 1, own};
    if (name == "content") {  // FOLIO's, the object around which was lost, or too long
      const Begins content = BeginsAsRecord(text, value);
      if (content == Begins::kUnknown) return Members();
      if (content == Begins::kYes) return {Members::kRecord, 0, own};
    }
    at = value;
    const Members inside = SkipValue(text, own, &at);
    if (inside.what != Members::kGoOn) return inside;
    if (text[at] == ']') return {Members::kBroken, at, own};
  }
}

}  // namespace marcd::json
