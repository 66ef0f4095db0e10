// JSON as far as framing needs it: strings, braces, and what tells a MARC record.
//
// Nothing here is more than a look at bytes: text is not checked, and what is found of
// broken JSON is what shows at once. Thread-safe.
#ifndef MARCD_CORE_FRAMING_JSON_SCAN_H_
#define MARCD_CORE_FRAMING_JSON_SCAN_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace marcd::json {

// More brackets in each other are no record's.
constexpr size_t kMostDepth = 1000;

// RFC 8259, section 2.
inline bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// What may stand between two values of a sequence: RFC 7464 has U+001E before each.
inline bool IsBetween(char c) { return IsBlank(c) || c == ',' || c == '\x1E'; }

// How many bytes at the front of `text` are blanks.
size_t BlanksLength(absl::string_view text);

// The end of the string that begins at `at` with a quote, behind its closing quote; npos
// if it does not end in `text`, or has a line end in it, which no string has.
size_t StringEnd(absl::string_view text, size_t at);

// The name of the member that begins at `at` with its quote, as it is written, and where
// its value begins; false if it is not in view, or none is there. `*broken` says that
// more bytes would not help.
bool ReadName(absl::string_view text, size_t at, absl::string_view* name, size_t* value,
              bool* broken);

// Whether an object with a member of this name is taken for a record: its own members, or
// those of FOLIO's source records, which hold it in `parsedRecord`.
bool IsRecordName(absl::string_view name);

// Whether an array that is a member of this name holds records of which the first members
// do not tell: FOLIO's `records` and `sourceRecords`.
bool IsWrapperName(absl::string_view name);

// The name of the first member of the object whose brace is at `at`. Blanks and the name
// are looked at only as far as kBeginReach: with so much in view it is never kUnknown, and
// so much is all that is ever looked at.
enum class Begins { kNo, kYes, kUnknown };
constexpr size_t kMostBlanks = 64;
constexpr size_t kLongestFirstName = 32;
constexpr size_t kBeginReach = 2 * kMostBlanks + kLongestFirstName + 8;
Begins FirstName(absl::string_view text, size_t at, absl::string_view* name);

// Whether the brace at `at` begins a record by its first member, wherever it stands but
// behind a colon: no record holds another but as a member's value. `own` is the first
// name of the record in which it stands, or empty: at the begin of a line the same name
// begins another one; or anywhere, if that record is `broken`, even behind a colon if the
// name is a record's.
Begins BeginsRecord(absl::string_view text, size_t at, absl::string_view own, bool broken);

// The scan of an object from its brace on, 64 bytes at a time, which goes on when more is
// in view.
class ObjectScan {
 public:
  enum class Found {
    kNeedMore,  // it has not ended
    kEnd,       // its closing brace is the byte before at()
    kBroken,    // at at(): a quote where none can be, a line end in a string, or more
                // braces than are counted
    kRecord,    // at at() another record begins; of one with the same first name that
                // tells nothing: where no array is open that it could be an element of
    kUnknown,   // kNeedMore is said instead
  };

  // `own` is the first name in the object.
  void Begin(absl::string_view own);
  // `text` begins with the object's brace, and is never shorter than before.
  Found Next(absl::string_view text);
  size_t at() const { return state_.at; }
  absl::string_view own() const { return {own_, own_size_}; }

 private:
  static constexpr size_t kBlock = 64;

  // What is put back when a block is to be looked at again.
  struct State {
    size_t at = 0;  // a block's first byte, or what was found
    size_t depth = 0;
    uint64_t in_string = 0;  // all ones inside
    uint64_t escaped = 0;    // 1: the block's first byte
    uint64_t may_open = 1;   // 1: a string may begin the block
    int64_t arrays = 0;      // open ones; of an object whose first name is no record's
  };

  Found NextBlock(absl::string_view text, size_t size);
  // The braces' bits, those of them that are a MARC record's own, and the strings'.
  Found LookAtBraces(absl::string_view text, uint64_t open, uint64_t close, uint64_t marc,
                     uint64_t strings);

  State state_;
  char own_[kLongestFirstName] = {};
  size_t own_size_ = 0;
  bool own_tells_ = false;
};

}  // namespace marcd::json

#endif  // MARCD_CORE_FRAMING_JSON_SCAN_H_
