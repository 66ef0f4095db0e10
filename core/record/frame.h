// The layout of a frame, version 1. docs/frame.md is its specification.
#ifndef MARCD_CORE_RECORD_FRAME_H_
#define MARCD_CORE_RECORD_FRAME_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace marcd {

constexpr uint32_t kFrameVersion = 1;

constexpr uint32_t kRecordVerbatim = 1;
constexpr uint32_t kRecordUndecoded = 2;
constexpr uint32_t kRecordRaw = 4;
constexpr uint32_t kRecordWithSource = 8;
constexpr uint32_t kRecordFlags = 15;

constexpr uint8_t kEntryControl = 1;
constexpr uint8_t kEntryAscii = 2;
constexpr uint8_t kEntryRepaired = 4;
constexpr uint8_t kEntryFlags = 7;

constexpr size_t kLeaderSize = 24;
constexpr size_t kTagSize = 3;
// record_flags, leader, n.
constexpr size_t kFrameHeadSize = 4 + kLeaderSize + 4;
// tag, entry_flags, end.
constexpr size_t kFrameEntrySize = kTagSize + 1 + 4;

constexpr uint32_t kMaxFrameEntries = 100'000;
constexpr uint32_t kMaxFramePayload = 64 * 1024 * 1024;

// The delimiters of MARC 21, "Record Structure": they are ISO 2709's, and the
// frame keeps the last of them.
constexpr char kRecordTerminator = 0x1D;
constexpr char kFieldTerminator = 0x1E;
constexpr char kSubfieldDelimiter = 0x1F;

// The tag of the entry that holds the record's source bytes.
constexpr absl::string_view kSourceTag("\0\0\0", kTagSize);

// Whether `tag` is a control field's: three digits below 010.
inline bool IsControlTag(absl::string_view tag) {
  return tag.size() == kTagSize && tag[0] == '0' && tag[1] == '0' && tag[2] >= '0' && tag[2] <= '9';
}

// Whether `c` may stand as an indicator; as a subfield code (docs/adr/0001).
inline bool IsIndicator(char c) { return c >= 0x20 && c <= 0x7E; }
inline bool IsSubfieldCode(char c) { return c >= 0x20 && c <= 0x7E; }

}  // namespace marcd

#endif  // MARCD_CORE_RECORD_FRAME_H_
