// The events of a parser of XML → a record.
#ifndef MARCD_CORE_FORMATS_XML_RECORD_HANDLER_H_
#define MARCD_CORE_FORMATS_XML_RECORD_HANDLER_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/formats/decode_options.h"
#include "core/formats/loose_record.h"
#include "core/formats/xml/element.h"

namespace marcd::xml {

// Is told of the elements of one record in order, and gives a LooseRecord what they
// say. What MARC has no place for is a finding: an element that is none of the
// dialect's is left out where it stands among fields; where it stands in text, its text
// is kept; text outside of subfields goes into a subfield whose code is a blank. How text is cut
// into calls makes no difference. Not thread-safe.
class RecordHandler {
 public:
  // The arguments must outlive it.
  RecordHandler(const Reader& reader, const DecodeOptions& options, LooseRecord* record)
      : reader_(reader), options_(options), record_(*record) {}

  void Start(absl::string_view name, absl::Span<const Attribute> attributes);
  void End();
  void Text(absl::string_view text);

  // No event comes any more, be the record's end tag among those that have come or not.
  void Finish();

  // Elements are nested too deeply, or there is more text than a record may have: the
  // rest is not wanted.
  bool too_deep() const { return unknown_depth_ > kDeepest; }
  bool too_large() const;
  size_t text_size() const { return text_size_; }

  // Whether blanks that come now are text.
  bool takes_text() const {
    return level_ == kLeader || level_ == kControlField || level_ == kSubfield ||
           unknown_depth_ > 0;
  }

  // Nothing of a record has been found.
  bool empty() const { return fields_ == 0 && !has_leader_; }

 private:
  static constexpr size_t kDeepest = 100;
  enum Level { kOutside, kRecord, kLeader, kControlField, kDataField, kSubfield };

  void StartInRecord(absl::string_view name, const Element& element);
  void StartUnknown(absl::string_view name);
  void TakeStray();
  void SetLeader();
  void Note(Reason reason, std::string message);

  const Reader& reader_;
  const DecodeOptions& options_;
  LooseRecord& record_;
  Level level_ = kOutside;
  // How many elements are open within that of level_ that are none of the dialect's.
  size_t unknown_depth_ = 0;
  std::string leader_;
  // Text that stands where none should, as far as it has come.
  std::string stray_;
  size_t text_size_ = 0;
  size_t fields_ = 0;
  bool has_leader_ = false;
};

}  // namespace marcd::xml

#endif  // MARCD_CORE_FORMATS_XML_RECORD_HANDLER_H_
