#include "core/formats/iso2709/write_record.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/formats/iso2709/parts.h"
#include "core/record/frame.h"

namespace marcd::iso2709 {
namespace {

// What the directory's four digits, and the five digits elsewhere, can say.
constexpr size_t kLongestField = 9'999;
constexpr size_t kLongestRecord = 99'999;

using Fields = absl::Span<const OutField>;

// A field's bytes with its terminator.
size_t SizeOf(const OutField& field) { return field.payload.size() + 1; }

// What the field adds to a record.
size_t CostOf(const OutField& field) { return kEntrySize + SizeOf(field); }

// A record without fields: the leader and the two terminators.
constexpr size_t kEmptyRecord = kLeaderSize + 2;

// Puts `value` in `digits` digits; zeros if they do not suffice.
void PutNumber(size_t value, size_t limit, size_t digits, char* to) {
  StoreDigits(value > limit ? 0 : static_cast<uint32_t>(value), digits, to);
}

// The leader's own bytes but for what says how the record is written. A digit of the entry
// map (20 to 22) that is not what the directory's entries are would mislead.
void PutLeader(absl::string_view leader, char coding_scheme, size_t size, size_t base, char* to) {
  std::memcpy(to, leader.data(), kLeaderSize);
  PutNumber(size, kLongestRecord, 5, to);
  to[9] = coding_scheme;
  to[10] = to[11] = '2';
  PutNumber(base, kLongestRecord, 5, to + 12);
  constexpr char kEntryMap[] = {'4', '5', '0'};
  for (size_t i = 0; i < sizeof kEntryMap; ++i) {
    char& digit = to[20 + i];
    if (digit >= '0' && digit <= '9') digit = kEntryMap[i];
  }
}

// Appends a record of `shared` and then `fields`, `size` bytes together. An entry whose start
// does not fit has a length of zero, too: it must not look like one of another place.
void Append(absl::string_view leader, char coding_scheme, Fields shared, Fields fields, size_t size,
            std::string* out) {
  const size_t begin = out->size();
  out->resize(begin + size);
  char* const record = &(*out)[begin];
  const size_t base = kLeaderSize + kEntrySize * (shared.size() + fields.size()) + 1;
  PutLeader(leader, coding_scheme, size, base, record);
  char* entry = record + kLeaderSize;
  char* data = record + base;
  const auto add = [&](const OutField& field) {
    const auto start = static_cast<size_t>(data - record) - base;
    std::memcpy(entry, field.tag.data(), kTagSize);
    PutNumber(start > kLongestRecord ? 0 : SizeOf(field), kLongestField, 4, entry + 3);
    PutNumber(start, kLongestRecord, 5, entry + 7);
    entry += kEntrySize;
    std::memcpy(data, field.payload.data(), field.payload.size());
    data += field.payload.size();
    *data++ = kFieldTerminator;
  };
  for (const OutField& field : shared) add(field);
  for (const OutField& field : fields) add(field);
  *entry = kFieldTerminator;
  *data = kRecordTerminator;
}

Finding TooLongFinding(std::string message, size_t length) {
  Finding finding = MakeFinding(Reason::kRecordTooLong, Disposition::kSkipped, std::move(message));
  finding.variables = {{"length", absl::StrCat(length)}};
  return finding;
}

Finding FieldTooLong(Fields fields, const OutField& field, absl::string_view why) {
  Finding finding = TooLongFinding(absl::StrCat("Field ", field.tag, " has ", SizeOf(field),
                                                " bytes with its terminator; ", why),
                                   SizeOf(field));
  finding.tag = std::string(field.tag);
  finding.variables.emplace_back("entry", absl::StrCat(&field - fields.data()));
  return finding;
}

Finding RecordTooLong(size_t size, absl::string_view why) {
  return TooLongFinding(absl::StrCat("The record has ", size, " bytes; ", why), size);
}

constexpr absl::string_view kFieldLimit = "a directory entry has digits for 9,999";
constexpr absl::string_view kRecordLimit = "its leader has digits for 99,999";

const OutField* FindTooLong(Fields fields) {
  const auto found = std::find_if(fields.begin(), fields.end(), [](const OutField& field) {
    return SizeOf(field) > kLongestField;
  });
  return found == fields.end() ? nullptr : &*found;
}

// How many of `fields` fit into a record beside `used` bytes.
size_t CountFitting(Fields fields, size_t used, size_t* size) {
  size_t count = 0;
  for (*size = used; count < fields.size(); ++count) {
    if (*size + CostOf(fields[count]) > kLongestRecord) break;
    *size += CostOf(fields[count]);
  }
  return count;
}

// Whether JoinFrames() would leave the field out, which is not in the first record.
bool IsAmong(Fields shared, const OutField& field) {
  return IsControlTag(field.tag) &&
         std::any_of(shared.begin(), shared.end(), [&](const OutField& other) {
           return other.tag == field.tag && other.payload == field.payload;
         });
}

// Several records. Each has the leader and the control fields of the first, by which they
// are known to be one; the other fields follow in their order. What the reading of
// continued records joins is then the record again (core/batch/join.h).
std::optional<Finding> WriteSplit(absl::string_view leader, char coding_scheme, Fields fields,
                                  size_t size, std::string* out, std::vector<Finding>* notes) {
  if (const OutField* const field = FindTooLong(fields)) {
    return FieldTooLong(
        fields, *field,
        absl::StrCat(kFieldLimit, ", and one field cannot be split into several records"));
  }
  size_t part_size;
  const size_t of_first = CountFitting(fields, kEmptyRecord, &part_size);
  std::vector<OutField> shared;
  for (const OutField& field : fields.subspan(0, of_first)) {
    if (IsControlTag(field.tag)) shared.push_back(field);
  }
  const auto number = std::find_if(shared.begin(), shared.end(),
                                   [](const OutField& field) { return field.tag == "001"; });
  if (number == shared.end() || number->payload.empty()) {
    return RecordTooLong(
        size, absl::StrCat(kRecordLimit,
                           ", and without a 001 at its beginning it cannot be split into several"));
  }
  const size_t begin = out->size();
  Append(leader, coding_scheme, {}, fields.subspan(0, of_first), part_size, out);
  size_t shared_size = kEmptyRecord;
  for (const OutField& field : shared) shared_size += CostOf(field);
  size_t parts = 1;
  for (Fields rest = fields.subspan(of_first); !rest.empty(); ++parts) {
    const size_t count = CountFitting(rest, shared_size, &part_size);
    const bool lost = std::any_of(rest.begin(), rest.begin() + static_cast<ptrdiff_t>(count),
                                  [&](const OutField& field) { return IsAmong(shared, field); });
    if (count == 0 || lost) {
      out->resize(begin);
      return RecordTooLong(
          size, absl::StrCat(kRecordLimit, ", and its control fields are too ",
                             lost ? "much alike" : "long", " for it to be split into several"));
    }
    Append(leader, coding_scheme, shared, rest.subspan(0, count), part_size, out);
    rest.remove_prefix(count);
  }
  Finding note = RecordTooLong(size, absl::StrCat(kRecordLimit, ": it was written as ", parts,
                                                  " records with the same 001"));
  note.disposition = Disposition::kNoted;
  note.variables.emplace_back("records", absl::StrCat(parts));
  notes->push_back(std::move(note));
  return std::nullopt;
}

}  // namespace

std::optional<Finding> WriteRecord(absl::string_view leader, char coding_scheme, Fields fields,
                                   TooLong too_long, std::string* out,
                                   std::vector<Finding>* notes) {
  size_t size = kEmptyRecord;
  size_t longest = 0;
  for (const OutField& field : fields) {
    size += CostOf(field);
    longest = std::max(longest, SizeOf(field));
  }
  if (size <= kLongestRecord && longest <= kLongestField) {
    Append(leader, coding_scheme, {}, fields, size, out);
    return std::nullopt;
  }
  if (too_long == TooLong::kSplit) {
    return WriteSplit(leader, coding_scheme, fields, size, out, notes);
  }
  const OutField* const field = FindTooLong(fields);
  const bool zeros = too_long == TooLong::kZeros;
  const absl::string_view end = zeros ? ": it was written with lengths of zeros" : "";
  Finding finding = field != nullptr ? FieldTooLong(fields, *field, absl::StrCat(kFieldLimit, end))
                                     : RecordTooLong(size, absl::StrCat(kRecordLimit, end));
  if (!zeros) return finding;
  finding.disposition = Disposition::kNoted;
  notes->push_back(std::move(finding));
  Append(leader, coding_scheme, {}, fields, size, out);
  return std::nullopt;
}

}  // namespace marcd::iso2709
