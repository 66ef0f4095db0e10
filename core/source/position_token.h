// Position tokens: text that says how far a read has come (docs/positions.md).
//
// Everything before a token's offset was delivered. Formatting and parsing are
// pure functions, safe from any thread. A token has one spelling: what parses is
// formatted back to the same bytes.
#ifndef MARCD_CORE_SOURCE_POSITION_TOKEN_H_
#define MARCD_CORE_SOURCE_POSITION_TOKEN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/source/file_identity.h"

namespace marcd {

struct PositionToken {
  // As the file was when the read began; what belongs to one machine is 0.
  FileIdentity file;
  // Where to go on, in bytes; at most file.size.
  uint64_t offset = 0;
  // The ordinal of the next record.
  uint64_t ordinal = 0;
};

// The part of a token that is the same for a whole read, up to and including the
// colon before its offset. `options` spells those that decide which records
// there are; any text, as long as a later read spells the same ones alike.
std::string FormatTokenPrefix(const FileIdentity& file, absl::string_view options);

// The token that begins with `prefix`.
std::string FormatToken(absl::string_view prefix, uint64_t offset, uint64_t ordinal);

// What `token` says, for a read with `options`.
//   INVALID_ARGUMENT TOKEN_INVALID  it is not a whole, unaltered token.
//   INVALID_ARGUMENT TOKEN_OPTIONS  it was made by a read with other options.
absl::StatusOr<PositionToken> ParseToken(absl::string_view token, absl::string_view options);

}  // namespace marcd

#endif  // MARCD_CORE_SOURCE_POSITION_TOKEN_H_
