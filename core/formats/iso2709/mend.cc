#include "core/formats/iso2709/mend.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/ascii.h"
#include "core/formats/iso2709/field.h"
#include "core/formats/iso2709/mend_layout.h"
#include "core/formats/iso2709/mend_payload.h"
#include "core/formats/iso2709/notes.h"
#include "core/record/frame.h"
#include "core/record/frame_writer.h"
#include "core/text/utf8.h"

namespace marcd {
namespace {

using iso2709::FoundField;
using iso2709::Layout;
using iso2709::Mends;
using iso2709::TextEncoding;

bool Refuse(Reason reason, std::string message, std::vector<Finding>* findings) {
  findings->push_back(MakeFinding(reason, Disposition::kSkipped, std::move(message)));
  return false;
}

uint8_t FlagsOf(bool control, absl::string_view payload, bool repaired) {
  return static_cast<uint8_t>((control ? kEntryControl : 0) | (IsAscii(payload) ? kEntryAscii : 0) |
                              (repaired ? kEntryRepaired : 0));
}

// Writes a field's payload with its text decoded, what cannot be replaced by U+FFFD.
void WriteField(const FoundField& field, const TextEncoding& encoding, const TextOptions& options,
                FrameWriter* writer, Mends* mends) {
  const bool control = IsControlTag(field.tag);
  std::string* const out = writer->payloads();
  const size_t begin = out->size();
  Reason reason;
  const std::string mended = iso2709::CheckPayload(field.payload, control, &reason)
                                 ? std::string(field.payload)
                                 : MendPayload(field.payload, field.tag, control, mends);
  TextFaults faults;
  if (options.raw) {
    out->append(mended);
  } else {
    faults = DecodePayload(mended, control, encoding, options, out);
  }
  if (!faults.ok()) {
    mends->Add(iso2709::ReasonOfText(encoding.encoding), field.tag,
               absl::StrCat("Field ", field.tag, ": ",
                            iso2709::DescribeText(encoding.encoding, mended, faults)));
  }
  writer->EndField(field.tag, FlagsOf(control, absl::string_view(*out).substr(begin),
                                      !faults.ok() || mended != field.payload));
}

bool ClaimsUtf8(const TextOptions& options, const Layout& layout) {
  const auto found = std::find_if(layout.fields.begin(), layout.fields.end(),
                                  [](const FoundField& field) { return field.tag == "100"; });
  return iso2709::ClaimsUtf8(options, layout.leader[9],
                             found == layout.fields.end() ? "" : found->payload);
}

}  // namespace

bool MendIso2709(absl::string_view record, const DecodeOptions& options, std::string* frames,
                 std::vector<Finding>* findings) {
  const absl::string_view source = record;
  if (!record.empty() && record.back() == kRecordTerminator) record.remove_suffix(1);
  if (record.size() <= kLeaderSize) {
    return Refuse(Reason::kLeaderTooShort,
                  absl::StrCat("Nothing but ", record.size(), " bytes of a leader is there"),
                  findings);
  }
  Mends mends;
  const Layout layout = iso2709::FindLayout(record, &mends);
  const bool with_source = options.with_source;
  const size_t entries = layout.fields.size() + (with_source ? 1 : 0);
  if (entries > kMaxFrameEntries) {
    return Refuse(Reason::kDecodedSizeTooLarge,
                  absl::StrCat("The directory has ", layout.fields.size(), " entries"), findings);
  }
  const size_t limit = std::min<size_t>(options.max_payload, kMaxFramePayload);
  size_t claimed = with_source ? source.size() : 0;
  for (const FoundField& field : layout.fields) claimed += field.payload.size();
  if (claimed > limit) {  // seen before anything is copied
    return Refuse(Reason::kDecodedSizeTooLarge,
                  absl::StrCat("Fields take up ", claimed, " bytes in a record of ", source.size()),
                  findings);
  }
  const size_t findings_before = findings->size();
  const TextEncoding encoding = iso2709::DecideEncoding(
      options.text, ClaimsUtf8(options.text, layout), layout.data, findings);
  FrameWriter writer(layout.leader, entries, frames);
  for (const FoundField& field : layout.fields) {
    WriteField(field, encoding, options.text, &writer, &mends);
    // Decoding makes up to four bytes of one.
    if (writer.payload_size() + (with_source ? source.size() : 0) <= limit) continue;
    writer.Abandon();
    findings->resize(findings_before);
    return Refuse(
        Reason::kDecodedSizeTooLarge,
        absl::StrCat("Fields take up more than ", limit, " bytes in a record of ", source.size()),
        findings);
  }
  if (with_source) {
    writer.payloads()->append(source.data(), source.size());
    writer.EndField(kSourceTag, 0);
  }
  writer.Finish((with_source ? kRecordWithSource : 0) | (options.text.raw ? kRecordRaw : 0));
  mends.MoveTo(findings);
  if (options.notes) {
    iso2709::NoteLeader(layout.leader, findings);
    if (layout.fields.empty()) iso2709::NoteLayout({}, {}, findings);
  }
  return true;
}

}  // namespace marcd
