#include "core/source/position_token.h"

#include <zlib.h>

#include <limits>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/status.h"

namespace marcd {
namespace {

constexpr absl::string_view kVersion = "marcd1";
constexpr size_t kParts = 9;
// Longer than the longest token, so that what is taken apart is bounded.
constexpr size_t kMaxLength = 160;

uint32_t Crc32(absl::string_view bytes) {
  return crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
}

std::string Hex(uint32_t value) { return absl::StrCat(absl::Hex(value, absl::kZeroPad8)); }

absl::Status Invalid(absl::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, "TOKEN_INVALID",
                   absl::StrCat("not a position token: ", why));
}

// Takes the parts of a token one by one; the first thing wrong is kept.
class Parts {
 public:
  explicit Parts(absl::string_view token) : parts_(absl::StrSplit(token, ':')) {}

  size_t count() const { return parts_.size(); }
  absl::string_view Next() { return parts_[next_++]; }
  const absl::Status& status() const { return status_; }

  // SimpleAtoi also takes spaces, signs and leading zeros: a number is what is
  // spelled back alike.
  template <typename Integer>
  Integer Number(absl::string_view name) {
    const absl::string_view part = Next();
    Integer value = 0;
    if (!absl::SimpleAtoi(part, &value) || absl::StrCat(value) != part) {
      Fail(absl::StrCat(name, " is not a decimal number from ", std::numeric_limits<Integer>::min(),
                        " to ", std::numeric_limits<Integer>::max()));
    }
    return value;
  }

  uint32_t Checksum(absl::string_view name) {
    const absl::string_view part = Next();
    uint32_t value = 0;
    if (!absl::SimpleHexAtoi(part, &value) || Hex(value) != part) {
      Fail(absl::StrCat(name, " is not eight lower-case hexadecimal digits"));
    }
    return value;
  }

 private:
  void Fail(absl::string_view why) {
    if (status_.ok()) status_ = Invalid(why);
  }

  const std::vector<absl::string_view> parts_;
  size_t next_ = 0;
  absl::Status status_;
};

}  // namespace

std::string FormatTokenPrefix(const FileIdentity& file, absl::string_view options) {
  return absl::StrCat(kVersion, ":", file.size, ":", file.modified_ns, ":", Hex(file.head_crc32),
                      ":", Hex(file.tail_crc32), ":", Hex(Crc32(options)), ":");
}

std::string FormatToken(absl::string_view prefix, uint64_t offset, uint64_t ordinal) {
  const std::string body = absl::StrCat(prefix, offset, ":", ordinal);
  return absl::StrCat(body, ":", Hex(Crc32(body)));
}

absl::StatusOr<PositionToken> ParseToken(absl::string_view token, absl::string_view options) {
  if (token.size() > kMaxLength) {
    return Invalid(absl::StrCat("it has ", token.size(), " bytes, a token at most ", kMaxLength));
  }
  Parts parts(token);
  if (parts.Next() != kVersion) {
    return Invalid(absl::StrCat("it does not begin with the version, ", kVersion, ":"));
  }
  if (parts.count() != kParts) {
    return Invalid(
        absl::StrCat("it has ", parts.count(), " parts between colons, a token ", kParts));
  }
  PositionToken position;
  position.file.size = parts.Number<uint64_t>("SIZE");
  position.file.modified_ns = parts.Number<int64_t>("MODIFIED");
  position.file.head_crc32 = parts.Checksum("HEAD");
  position.file.tail_crc32 = parts.Checksum("TAIL");
  const uint32_t made_with = parts.Checksum("OPTIONS");
  position.offset = parts.Number<uint64_t>("OFFSET");
  position.ordinal = parts.Number<uint64_t>("ORDINAL");
  const uint32_t checksum = parts.Checksum("CRC");
  MARCD_RETURN_IF_ERROR(parts.status());
  if (checksum != Crc32(token.substr(0, token.rfind(':')))) {
    return Invalid("its CRC does not match: it was altered or cut");
  }
  if (made_with != Crc32(options)) {
    return MakeError(absl::StatusCode::kInvalidArgument, "TOKEN_OPTIONS",
                     "the position was made by a read with another format or recovery mode; "
                     "resume with the options of that read");
  }
  return position;
}

}  // namespace marcd
