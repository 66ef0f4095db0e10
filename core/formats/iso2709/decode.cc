#include "core/formats/iso2709/decode.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/record/delimiters.h"
#include "core/record/frame.h"
#include "core/record/leader.h"
#include "core/text/utf8.h"

namespace marcd {
namespace {

constexpr size_t kEntrySize = 12;
constexpr char kEscape = 0x1B;

using Fault = std::optional<DecodeFault>;

// A directory entry's claim, checked to lie inside the data.
struct Extent {
  uint32_t start;
  uint32_t length;  // without the field terminator
};

// The parts of a record.
struct Parts {
  absl::string_view record;
  absl::string_view directory;  // without its terminator
  absl::string_view data;       // without the record terminator
  bool utf8;

  size_t entries() const { return directory.size() / kEntrySize; }
  absl::string_view tag(size_t i) const { return directory.substr(i * kEntrySize, kTagSize); }
};

DecodeFault FaultOf(Reason reason, absl::string_view message) {
  return {reason, "", std::string(message)};
}

DecodeFault FieldFault(Reason reason, const Parts& parts, size_t index, absl::string_view what) {
  const std::string tag(parts.tag(index));
  return {reason, tag, absl::StrCat("Field ", tag, " (directory entry ", index, "): ", what)};
}

bool IsTag(absl::string_view tag) {
  return std::all_of(tag.begin(), tag.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
}

Fault Split(absl::string_view record, Parts* parts) {
  if (record.size() < kLeaderSize + 2) {
    return FaultOf(Reason::kLeaderInvalid, absl::StrCat("Record of ", record.size(),
                                                        " bytes is too short for a leader, a "
                                                        "directory and their terminators"));
  }
  const Leader leader(record);
  if (!IsAscii(leader.bytes())) {
    return FaultOf(Reason::kLeaderInvalid,
                   absl::StrCat("Leader is not ASCII: ", absl::CHexEscape(leader.bytes())));
  }
  const int32_t base = leader.base_address();
  if (base <= static_cast<int32_t>(kLeaderSize) || static_cast<size_t>(base) >= record.size()) {
    return FaultOf(Reason::kBaseAddressInvalid,
                   absl::StrCat("Base address of data is '", leader.bytes().substr(12, 5),
                                "' in a record of ", record.size(), " bytes"));
  }
  parts->record = record;
  parts->directory = record.substr(kLeaderSize, base - kLeaderSize - 1);
  parts->data = record.substr(base, record.size() - base - 1);
  parts->utf8 = leader.coding_scheme() == 'a';
  if (record[base - 1] != kFieldTerminator) {
    return FaultOf(
        Reason::kDirectoryInvalid,
        absl::StrCat("No field terminator (0x1E) closes the directory at byte ", base - 1));
  }
  if (parts->directory.size() % kEntrySize != 0) {
    return FaultOf(Reason::kDirectoryInvalid,
                   absl::StrCat("Directory of ", parts->directory.size(),
                                " bytes is not a row of 12-byte entries"));
  }
  return std::nullopt;
}

// Reads the directory entry at `index`.
Fault ReadEntry(const Parts& parts, size_t index, Extent* extent) {
  const absl::string_view entry = parts.directory.substr(index * kEntrySize, kEntrySize);
  if (!IsTag(entry.substr(0, kTagSize))) {
    return FaultOf(Reason::kTagInvalid,
                   absl::StrCat("Directory entry ", index, " has the tag '",
                                absl::CHexEscape(entry.substr(0, kTagSize)), "'"));
  }
  const int32_t length = ParseDigits(entry.substr(3, 4));
  const int32_t start = ParseDigits(entry.substr(7, 5));
  if (length < 0 || start < 0) {
    return FieldFault(Reason::kDirectoryInvalid, parts, index,
                      absl::StrCat("length and start are '", absl::CHexEscape(entry.substr(3)),
                                   "', not nine digits"));
  }
  const size_t end = static_cast<size_t>(start) + length;
  if (length < 1 || end > parts.data.size()) {
    return FieldFault(Reason::kFieldOutOfBounds, parts, index,
                      absl::StrCat("length ", length, " from ", start, " in ", parts.data.size(),
                                   " bytes of data"));
  }
  if (parts.data[end - 1] != kFieldTerminator) {
    return FieldFault(Reason::kFieldTerminatorMissing, parts, index,
                      absl::StrCat("no field terminator (0x1E) at byte ", end - 1, " of the data"));
  }
  *extent = {static_cast<uint32_t>(start), static_cast<uint32_t>(length - 1)};
  return std::nullopt;
}

// What a delimiter at `at` of a field's payload has to say against the field.
std::optional<Reason> DelimiterFault(absl::string_view payload, size_t at, bool control) {
  switch (payload[at]) {
    case kRecordTerminator:
      return Reason::kEmbeddedTerminator;
    case kFieldTerminator:
      return Reason::kFieldTerminatorMissing;
    default:
      const bool coded = at + 1 < payload.size() && IsSubfieldCode(payload[at + 1]);
      return control || !coded ? std::optional(Reason::kSubfieldInvalid) : std::nullopt;
  }
}

// Checks every delimiter of `payload`, and finds out whether it is ASCII.
// `readable` bytes from its beginning may be looked at.
std::optional<Reason> CheckDelimiters(absl::string_view payload, size_t readable, bool control,
                                      bool* ascii) {
  uint32_t high = 0;
  for (size_t at = 0; at < payload.size(); at += kDelimiterChunk) {
    const size_t left = payload.size() - at;
    DelimiterMask mask = readable - at >= kDelimiterChunk
                             ? FindDelimiters(payload.data() + at)
                             : FindDelimitersByByte(payload.data() + at, left);
    if (left < kDelimiterChunk) {
      const uint32_t inside = (1U << left) - 1;
      mask.delimiters &= inside;
      mask.high &= inside;
    }
    high |= mask.high;
    for (uint32_t bits = mask.delimiters; bits != 0; bits &= bits - 1) {
      const auto fault = DelimiterFault(payload, at + __builtin_ctz(bits), control);
      if (fault.has_value()) return fault;
    }
  }
  *ascii = high == 0;
  return std::nullopt;
}

std::optional<Reason> CheckText(absl::string_view payload, bool ascii, bool utf8) {
  if (utf8) {
    return ascii || IsUtf8(payload) ? std::nullopt : std::optional(Reason::kInvalidUtf8);
  }
  const bool escapes = std::memchr(payload.data(), kEscape, payload.size()) != nullptr;
  return ascii && !escapes ? std::nullopt : std::optional(Reason::kEncodingUnsupported);
}

std::optional<Reason> CheckDataField(absl::string_view payload) {
  if (payload.size() < 2 || !IsIndicator(payload[0]) || !IsIndicator(payload[1])) {
    return Reason::kIndicatorsInvalid;
  }
  const bool subfields = payload.size() == 2 || payload[2] == kSubfieldDelimiter;
  return subfields ? std::nullopt : std::optional(Reason::kSubfieldInvalid);
}

std::string DescribeField(Reason reason, absl::string_view payload) {
  if (reason == Reason::kInvalidUtf8) {
    const size_t at = FindInvalidUtf8(payload);
    return absl::StrCat("not UTF-8 at byte ", at,
                        " of the field: ", absl::CHexEscape(payload.substr(at, 8)));
  }
  return absl::StrCat(RowOf(reason).what, " It begins: ", absl::CHexEscape(payload.substr(0, 16)));
}

// Checks the field at `index` and sets its entry flags.
Fault CheckField(const Parts& parts, size_t index, const Extent& extent, uint8_t* flags) {
  const bool control = IsControlTag(parts.tag(index));
  const absl::string_view payload = parts.data.substr(extent.start, extent.length);
  const size_t readable = parts.data.size() - extent.start;
  bool ascii = true;
  std::optional<Reason> reason = CheckDelimiters(payload, readable, control, &ascii);
  if (!reason.has_value() && !control) reason = CheckDataField(payload);
  if (!reason.has_value()) reason = CheckText(payload, ascii, parts.utf8);
  if (reason.has_value()) {
    return FieldFault(*reason, parts, index, DescribeField(*reason, payload));
  }
  *flags = static_cast<uint8_t>((control ? kEntryControl : 0) | (ascii ? kEntryAscii : 0));
  return std::nullopt;
}

// Whether the fields follow each other without a hole and the record's two
// lengths are what they would be if it were written anew.
bool IsVerbatim(const Parts& parts, bool contiguous, size_t payload_size) {
  const Leader leader(parts.record);
  return contiguous && payload_size + parts.entries() == parts.data.size() &&
         leader.record_length() == static_cast<int64_t>(parts.record.size());
}

}  // namespace

Fault DecodeIso2709(absl::string_view record, size_t max_payload, std::string* frames) {
  Parts parts;
  if (Fault fault = Split(record, &parts)) return fault;

  const size_t entries = parts.entries();
  absl::InlinedVector<Extent, 64> extents(entries);
  size_t payload_size = 0;
  bool contiguous = true;
  for (size_t i = 0; i < entries; ++i) {
    if (Fault fault = ReadEntry(parts, i, &extents[i])) return fault;
    contiguous = contiguous && extents[i].start == payload_size + i;
    payload_size += extents[i].length;
  }
  if (entries > kMaxFrameEntries ||
      payload_size > std::min<size_t>(max_payload, kMaxFramePayload)) {
    return FaultOf(
        Reason::kDecodedSizeTooLarge,
        absl::StrCat("Fields take up ", payload_size, " bytes in a record of ", record.size()));
  }

  const size_t begin = frames->size();
  frames->resize(begin + kFrameHeadSize + kFrameEntrySize * entries + payload_size);
  char* entry = &(*frames)[begin] + kFrameHeadSize;
  char* payload = entry + kFrameEntrySize * entries;
  uint32_t end = 0;
  for (size_t i = 0; i < entries; ++i, entry += kFrameEntrySize) {
    uint8_t flags = 0;
    if (Fault fault = CheckField(parts, i, extents[i], &flags)) {
      frames->resize(begin);
      return fault;
    }
    std::memcpy(payload + end, parts.data.data() + extents[i].start, extents[i].length);
    end += extents[i].length;
    std::memcpy(entry, parts.tag(i).data(), kTagSize);
    entry[kTagSize] = static_cast<char>(flags);
    StoreLe32(end, entry + kTagSize + 1);
  }
  char* const head = &(*frames)[begin];
  StoreLe32(IsVerbatim(parts, contiguous, payload_size) ? kRecordVerbatim : 0, head);
  std::memcpy(head + 4, record.data(), kLeaderSize);
  StoreLe32(static_cast<uint32_t>(entries), head + 4 + kLeaderSize);
  return std::nullopt;
}

}  // namespace marcd
