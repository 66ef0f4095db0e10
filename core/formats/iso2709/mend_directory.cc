#include "core/formats/iso2709/mend_directory.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "core/base/ascii.h"
#include "core/base/bytes.h"
#include "core/record/frame.h"

namespace marcd::iso2709 {
namespace {

// So many bytes of what has no place are shown.
constexpr size_t kShownBytes = 256;
constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";

bool IsEntry(absl::string_view entry) {
  uint32_t length, start;
  return entry.size() >= kEntrySize && IsTag(entry) && ReadNumbers(entry.data(), &length, &start);
}

// What a directory entry says, in bytes of the data; the terminator is counted.
std::optional<Extent> ExtentOf(absl::string_view entry) {
  Extent extent;
  if (!ReadNumbers(entry.data(), &extent.length, &extent.start)) return std::nullopt;
  return extent;
}

// The leader of `record`, and in `body` what follows it. A byte that was replaced by
// U+FFFD has become three, and all behind it has moved.
std::string MendLeader(absl::string_view record, absl::string_view* body, Mends* mends) {
  std::string leader(record.substr(0, kLeaderSize));
  *body = record.substr(kLeaderSize);
  if (IsAscii(leader)) return leader;
  mends->Add(Reason::kLeaderInvalid, "",
             absl::StrCat("Leader is not ASCII: ", EscapeBytes(leader)));
  std::string shrunk;
  absl::string_view rest = record;
  while (shrunk.size() < kLeaderSize && !rest.empty()) {
    const bool replaced = rest.substr(0, 3) == kReplacement;
    shrunk += replaced ? ' ' : rest[0];
    rest.remove_prefix(replaced ? 3 : 1);
  }
  if (shrunk.size() == kLeaderSize && (IsEntry(rest) || rest.substr(0, 1) == "\x1E")) {
    leader = shrunk;
    *body = rest;
  }
  std::replace_if(
      leader.begin(), leader.end(), [](char c) { return (c & 0x80) != 0; }, ' ');
  return leader;
}

// Whether `body` up to `end` is more like a directory than like fields.
bool LooksLikeDirectory(absl::string_view body, size_t end) {
  const absl::string_view text = body.substr(0, end);
  const auto digits =
      std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return text.find(kSubfieldDelimiter) == absl::string_view::npos && digits * 2 >= end;
}

// Where bytes are missing or too many: how many there are before the next entry.
// One whose field is where it says is better than one that only looks like one.
size_t BytesBeforeEntry(absl::string_view directory, absl::string_view data) {
  size_t looks = directory.size();
  for (size_t at = 0; at + kEntrySize <= directory.size(); ++at) {
    if (looks < directory.size() && at >= looks + kEntrySize) break;
    const absl::string_view entry = directory.substr(at, kEntrySize);
    if (!IsEntry(entry)) continue;
    if (LiesAsFieldsDo(ExtentOf(entry), data)) return at;
    looks = std::min(looks, at);
  }
  return looks;
}

// How many entries of a directory have their fields where they say.
size_t CountFitting(absl::string_view directory, absl::string_view data) {
  const bool whole = directory.size() % kEntrySize == 0;
  size_t count = 0;
  for (size_t at = 0; at + kEntrySize <= directory.size(); at += kEntrySize) {
    if (!whole) at += BytesBeforeEntry(directory.substr(at), data);
    if (at + kEntrySize > directory.size()) break;
    count += LiesAsFieldsDo(ExtentOf(directory.substr(at, kEntrySize)), data) ? 1 : 0;
  }
  return count;
}

// What follows the directory and its terminator. Where that is missing, another
// byte may stand in its place: then more of the entries fit to what is behind it.
absl::string_view DataBehind(absl::string_view body, size_t directory) {
  const absl::string_view at_once = body.substr(std::min(body.size(), directory));
  const absl::string_view behind = body.substr(std::min(body.size(), directory + 1));
  if (!at_once.empty() && at_once[0] == kFieldTerminator) return behind;
  const absl::string_view entries = body.substr(0, directory);
  return CountFitting(entries, behind) > CountFitting(entries, at_once) ? behind : at_once;
}

// Whether the directory ends behind its row of entries, at `entries`, and not at
// the field terminator at `end`: for more fields are where it says then; or, if it
// comes to the same, because the base address says so or what follows is no directory.
bool EndsAtEntries(absl::string_view leader, absl::string_view body, size_t end, size_t entries) {
  const size_t there = CountFitting(body.substr(0, entries), DataBehind(body, entries));
  const size_t later = CountFitting(body.substr(0, end), DataBehind(body, end));
  if (there != later) return there > later;
  const int32_t base = ParseDigits(leader.substr(12, 5));
  return static_cast<size_t>(base) == kLeaderSize + entries + 1 || !LooksLikeDirectory(body, end);
}

// How long the directory is: `body` begins with it.
size_t DirectorySize(absl::string_view leader, absl::string_view body, Mends* mends) {
  const int32_t base = ParseDigits(leader.substr(12, 5));
  const size_t end = body.find(kFieldTerminator);
  if (base > static_cast<int32_t>(kLeaderSize) &&
      end == static_cast<size_t>(base) - kLeaderSize - 1) {
    return end;
  }
  // Without its terminator a directory ends where its entries do.
  size_t entries = 0;
  while (IsEntry(body.substr(std::min(entries, body.size())))) entries += kEntrySize;
  if (end == absl::string_view::npos ||
      (end != entries && EndsAtEntries(leader, body, end, entries))) {
    mends->Add(Reason::kDirectoryUnterminated, "",
               absl::StrCat("No field terminator (0x1E) closes the directory of ",
                            entries / kEntrySize, " entries"));
    return entries;
  }
  mends->Add(Reason::kBaseAddressInvalid, "",
             absl::StrCat("Base address of data is '", EscapeBytes(leader.substr(12, 5)),
                          "', but the directory ends before byte ", kLeaderSize + end + 1));
  return end;
}

FoundEntry ReadEntryText(absl::string_view text, size_t index, Mends* mends) {
  FoundEntry entry;
  entry.tag = std::string(text.substr(0, kTagSize));
  entry.shown_tag = EscapeBytes(entry.tag);
  if (!IsTag(entry.tag)) {
    mends->Add(Reason::kTagInvalid, "",
               absl::StrCat("Directory entry ", index, " has the tag '", entry.shown_tag, "'"));
    std::replace_if(
        entry.tag.begin(), entry.tag.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  }
  entry.extent = ExtentOf(text);
  if (!entry.extent.has_value()) {
    AddAboutEntry(
        Reason::kDirectoryEntryInvalid, index, entry,
        absl::StrCat("length and start are '", EscapeBytes(text.substr(3)), "', not nine digits"),
        mends);
  }
  return entry;
}

std::vector<FoundEntry> ReadDirectory(absl::string_view directory, absl::string_view data,
                                      Mends* mends) {
  std::vector<FoundEntry> entries;
  const bool whole = directory.size() % kEntrySize == 0;
  std::string left;  // what is no entry: it may be text that lost its place
  size_t at = 0;
  while (at + kEntrySize <= directory.size() && entries.size() <= kMaxFrameEntries) {
    const size_t before = whole ? 0 : BytesBeforeEntry(directory.substr(at), data);
    left.append(directory.data() + at, before);
    at += before;
    if (at + kEntrySize > directory.size()) break;
    entries.push_back(ReadEntryText(directory.substr(at, kEntrySize), entries.size(), mends));
    at += kEntrySize;
  }
  if (!whole) {
    left.append(directory.data() + at, directory.size() - at);
    mends->Add(Reason::kDirectoryLengthInvalid, "",
               absl::StrCat("Directory of ", directory.size(),
                            " bytes is not a row of 12-byte entries; what is none of them: ",
                            EscapeBytes(left.substr(0, kShownBytes))));
  }
  return entries;
}

}  // namespace

// Whether an extent begins and ends where fields do.
bool LiesAsFieldsDo(const std::optional<Extent>& extent, absl::string_view data) {
  if (!extent.has_value() || extent->length < 1) return false;
  const size_t end = size_t{extent->start} + extent->length;
  return end <= data.size() && data[end - 1] == kFieldTerminator &&
         (extent->start == 0 || data[extent->start - 1] == kFieldTerminator);
}

FoundDirectory FindDirectory(absl::string_view record, Mends* mends) {
  FoundDirectory found;
  absl::string_view body;
  found.leader = MendLeader(record, &body, mends);
  const size_t size = DirectorySize(found.leader, body, mends);
  found.data = DataBehind(body, size);
  if (found.data.size() + size < body.size() && body[size] != kFieldTerminator) {
    mends->Add(Reason::kFieldTerminatorMissing, "",
               absl::StrCat("Where the directory should be closed there is ",
                            EscapeBytes(body.substr(size, 1))));
  }
  found.entries = ReadDirectory(body.substr(0, size), found.data, mends);
  return found;
}

void AddAboutEntry(Reason reason, size_t index, const FoundEntry& entry, absl::string_view what,
                   Mends* mends) {
  mends->Add(reason, entry.shown_tag,
             absl::StrCat("Field ", entry.shown_tag, " (directory entry ", index, "): ", what));
}

}  // namespace marcd::iso2709
