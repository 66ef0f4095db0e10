// Reads a frame in place, without copying or allocating.
//
// Parse() checks everything that docs/frame.md promises, once; after that no
// accessor can read outside the frame. The frame must outlive its views. Views
// are values; reading one frame from many threads is safe.
#ifndef MARCD_CORE_RECORD_RECORD_VIEW_H_
#define MARCD_CORE_RECORD_RECORD_VIEW_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/record/frame.h"

namespace marcd {

// One subfield.
struct SubfieldView {
  char code;
  absl::string_view value;
};

// One field of a frame.
class FieldView {
 public:
  FieldView(absl::string_view tag, uint8_t flags, absl::string_view payload)
      : tag_(tag), flags_(flags), payload_(payload) {}

  absl::string_view tag() const { return tag_; }
  uint8_t flags() const { return flags_; }
  // A control field's text; a data field's indicators and subfields.
  absl::string_view payload() const { return payload_; }
  bool is_control() const { return (flags_ & kEntryControl) != 0; }

  // Of data fields only.
  char indicator1() const { return payload_[0]; }
  char indicator2() const { return payload_[1]; }

  // Takes the next subfield off `rest`, which begins as subfields(); false when
  // none is left. Of data fields only.
  absl::string_view subfields() const { return payload_.substr(2); }
  static bool NextSubfield(absl::string_view* rest, SubfieldView* subfield);

 private:
  absl::string_view tag_;
  uint8_t flags_;
  absl::string_view payload_;
};

class RecordView {
 public:
  // A view of `frame`, or INVALID_ARGUMENT `FRAME_INVALID` saying what is wrong
  // with it and at which entry.
  static absl::StatusOr<RecordView> Parse(absl::string_view frame);

  uint32_t flags() const { return flags_; }
  absl::string_view leader() const { return frame_.substr(4, kLeaderSize); }

  // How many fields there are; the record's source bytes are not one.
  uint32_t size() const {
    return entries_ - ((flags_ & (kRecordUndecoded | kRecordWithSource)) != 0 ? 1 : 0);
  }

  // The field at `index` < size().
  FieldView field(uint32_t index) const { return entry(index); }

  // The record's source bytes where the frame carries them (undecoded or
  // with_source); empty otherwise.
  absl::string_view source() const;

  // The payloads of all fields end to end.
  absl::string_view payloads() const;

  // Appends the record's source bytes; false when the frame is not verbatim, or is called so, but
  // the leader's lengths are not its own or a field is too long for the directory.
  bool AppendVerbatim(std::string* out) const;

 private:
  RecordView(absl::string_view frame, uint32_t flags, uint32_t entries)
      : frame_(frame), flags_(flags), entries_(entries) {}

  FieldView entry(uint32_t index) const;

  absl::string_view frame_;
  uint32_t flags_;
  uint32_t entries_;
};

}  // namespace marcd

#endif  // MARCD_CORE_RECORD_RECORD_VIEW_H_
