// What can be said of one record, or of bytes that belong to none.
#ifndef MARCD_CORE_DIAGNOSTICS_DIAGNOSTIC_H_
#define MARCD_CORE_DIAGNOSTICS_DIAGNOSTIC_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/diagnostics/reason.h"

namespace marcd {

// What was done about a finding; the values are those of the API.
enum class Disposition { kNoted = 1, kRepaired = 2, kSkipped = 3 };

// What was found in a record, and what was done about it.
struct Finding {
  Reason reason = Reason::kNotARecord;
  Disposition disposition = Disposition::kSkipped;
  // The tag of the field at fault, or empty.
  std::string tag;
  // A sentence: what, where, why.
  std::string message;
  // What the sentence was made of, by name: `declared`, `actual`, `byte`, ...
  std::vector<std::pair<std::string, std::string>> variables;
};

// A finding that is not about one field, and without variables.
inline Finding MakeFinding(Reason reason, Disposition disposition, std::string message) {
  Finding finding;
  finding.reason = reason;
  finding.disposition = disposition;
  finding.message = std::move(message);
  return finding;
}

// A finding, and the record that it is about.
struct Diagnostic {
  Finding finding;
  // The record's index among those delivered in its batch, or -1.
  int32_t index = -1;
  uint64_t ordinal = 0;
  // Where the record lies in the source, in bytes.
  uint64_t offset = 0;
  uint64_t length = 0;
  // The bytes of a record that is not delivered, where they were asked for: with
  // the first of its diagnostics.
  std::string source;
};

// What more than its reason is known of a gap.
enum class GapNote : uint8_t {
  kNone,
  kRecordsAsText,
  kEntity,
  // The source begins as data of this kind do.
  kGzip,
  kXz,
  kZstd,
  kBzip2,
  kLzma,
  kCompress,
  kZip,
};

// Bytes of the source that belong to no record.
struct Gap {
  uint64_t offset = 0;
  uint64_t length = 0;
  Reason reason;
  GapNote note = GapNote::kNone;
};

// What the bytes of `gap` are, as a sentence.
std::string MessageOf(const Gap& gap);

}  // namespace marcd

#endif  // MARCD_CORE_DIAGNOSTICS_DIAGNOSTIC_H_
