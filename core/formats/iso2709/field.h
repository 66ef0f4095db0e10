// One field of an ISO 2709 record: what its payload must be, and its text.
#ifndef MARCD_CORE_FORMATS_ISO2709_FIELD_H_
#define MARCD_CORE_FORMATS_ISO2709_FIELD_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"
#include "core/record/frame.h"
#include "core/text/charset.h"
#include "core/text/marc8/marc8.h"
#include "core/text/text_options.h"

namespace marcd::iso2709 {

// In what a record's text is encoded, as decided.
struct TextEncoding {
  Encoding encoding = Encoding::kUtf8;
  const Charset* charset = nullptr;

  bool operator!=(const TextEncoding& other) const {
    return encoding != other.encoding || charset != other.charset;
  }
};

// Whether a record says of itself that it is UTF-8: by leader/09, `coding_scheme`; or,
// where that is not trusted and the record is of UNIMARC, which has no such position,
// by $a/26-27 of its field 100 (UNIMARC Manual, field 100, "Character sets"), whose
// payload is `field_100` or empty.
bool ClaimsUtf8(const TextOptions& options, char coding_scheme, absl::string_view field_100);

// What `options` say of a record without a look at its text: the record's own
// claim, or what is forced.
TextEncoding DeclaredEncoding(const TextOptions& options, bool claims_utf8);

// As above, and with TextPolicy::kDetect by a look at `data`, the record's fields.
// Adds to `findings` what is to be said of it.
TextEncoding DecideEncoding(const TextOptions& options, bool claims_utf8, absl::string_view data,
                            std::vector<Finding>* findings);

// What a delimiter at `at` of a field's payload has to say against the field, as
// `reason`; true when it may stand there.
inline bool CheckDelimiter(absl::string_view payload, size_t at, bool control, Reason* reason) {
  if (payload[at] == kSubfieldDelimiter) {
    if (control) {
      *reason = Reason::kControlFieldDelimited;
      return false;
    }
    if (at + 1 < payload.size() && IsSubfieldCode(payload[at + 1])) return true;
    *reason = at + 1 == payload.size() || payload[at + 1] == kSubfieldDelimiter
                  ? Reason::kSubfieldCodeMissing
                  : Reason::kSubfieldCodeInvalid;
    return false;
  }
  *reason = payload[at] == kRecordTerminator ? Reason::kRecordTerminatorEmbedded
                                             : Reason::kFieldTerminatorEmbedded;
  return false;
}

// Whether a data field's payload begins with two indicators and then a subfield, if
// anything; else `reason` says why not.
bool CheckDataField(absl::string_view payload, Reason* reason);

// Both checks for a whole payload.
bool CheckPayload(absl::string_view payload, bool control, Reason* reason);

// Appends `payload`, which CheckPayload() accepts, with its text decoded: each
// subfield's value by itself. The faults are counted over all of it, and `first`
// is a byte of the payload.
TextFaults DecodePayload(absl::string_view payload, bool control, const TextEncoding& encoding,
                         const TextOptions& options, std::string* out);

// The reason for faults in a text of this encoding.
Reason ReasonOfText(Encoding encoding);

// What is wrong with a payload, in words.
std::string DescribePayload(Reason reason, absl::string_view payload);
std::string DescribeText(Encoding encoding, absl::string_view payload, const TextFaults& faults);

}  // namespace marcd::iso2709

#endif  // MARCD_CORE_FORMATS_ISO2709_FIELD_H_
