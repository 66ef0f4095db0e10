#include "core/formats/iso2709/decode.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/ascii.h"
#include "core/base/bytes.h"
#include "core/formats/iso2709/copy_record.h"
#include "core/formats/iso2709/field.h"
#include "core/formats/iso2709/notes.h"
#include "core/formats/iso2709/parts.h"
#include "core/record/frame.h"
#include "core/record/frame_writer.h"
#include "core/record/leader.h"
#include "core/text/utf8.h"

namespace marcd {
namespace {

using iso2709::Copied;
using iso2709::Copyable;
using iso2709::Extents;
using iso2709::Layout;
using iso2709::Parts;
using iso2709::Seen;
using iso2709::TextEncoding;
using Fault = std::optional<Finding>;

Copyable CopyableText(const TextOptions& options, const TextEncoding& encoding) {
  if (options.raw) return Copyable::kAnything;
  if (encoding.encoding == Encoding::kMarc8) return Copyable::kPlainMarc8;
  return encoding.encoding == Encoding::kUtf8 && !options.nfc ? Copyable::kUtf8 : Copyable::kAscii;
}

Finding TooLarge(const Parts& parts, size_t payload_size) {
  return MakeFinding(
      Reason::kDecodedSizeTooLarge, Disposition::kSkipped,
      absl::StrCat("Fields take up ", payload_size, " bytes in a record of ", parts.record.size()));
}

// What pymarc makes of the leader's length, if it is not the record's, is for the codec
// to find out: the source ends before, or it is a number to Python alone.
Finding OtherLength(const Parts& parts) {
  Finding fault;
  fault.reason = Leader(parts.record).record_length() < 0 ? Reason::kLengthNotDigits
                                                          : Reason::kTruncatedRecord;
  fault.message = absl::StrCat("Length in the leader is '", EscapeBytes(parts.record.substr(0, 5)),
                               "', but ", parts.record.size(), " bytes are there");
  return fault;
}

// Whether the record's two lengths are what they would be if it were written anew.
bool IsVerbatim(const Parts& parts, const Layout& layout) {
  return layout.Fills(parts) &&
         Leader(parts.record).record_length() == static_cast<int64_t>(parts.record.size());
}

// pymarc decodes control fields as Latin-1 where it decodes subfields as MARC-8.
bool IsPymarcsLatin1(const TextOptions& options, const TextEncoding& encoding, bool control) {
  return options.pymarc && control && encoding.encoding == Encoding::kMarc8;
}

// Appends the frame of a record whose text is to be decoded.
Fault DecodeText(const Parts& parts, const Extents& extents, const TextEncoding& encoding,
                 const DecodeOptions& options, std::string* frames) {
  FrameWriter writer(parts.record.substr(0, kLeaderSize), extents.size(), frames);
  for (size_t i = 0; i < extents.size(); ++i) {
    const bool control = IsControlTag(parts.tag(i));
    const absl::string_view payload = parts.payload(extents[i]);
    const size_t begin = frames->size();
    Reason reason;
    if (!iso2709::CheckPayload(payload, control, &reason)) {
      writer.Abandon();
      return FieldFinding(reason, parts, i, iso2709::DescribePayload(reason, payload));
    }
    TextFaults faults;
    if (IsPymarcsLatin1(options.text, encoding, control)) {
      faults = {IsAscii(payload) ? size_t{0} : 1, 0};
      frames->append(payload.data(), payload.size());
    } else {
      faults = iso2709::DecodePayload(payload, control, encoding, options.text, frames);
    }
    if (!faults.ok() || writer.payload_size() > options.max_payload) {
      const size_t size = writer.payload_size();
      writer.Abandon();
      if (faults.ok()) return TooLarge(parts, size);
      return FieldFinding(iso2709::ReasonOfText(encoding.encoding), parts, i,
                          iso2709::DescribeText(encoding.encoding, payload, faults));
    }
    const bool ascii = IsAscii(absl::string_view(*frames).substr(begin));
    writer.EndField(parts.tag(i), static_cast<uint8_t>((control ? kEntryControl : 0) |
                                                       (ascii ? kEntryAscii : 0)));
  }
  writer.Finish(0);
  return std::nullopt;
}

bool ClaimsUtf8(const TextOptions& options, const Parts& parts, const Extents& extents) {
  absl::string_view field_100;
  for (size_t i = 0; i < extents.size() && field_100.empty(); ++i) {
    if (parts.tag(i) == "100") field_100 = parts.payload(extents[i]);
  }
  return iso2709::ClaimsUtf8(options, Leader(parts.record).coding_scheme(), field_100);
}

// Whether the text could be in another encoding than is declared, or has something
// to be said of it.
bool IsToBeDetected(const TextOptions& options, const Seen& seen) {
  return options.policy == TextPolicy::kDetect && !options.raw && (!seen.ascii || seen.escapes);
}

}  // namespace

Fault DecodeIso2709(absl::string_view record, const DecodeOptions& options, std::string* frames,
                    std::vector<Finding>* notes) {
  Parts parts;
  if (Fault fault = Split(record, &parts)) return fault;
  if (options.text.pymarc &&
      Leader(record).record_length() != static_cast<int64_t>(record.size())) {
    return OtherLength(parts);
  }

  const size_t entries = parts.entries();
  Layout layout;
  layout.extents.resize(entries);
  Extents& extents = layout.extents;
  for (size_t i = 0; i < entries; ++i) {
    if (!ReadEntry(parts, i, &extents[i])) return ExplainEntry(parts, i);
    layout.contiguous = layout.contiguous && extents[i].start == layout.payload_size + i;
    layout.payload_size += extents[i].length;
  }
  if (entries > kMaxFrameEntries ||
      layout.payload_size > std::min<size_t>(options.max_payload, kMaxFramePayload)) {
    return TooLarge(parts, layout.payload_size);
  }

  if (options.text.pymarc && entries == 0) {
    return MakeFinding(Reason::kNoFields, Disposition::kSkipped,
                       std::string(RowOf(Reason::kNoFields).what));
  }

  const size_t begin = frames->size();
  const size_t notes_before = notes->size();
  TextEncoding encoding =
      iso2709::DeclaredEncoding(options.text, Leader(record).coding_scheme() == 'a');
  const Copyable copyable = CopyableText(options.text, encoding);
  Seen seen;
  Fault fault;
  Copied copied = CopyRecord(parts, layout, copyable, frames, &seen, &fault);
  if (copied == Copied::kFault) return fault;
  if (copied == Copied::kTextToDecode || IsToBeDetected(options.text, seen)) {
    const TextEncoding declared = encoding;
    encoding = iso2709::DecideEncoding(options.text, ClaimsUtf8(options.text, parts, extents),
                                       parts.data, notes);
    if (copied == Copied::kWhole && encoding != declared) {
      frames->resize(begin);
      copied = Copied::kTextToDecode;
    }
  }
  if (copied == Copied::kTextToDecode) {
    fault = DecodeText(parts, extents, encoding, options, frames);
    if (fault.has_value()) {
      notes->resize(notes_before);
      return fault;
    }
  } else {
    const uint32_t flags =
        (IsVerbatim(parts, layout) ? kRecordVerbatim : 0) | (options.text.raw ? kRecordRaw : 0);
    StoreLe32(flags, &(*frames)[begin]);
  }
  if (options.notes) {
    iso2709::NoteLeader(record, notes);
    if (entries == 0 || !layout.Fills(parts)) {
      iso2709::NoteLayout(parts, extents, notes);
    }
  }
  return std::nullopt;
}

}  // namespace marcd
