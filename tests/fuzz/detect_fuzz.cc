// What is found out of a text's encoding depends on the text alone, and is one of the
// answers that the contract allows.
#include <gtest/gtest.h>

#include "core/base/ascii.h"
#include "core/text/charset.h"
#include "core/text/detect/detect.h"
#include "core/text/utf8.h"
#include "tests/fuzz/input.h"

namespace marcd {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";

struct Claim {
  bool utf8;
  Encoding fallback;
  const Charset* charset;
};

void ExpectSame(const Detection& one, const Detection& other) {
  EXPECT_EQ(one.encoding, other.encoding);
  EXPECT_EQ(one.charset, other.charset);
  EXPECT_EQ(one.name, other.name);
  EXPECT_EQ(one.evidence, other.evidence);
  EXPECT_EQ(one.replacement_characters, other.replacement_characters);
  EXPECT_EQ(one.double_encoded, other.double_encoded);
}

void ExpectContract(absl::string_view text, const Claim& claim, const Detection& found) {
  EXPECT_EQ(found.charset != nullptr, found.encoding == Encoding::kSingleByte);
  EXPECT_FALSE(found.name.empty());
  EXPECT_TRUE(IsUtf8(found.evidence)) << "messages are UTF-8";
  const Encoding declared = claim.utf8 ? Encoding::kUtf8 : claim.fallback;
  if (found.encoding != declared) EXPECT_FALSE(found.evidence.empty());
  if (found.replacement_characters || found.double_encoded) {
    EXPECT_EQ(found.encoding, Encoding::kUtf8);
    EXPECT_FALSE(found.evidence.empty());
  }
  if (found.encoding == Encoding::kUtf8) {
    EXPECT_EQ(found.replacement_characters, text.find(kReplacement) != text.npos);
  }
  if (IsUtf8(text) && !IsAscii(text)) EXPECT_EQ(found.encoding, Encoding::kUtf8);
  if (IsAscii(text) && text.find('\x1B') == text.npos) {
    EXPECT_EQ(found.encoding, declared);
    EXPECT_EQ(found.charset, claim.utf8 ? nullptr : claim.charset);
    EXPECT_EQ(found.evidence, "");
  }
}

}  // namespace
}  // namespace marcd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const marcd::Charset* const charset = marcd::Charset::Find("koi8-r");
  marcd::FuzzInput input(data, size);
  marcd::Claim claim = {input.Flag(), static_cast<marcd::Encoding>(input.Choose(3)), nullptr};
  if (claim.fallback == marcd::Encoding::kSingleByte) claim.charset = charset;
  const absl::string_view text = input.Rest();
  const auto detect = [&](absl::string_view where) {
    return marcd::DetectEncoding(where, claim.utf8, claim.fallback, claim.charset);
  };
  const marcd::Detection found = detect(text);
  marcd::ExpectContract(text, claim, found);
  marcd::ExpectSame(detect(input.Rest()), found);
  return 0;
}
