// What a JSON object is to framing, by its members.
#ifndef MARCD_CORE_FRAMING_JSON_MEMBERS_H_
#define MARCD_CORE_FRAMING_JSON_MEMBERS_H_

#include <algorithm>
#include <cstddef>

#include "absl/strings/string_view.h"
#include "core/framing/json_scan.h"

namespace marcd::json {

// What stands around records and between values.
inline bool IsMarkup(char c) {
  return IsBetween(c) || c == '[' || c == ']' || c == '}' || c == ':';
}

// Of numbers, `true`, `false` and `null`.
inline bool IsWordByte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' ||
         c == 'E';
}

// How many bytes at the front of `text` the predicate holds of.
template <typename Predicate>
size_t RunOf(absl::string_view text, Predicate holds) {
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), holds) - text.begin());
}

// What an object is, as far as its members have been looked at.
struct Members {
  enum What {
    kUnknown,   // more must be in view
    kGoOn,      // nothing tells yet
    kRecord,    // with the first name `own`
    kNoRecord,  // of `length` bytes
    kAround,    // `length` bytes that stand around records
    kBroken,    // at `length`
  } what = kUnknown;
  size_t length = 0;
  absl::string_view own;
};

// `text` begins with a brace, and reaches as far as is looked: what is not broken and does
// not tell in it is kUnknown. Thread-safe.
Members LookAtMembers(absl::string_view text);

}  // namespace marcd::json

#endif  // MARCD_CORE_FRAMING_JSON_MEMBERS_H_
