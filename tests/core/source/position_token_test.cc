#include "core/source/position_token.h"

#include <zlib.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/core/source/verdict.h"

namespace marcd {
namespace {

constexpr absl::string_view kOptions = "iso2709 skip";

FileIdentity SomeFile() {
  FileIdentity file;
  file.size = 111'542'248;
  file.modified_ns = 1'700'000'000'123'456'789;
  file.head_crc32 = 0x0000abcd;
  file.tail_crc32 = 0xffffffff;
  return file;
}

std::string SomeToken() { return FormatToken(FormatTokenPrefix(SomeFile(), kOptions), 4096, 7); }

// `token` with its part `i` replaced and a CRC that is right again.
std::string WithPart(size_t i, const std::string& part) {
  std::vector<std::string> parts = absl::StrSplit(SomeToken(), ':');
  parts[i] = part;
  parts.pop_back();
  const std::string body = absl::StrJoin(parts, ":");
  const auto* bytes = reinterpret_cast<const Bytef*>(body.data());
  return absl::StrCat(body, ":", absl::Hex(crc32(0, bytes, body.size()), absl::kZeroPad8));
}

absl::Status ParseStatus(const std::string& token) { return ParseToken(token, kOptions).status(); }

TEST(PositionToken, IsSpelledAsDocumented) {
  const std::string prefix = FormatTokenPrefix(SomeFile(), kOptions);
  const auto* options = reinterpret_cast<const Bytef*>(kOptions.data());
  EXPECT_EQ(prefix,
            absl::StrCat("marcd1:111542248:1700000000123456789:0000abcd:ffffffff:",
                         absl::Hex(crc32(0, options, kOptions.size()), absl::kZeroPad8), ":"));
  EXPECT_EQ(FormatToken("marcd1:1:2:00000000:00000000:00000000:", 0, 0),
            "marcd1:1:2:00000000:00000000:00000000:0:0:e2f31713");
}

TEST(PositionToken, SaysWhatWasFormatted) {
  const auto token = ParseToken(SomeToken(), kOptions);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->file.size, SomeFile().size);
  EXPECT_EQ(token->file.modified_ns, SomeFile().modified_ns);
  EXPECT_EQ(token->file.head_crc32, SomeFile().head_crc32);
  EXPECT_EQ(token->file.tail_crc32, SomeFile().tail_crc32);
  EXPECT_EQ(token->offset, 4096u);
  EXPECT_EQ(token->ordinal, 7u);
}

TEST(PositionToken, HoldsTheExtremes) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  FileIdentity file;
  file.size = kMax;
  file.modified_ns = std::numeric_limits<int64_t>::min();
  file.head_crc32 = file.tail_crc32 = std::numeric_limits<uint32_t>::max();
  const auto token = ParseToken(FormatToken(FormatTokenPrefix(file, ""), kMax, kMax), "");
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->file.modified_ns, file.modified_ns);
  EXPECT_EQ(token->offset, kMax);
  EXPECT_EQ(token->ordinal, kMax);
}

TEST(PositionToken, OfOtherOptionsIsRefused) {
  EXPECT_EQ(Verdict(ParseToken(SomeToken(), "iso2709 strict").status()),
            "INVALID_ARGUMENT TOKEN_OPTIONS");
}

TEST(PositionToken, EveryAlteredByteIsNoticed) {
  const std::string token = SomeToken();
  for (size_t i = 0; i < token.size(); ++i) {
    for (const char byte : {'0', '9', 'f', 'F', ':', ' ', '-', '+', '\0', '\xff'}) {
      std::string altered = token;
      altered[i] = byte;
      if (altered == token) continue;
      EXPECT_EQ(Verdict(ParseStatus(altered)), "INVALID_ARGUMENT TOKEN_INVALID") << altered;
    }
  }
}

TEST(PositionToken, EveryCutIsNoticed) {
  const std::string token = SomeToken();
  for (size_t n = 0; n < token.size(); ++n) {
    EXPECT_EQ(Verdict(ParseStatus(token.substr(0, n))), "INVALID_ARGUMENT TOKEN_INVALID") << n;
  }
}

TEST(PositionToken, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"", "version"},
      {"hello", "version"},
      {WithPart(0, "marcd2"), "version"},
      {"marcd1:1:2", "3 parts"},
      {SomeToken() + ":", "10 parts"},
      {std::string(1000, ':'), "1000 bytes"},
      {WithPart(1, ""), "SIZE"},
      {WithPart(1, "18446744073709551616"), "SIZE"},
      {WithPart(1, "-1"), "SIZE"},
      {WithPart(1, "0x10"), "SIZE"},
      {WithPart(1, "007"), "SIZE"},
      {WithPart(2, "9223372036854775808"), "MODIFIED"},
      {WithPart(2, "+1"), "MODIFIED"},
      {WithPart(2, "-0"), "MODIFIED"},
      {WithPart(2, "1e9"), "MODIFIED"},
      {WithPart(3, "ABCDEF01"), "HEAD"},
      {WithPart(3, "0xabcdef"), "HEAD"},
      {WithPart(4, "1234567"), "TAIL"},
      {WithPart(4, "123456789"), "TAIL"},
      {WithPart(5, "ghijklmn"), "OPTIONS"},
      {WithPart(6, " 1"), "OFFSET"},
      {WithPart(6, "1 "), "OFFSET"},
      {WithPart(6, "+1"), "OFFSET"},
      {WithPart(7, "1.0"), "ORDINAL"},
      {WithPart(7, "-1"), "ORDINAL"},
      {SomeToken().substr(0, SomeToken().size() - 8) + "0000000g", "CRC"},
      {SomeToken().substr(0, SomeToken().size() - 8) + "00000000", "CRC does not match"},
  };
  for (const auto& [token, why] : rows) {
    const absl::Status status = ParseStatus(token);
    EXPECT_EQ(Verdict(status), "INVALID_ARGUMENT TOKEN_INVALID") << token;
    EXPECT_NE(status.message().find(why), absl::string_view::npos) << token << ": " << status;
  }
}

}  // namespace
}  // namespace marcd
