#include "core/formats/iso2709/encode.h"

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "core/formats/iso2709/encode_marc8.h"
#include "core/formats/iso2709/write_record.h"
#include "core/record/leader.h"
#include "core/text/marc8/marc8.h"

namespace marcd {
namespace {

using iso2709::OutField;

// Whether the record's own bytes are right in the encoding that is wanted: leader/09 says
// so, or the text is the same in all of them and leader/09 does not say the other.
bool IsTrue(const RecordView& record, bool marc8) {
  const bool utf8 = Leader(record.leader()).coding_scheme() == 'a';
  if (utf8) return !marc8;
  return IsPlainInMarc8(record.payloads());
}

std::optional<Finding> EncodeInMarc8(const RecordView& record, const EncodeOptions& options,
                                     std::string* out, std::vector<Finding>* notes) {
  std::string text;
  std::vector<OutField> fields;
  fields.reserve(record.size() + 1);
  const size_t notes_before = notes->size();
  if (auto fault = EncodeFieldsInMarc8(record, options, &text, &fields, notes)) return fault;
  auto fault = WriteRecord(record.leader(), ' ', fields, options.too_long, out, notes);
  if (fault.has_value()) notes->resize(notes_before);
  return fault;
}

}  // namespace

std::optional<Finding> EncodeIso2709(const RecordView& record, const EncodeOptions& options,
                                     std::string* out, std::vector<Finding>* notes) {
  if ((record.flags() & kRecordUndecoded) != 0) {
    absl::StrAppend(out, record.source());
    return std::nullopt;
  }
  const bool raw = (record.flags() & kRecordRaw) != 0;
  if ((raw || IsTrue(record, options.marc8)) && record.AppendVerbatim(out)) return std::nullopt;
  if (options.marc8 && !raw) return EncodeInMarc8(record, options, out, notes);
  absl::InlinedVector<OutField, 64> fields;
  fields.reserve(record.size());
  for (uint32_t i = 0; i < record.size(); ++i) {
    const FieldView field = record.field(i);
    fields.push_back({field.tag(), field.payload()});
  }
  const char coding_scheme = raw ? Leader(record.leader()).coding_scheme() : 'a';
  return WriteRecord(record.leader(), coding_scheme, fields, options.too_long, out, notes);
}

}  // namespace marcd
