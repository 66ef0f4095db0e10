#include "core/formats/iso2709/decode.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "absl/container/inlined_vector.h"
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
  absl::string_view payload(const Extent& extent) const {
    return data.substr(extent.start, extent.length);
  }
};

DecodeFault FaultOf(Reason reason, absl::string_view message) {
  return {reason, "", std::string(message)};
}

DecodeFault FieldFault(Reason reason, const Parts& parts, size_t index, absl::string_view what) {
  const std::string tag(parts.tag(index));
  return {reason, tag, absl::StrCat("Field ", tag, " (directory entry ", index, "): ", what)};
}

bool IsTag(absl::string_view tag) {
  const auto printable = [](char c) { return c >= 0x20 && c <= 0x7E; };
  return printable(tag[0]) && printable(tag[1]) && printable(tag[2]);
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
                   absl::StrCat("Leader is not ASCII: ", EscapeBytes(leader.bytes())));
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

// Eight ASCII digits at `text` as a number; false when one is no digit. All at
// once: a digit at a time costs as much as the rest of the entry together.
bool ParseEightDigits(const char* text, uint32_t* value) {
  uint64_t word;
  std::memcpy(&word, text, sizeof word);
  constexpr uint64_t kZeros = 0x3030303030303030, kHighNibbles = 0xF0F0F0F0F0F0F0F0;
  // A digit has the high nibble 3, and keeps it when 6 is added.
  const uint64_t nibbles =
      (word & kHighNibbles) | ((word + 0x0606060606060606) & kHighNibbles) >> 4;
  if (nibbles != 0x3333333333333333) return false;
  word -= kZeros;
  word = word * 10 + (word >> 8);  // pairs, in every other byte
  constexpr uint64_t kPairs = 0x000000FF000000FF;
  word = ((word & kPairs) * (100 + (1000000ULL << 32)) +
          (word >> 16 & kPairs) * (1 + (10000ULL << 32))) >>
         32;
  *value = static_cast<uint32_t>(word);
  return true;
}

// Reads the directory entry at `index`: true when its tag is one and its field
// lies in the data, with a terminator behind it.
bool ReadEntry(const Parts& parts, size_t index, Extent* extent) {
  const char* const entry = parts.directory.data() + index * kEntrySize;
  const unsigned thousands = static_cast<unsigned char>(entry[3]) - unsigned{'0'};
  uint32_t rest;  // three digits of the length, five of the start
  if (thousands > 9 || !ParseEightDigits(entry + 4, &rest)) return false;
  const uint32_t length = thousands * 1000 + rest / 100'000;
  const uint32_t start = rest % 100'000;
  const size_t end = size_t{start} + length;
  if (length < 1 || end > parts.data.size() || parts.data[end - 1] != kFieldTerminator) {
    return false;
  }
  *extent = {start, length - 1};
  return IsTag({entry, kTagSize});
}

// Why ReadEntry() said no.
Fault ExplainEntry(const Parts& parts, size_t index) {
  const absl::string_view entry = parts.directory.substr(index * kEntrySize, kEntrySize);
  if (!IsTag(entry.substr(0, kTagSize))) {
    return FaultOf(Reason::kTagInvalid, absl::StrCat("Directory entry ", index, " has the tag '",
                                                     EscapeBytes(entry.substr(0, kTagSize)), "'"));
  }
  const int32_t length = ParseDigits(entry.substr(3, 4));
  const int32_t start = ParseDigits(entry.substr(7, 5));
  if (length < 0 || start < 0) {
    return FieldFault(
        Reason::kDirectoryInvalid, parts, index,
        absl::StrCat("length and start are '", EscapeBytes(entry.substr(3)), "', not nine digits"));
  }
  const size_t end = static_cast<size_t>(start) + length;
  if (length < 1 || end > parts.data.size()) {
    return FieldFault(Reason::kFieldOutOfBounds, parts, index,
                      absl::StrCat("length ", length, " from ", start, " in ", parts.data.size(),
                                   " bytes of data"));
  }
  return FieldFault(Reason::kFieldTerminatorMissing, parts, index,
                    absl::StrCat("no field terminator (0x1E) at byte ", end - 1, " of the data"));
}

// The checks of a field below return false and set `fault` when it is damaged.
// (Not std::optional: it travels through memory in two parts, and waiting for
// both cost a third of the decoder's time.)

// What a delimiter at `at` of a field's payload has to say against the field.
bool CheckDelimiter(absl::string_view payload, size_t at, bool control, Reason* fault) {
  if (payload[at] == kSubfieldDelimiter) {
    *fault = Reason::kSubfieldInvalid;
    return !control && at + 1 < payload.size() && IsSubfieldCode(payload[at + 1]);
  }
  *fault = payload[at] == kRecordTerminator ? Reason::kEmbeddedTerminator
                                            : Reason::kFieldTerminatorMissing;
  return false;
}

// Copies `payload` to `to` and checks every delimiter on the way; finds out
// whether it is ASCII. Whole chunks are copied: up to kDelimiterChunk bytes
// behind the payload are written at `to`. `readable` bytes may be looked at from
// the payload's beginning on.
bool CopyChecked(absl::string_view payload, size_t readable, bool control, char* to, bool* ascii,
                 Reason* fault) {
  uint64_t high = 0;
  for (size_t at = 0; at < payload.size(); at += kDelimiterChunk) {
    const size_t left = payload.size() - at;
    DelimiterMask mask;
    if (readable - at >= kDelimiterChunk) {
      mask = FindDelimiters(payload.data() + at);
      std::memcpy(to + at, payload.data() + at, kDelimiterChunk);
    } else {
      mask = FindDelimitersByByte(payload.data() + at, left);
      std::memcpy(to + at, payload.data() + at, left);
    }
    if (left < kDelimiterChunk) {
      const uint64_t inside = (uint64_t{1} << left) - 1;
      mask.delimiters &= inside;
      mask.high &= inside;
    }
    high |= mask.high;
    for (uint64_t bits = mask.delimiters; bits != 0; bits &= bits - 1) {
      if (!CheckDelimiter(payload, at + __builtin_ctzll(bits), control, fault)) return false;
    }
  }
  *ascii = high == 0;
  return true;
}

bool CheckText(absl::string_view payload, bool ascii, bool utf8, Reason* fault) {
  if (utf8) {
    *fault = Reason::kInvalidUtf8;
    return ascii || IsUtf8(payload);
  }
  *fault = Reason::kEncodingUnsupported;
  return ascii && std::memchr(payload.data(), kEscape, payload.size()) == nullptr;
}

bool CheckDataField(absl::string_view payload, Reason* fault) {
  *fault = Reason::kIndicatorsInvalid;
  if (payload.size() < 2 || !IsIndicator(payload[0]) || !IsIndicator(payload[1])) return false;
  *fault = Reason::kSubfieldInvalid;
  return payload.size() == 2 || payload[2] == kSubfieldDelimiter;
}

// Copies the field at `index` to `to` as CopyChecked() does, checks it, and sets
// its entry flags.
bool CopyField(const Parts& parts, size_t index, const Extent& extent, char* to, uint8_t* flags,
               Reason* fault) {
  const bool control = IsControlTag(parts.tag(index));
  const absl::string_view payload = parts.payload(extent);
  bool ascii = true;
  if (!CopyChecked(payload, parts.data.size() - extent.start, control, to, &ascii, fault) ||
      (!control && !CheckDataField(payload, fault)) ||
      !CheckText(payload, ascii, parts.utf8, fault)) {
    return false;
  }
  *flags = static_cast<uint8_t>((control ? kEntryControl : 0) | (ascii ? kEntryAscii : 0));
  return true;
}

std::string DescribeField(Reason reason, absl::string_view payload) {
  if (reason == Reason::kInvalidUtf8) {
    const size_t at = FindInvalidUtf8(payload);
    return absl::StrCat("not UTF-8 at byte ", at,
                        " of the field: ", EscapeBytes(payload.substr(at, 8)));
  }
  return absl::StrCat(RowOf(reason).what, " It begins: ", EscapeBytes(payload.substr(0, 32)));
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
    if (!ReadEntry(parts, i, &extents[i])) return ExplainEntry(parts, i);
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
  const size_t size = kFrameHeadSize + kFrameEntrySize * entries + payload_size;
  frames->resize(begin + size + kDelimiterChunk);  // CopyChecked() writes whole chunks
  char* entry = &(*frames)[begin] + kFrameHeadSize;
  char* const payloads = entry + kFrameEntrySize * entries;
  uint32_t end = 0;
  for (size_t i = 0; i < entries; ++i, entry += kFrameEntrySize) {
    uint8_t flags = 0;
    Reason fault;
    if (!CopyField(parts, i, extents[i], payloads + end, &flags, &fault)) {
      frames->resize(begin);
      return FieldFault(fault, parts, i, DescribeField(fault, parts.payload(extents[i])));
    }
    end += extents[i].length;
    std::memcpy(entry, parts.tag(i).data(), kTagSize);
    entry[kTagSize] = static_cast<char>(flags);
    StoreLe32(end, entry + kTagSize + 1);
  }
  frames->resize(begin + size);
  char* const head = &(*frames)[begin];
  StoreLe32(IsVerbatim(parts, contiguous, payload_size) ? kRecordVerbatim : 0, head);
  std::memcpy(head + 4, record.data(), kLeaderSize);
  StoreLe32(static_cast<uint32_t>(entries), head + 4 + kLeaderSize);
  return std::nullopt;
}

}  // namespace marcd
