// What the formats of lines have in common: lines of a record, and their text.
#ifndef MARCD_CORE_FORMATS_LINES_LINES_H_
#define MARCD_CORE_FORMATS_LINES_LINES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/decode_options.h"
#include "core/formats/loose_record.h"
#include "core/record/record_view.h"
#include "core/text/text_faults.h"

namespace marcd::lines {

// Takes the next line off `rest`, without its end (LF or CRLF); false when there is none.
bool NextLine(absl::string_view* rest, absl::string_view* line);

// The first line of `head`, behind a byte order mark and empty lines; empty if there is
// none.
absl::string_view FirstLineOf(absl::string_view head);

// `text` with each `from` as `to`.
std::string Replaced(absl::string_view text, char from, char to);

// How many bytes the character at the front of `text` takes, by its first byte; no more
// than there are. `text` is not empty.
size_t CharLength(absl::string_view text);

// The text of one record, which is UTF-8 if all of the record is well-formed UTF-8 and
// nothing else is forced; else what options.text says of a record with this leader/09.
class RecordText {
 public:
  // Notes of the encoding go to `notes`. `options` must outlive it.
  RecordText(absl::string_view record, char coding_scheme, const TextOptions& options,
             std::vector<Finding>* notes);

  // Of text in ASCII alone: what it would be in if it were not.
  Encoding encoding() const { return encoding_; }

  // Appends the UTF-8 of `text`, without faults if it is ASCII or UTF-8 as it should be. `text`
  // may begin amid a character, where a format knows its parts by their places.
  TextFaults Append(absl::string_view text, std::string* out) const;
  // The same into the field of `record` that is open; faults are findings of it.
  void AppendTo(absl::string_view text, LooseRecord* record) const;
  void AddFaults(absl::string_view text, const TextFaults& faults, LooseRecord* record) const;

 private:
  const TextOptions& options_;
  Encoding encoding_;
  const Charset* charset_;
  bool valid_;
};

// The findings of a record that is written: one for each reason and tag of a field.
class EncodeNotes {
 public:
  explicit EncodeNotes(std::vector<Finding>* notes) : notes_(*notes), begin_(notes->size()) {}
  void Add(Reason reason, absl::string_view tag, absl::string_view message);

 private:
  std::vector<Finding>& notes_;
  const size_t begin_;
};

// A field's tag as it can stand in a line: `?` for what is not printable and for a blank in front,
// by which no reader would know the line for a field. That is noted.
std::string TagInLine(absl::string_view tag, EncodeNotes* notes);

// The leader of a record that is written in UTF-8, or in MARC-8: leader/09 says so.
std::string TrueLeader(absl::string_view leader, bool marc8);

// Format::describe_damage of all of them.
Finding DescribeDamage(Reason damage, absl::string_view record, uint64_t offset);

}  // namespace marcd::lines

#endif  // MARCD_CORE_FORMATS_LINES_LINES_H_
