#include "core/formats/iso2709/decode.h"

#include <algorithm>
#include <cstring>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/formats/iso2709/field.h"
#include "core/formats/iso2709/notes.h"
#include "core/formats/iso2709/parts.h"
#include "core/record/delimiters.h"
#include "core/record/frame.h"
#include "core/record/frame_writer.h"
#include "core/record/leader.h"
#include "core/text/utf8.h"

namespace marcd {
namespace {

using iso2709::Extent;
using iso2709::Parts;
using iso2709::TextEncoding;
using Extents = absl::InlinedVector<Extent, 64>;
using Fault = std::optional<Finding>;

constexpr char kEscape = 0x1B;

// What text may be copied into the frame as it is.
enum class Copyable { kAnything, kUtf8, kPlainMarc8, kAscii };

Copyable CopyableText(const TextOptions& options, const TextEncoding& encoding) {
  if (options.raw) return Copyable::kAnything;
  if (encoding.encoding == Encoding::kMarc8) return Copyable::kPlainMarc8;
  return encoding.encoding == Encoding::kUtf8 && !options.nfc ? Copyable::kUtf8 : Copyable::kAscii;
}

bool IsCopyable(absl::string_view payload, bool ascii, Copyable copyable) {
  switch (copyable) {
    case Copyable::kAnything:
      return true;
    case Copyable::kUtf8:
      return ascii || IsUtf8(payload);
    case Copyable::kPlainMarc8:
      return ascii && IsPlainInMarc8(payload);
    case Copyable::kAscii:
      return ascii;
  }
  return false;
}

// How a field was copied.
enum class Copied { kWhole, kFault, kTextToDecode };

// What a field's bytes are, beside its delimiters.
struct Seen {
  bool ascii = true;
  bool escapes = false;  // ESC, or 0x1C
};

// Copies `payload` to `to` and checks every delimiter on the way; finds out what
// else there is. (That costs nothing beside the delimiters.) Whole chunks are copied: up to
// kDelimiterChunk bytes behind the payload are written at `to`. `readable` bytes may be looked at
// from the payload's beginning on.
bool CopyChecked(absl::string_view payload, size_t readable, bool control, char* to, Seen* seen,
                 Reason* reason) {
  uint64_t high = 0;
  for (size_t at = 0; at < payload.size(); at += kDelimiterChunk) {
    const size_t left = payload.size() - at;
    DelimiterMask mask;
    if (readable - at >= kDelimiterChunk) {
      mask = FindDelimiters<kEscape>(payload.data() + at);
      std::memcpy(to + at, payload.data() + at, kDelimiterChunk);
    } else {
      mask = FindDelimitersByByte<kEscape>(payload.data() + at, left);
      std::memcpy(to + at, payload.data() + at, left);
    }
    if (left < kDelimiterChunk) {
      const uint64_t inside = (uint64_t{1} << left) - 1;
      mask.delimiters &= inside;
      mask.high &= inside;
    }
    high |= mask.high;
    for (uint64_t bits = mask.delimiters; bits != 0; bits &= bits - 1) {
      const size_t delimiter = at + __builtin_ctzll(bits);
      if (payload[delimiter] < kRecordTerminator) {
        seen->escapes = true;
        continue;
      }
      if (!iso2709::CheckDelimiter(payload, delimiter, control, reason)) return false;
    }
  }
  seen->ascii = high == 0;
  return true;
}

// Whether a data field begins with two indicators, and then a subfield if anything.
bool BeginsAsDataField(absl::string_view payload) {
  return payload.size() >= 2 && IsIndicator(payload[0]) && IsIndicator(payload[1]) &&
         (payload.size() == 2 || payload[2] == kSubfieldDelimiter);
}

// Copies the field at `index` to `to` as CopyChecked() does, checks it, and sets
// its entry flags. (`reason` is a parameter, not a part of the result: an optional
// travels through memory in two parts, and waiting for both cost a third of the
// decoder's time.)
Copied CopyField(const Parts& parts, size_t index, const Extent& extent, Copyable copyable,
                 char* to, Seen* seen, uint8_t* flags, Reason* reason) {
  const bool control = IsControlTag(parts.tag(index));
  const absl::string_view payload = parts.payload(extent);
  if (!CopyChecked(payload, parts.data.size() - extent.start, control, to, seen, reason)) {
    return Copied::kFault;
  }
  if (!control && !BeginsAsDataField(payload)) {
    iso2709::CheckDataField(payload, reason);
    return Copied::kFault;
  }
  *flags = static_cast<uint8_t>((control ? kEntryControl : 0) | (seen->ascii ? kEntryAscii : 0));
  return IsCopyable(payload, seen->ascii, copyable) ? Copied::kWhole : Copied::kTextToDecode;
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

// Whether the fields follow each other without a hole and the record's two
// lengths are what they would be if it were written anew.
bool IsVerbatim(const Parts& parts, bool contiguous, size_t payload_size) {
  const Leader leader(parts.record);
  return contiguous && payload_size + parts.entries() == parts.data.size() &&
         leader.record_length() == static_cast<int64_t>(parts.record.size());
}

// Appends the frame of a record whose text is all copyable: of nearly all records.
Copied CopyRecord(const Parts& parts, const Extents& extents, size_t payload_size,
                  Copyable copyable, std::string* frames, Seen* seen, Fault* fault) {
  const size_t begin = frames->size();
  const size_t entries = extents.size();
  const size_t size = kFrameHeadSize + kFrameEntrySize * entries + payload_size;
  frames->resize(begin + size + kDelimiterChunk);  // CopyChecked() writes whole chunks
  char* entry = &(*frames)[begin] + kFrameHeadSize;
  char* const payloads = entry + kFrameEntrySize * entries;
  uint32_t end = 0;
  for (size_t i = 0; i < entries; ++i, entry += kFrameEntrySize) {
    Seen in_field;
    uint8_t flags = 0;
    Reason reason;
    const Copied copied =
        CopyField(parts, i, extents[i], copyable, payloads + end, &in_field, &flags, &reason);
    if (copied != Copied::kWhole) {
      frames->resize(begin);
      if (copied == Copied::kFault) {
        const absl::string_view payload = parts.payload(extents[i]);
        *fault = FieldFinding(reason, parts, i, iso2709::DescribePayload(reason, payload));
      }
      return copied;
    }
    seen->ascii &= in_field.ascii;
    seen->escapes |= in_field.escapes;
    end += extents[i].length;
    std::memcpy(entry, parts.tag(i).data(), kTagSize);
    entry[kTagSize] = static_cast<char>(flags);
    StoreLe32(end, entry + kTagSize + 1);
  }
  frames->resize(begin + size);
  std::memcpy(&(*frames)[begin] + 4, parts.record.data(), kLeaderSize);
  StoreLe32(static_cast<uint32_t>(entries), &(*frames)[begin] + 4 + kLeaderSize);
  return Copied::kWhole;
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
  Extents extents(entries);
  size_t payload_size = 0;
  bool contiguous = true;
  for (size_t i = 0; i < entries; ++i) {
    if (!ReadEntry(parts, i, &extents[i])) return ExplainEntry(parts, i);
    contiguous = contiguous && extents[i].start == payload_size + i;
    payload_size += extents[i].length;
  }
  if (entries > kMaxFrameEntries ||
      payload_size > std::min<size_t>(options.max_payload, kMaxFramePayload)) {
    return TooLarge(parts, payload_size);
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
  Copied copied = CopyRecord(parts, extents, payload_size, copyable, frames, &seen, &fault);
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
    const uint32_t flags = (IsVerbatim(parts, contiguous, payload_size) ? kRecordVerbatim : 0) |
                           (options.text.raw ? kRecordRaw : 0);
    StoreLe32(flags, &(*frames)[begin]);
  }
  if (options.notes) {
    iso2709::NoteLeader(record, notes);
    if (entries == 0 || !contiguous || payload_size + entries != parts.data.size()) {
      iso2709::NoteLayout(parts, extents, notes);
    }
  }
  return std::nullopt;
}

}  // namespace marcd
