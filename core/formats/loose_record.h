// What a textual format says of a record → frame.
//
// XML, JSON and lines of text can say what no MARC record can hold: tags of five
// letters, an indicator in Greek, a subfield without a code, a leader of three
// characters. A decoder hands over what it finds, in order; here it is checked against
// the model (docs/frame.md), and what does not fit is repaired with a finding.
//
//   LooseRecord record(options);
//   record.SetLeader(text);
//   record.BeginDataField("245", "1", "0");
//   record.BeginSubfield("a");
//   record.AppendText("Title");   // as often as the text comes in parts
//   record.EndField();
//   return record.Decode(frames, notes);
//
// Text is UTF-8; that is the caller's promise. Not thread-safe.
#ifndef MARCD_CORE_FORMATS_LOOSE_RECORD_H_
#define MARCD_CORE_FORMATS_LOOSE_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"
#include "core/formats/decode_options.h"
#include "core/formats/growing_bytes.h"

namespace marcd {

class LooseRecord {
 public:
  // `options` must outlive it.
  explicit LooseRecord(const DecodeOptions& options) : options_(options) {}

  // Without a leader the record gets one of blanks, and a finding.
  void SetLeader(absl::string_view text);

  // A field; the one before must have been ended. A control field's text, and a
  // subfield's, is what AppendText is given next; of a data field without a subfield
  // it goes into a subfield without a code.
  void BeginControlField(absl::string_view tag);
  void BeginDataField(absl::string_view tag, absl::string_view indicator1,
                      absl::string_view indicator2);
  void BeginSubfield(absl::string_view code);
  void AppendText(absl::string_view text) {
    if (text.empty()) return;
    if (!control_ && !in_subfield_) AddSubfieldWithoutCode();
    payloads_.Append(text);
  }
  void EndField();

  // What the format itself has found. Of what it has repaired the record counts as
  // damaged; a note does not change what is delivered. Of each reason the first few are
  // kept, and the last of them says how many more there were.
  void Add(Finding finding);
  // The same about the field that was begun last.
  void AddToField(Reason reason, std::string message);

  // Format::decode's end: appends the frame, and notes; or, if anything had to be
  // repaired, appends nothing and gives the first fault.
  std::optional<Finding> Decode(std::string* frames, std::vector<Finding>* notes);

  // Format::mend's end: appends the frame with all repairs, and what they were;
  // `source` goes into the frame where options.with_source says so. Whether there is
  // a frame: not, if it has more than a frame can hold.
  bool Mend(absl::string_view source, std::string* frames, std::vector<Finding>* findings);

 private:
  // Those of one disposition.
  struct Findings {
    std::vector<Finding> kept;
    // Of those that are not kept: the place in `kept` of the last of their reason, and
    // how many they are.
    std::vector<std::pair<size_t, size_t>> more;

    void Add(Finding finding);
    void MoveTo(std::vector<Finding>* findings);
  };

  void BeginField(absl::string_view tag);
  void FitTag(absl::string_view tag);
  void AddSubfieldWithoutCode();
  void EndText();
  void AppendFrame(absl::string_view source, std::string* frames) const;
  bool IsTooLarge() const;
  Finding TooLarge() const;

  const DecodeOptions& options_;
  std::string leader_;
  bool has_leader_ = false;
  // As they stand in a frame.
  GrowingBytes entries_;
  GrowingBytes payloads_;
  char tag_[3] = {};
  bool control_ = false;
  bool ascii_ = true;      // of the field so far
  bool repaired_ = false;  // the field's text
  size_t text_begin_ = 0;  // in payloads_, of the text that is being appended
  bool in_subfield_ = false;
  Findings notes_;
  Findings repairs_;
};

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_LOOSE_RECORD_H_
