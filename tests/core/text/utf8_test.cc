#include "core/text/utf8.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/base/ascii.h"

namespace marcd {
namespace {

std::string Encode(uint32_t code) {
  std::string text;
  const auto put = [&](uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6), put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 0x3F)), put(0x80 | (code >> 6 & 0x3F)),
        put(0x80 | (code & 0x3F));
  }
  return text;
}

bool IsScalar(uint32_t code) { return code < 0xD800 || (code > 0xDFFF && code <= 0x10FFFF); }

TEST(Utf8, EveryScalarValueIsValidAndNothingElseIs) {
  for (uint32_t code = 0; code < 0x120000; ++code) {
    const std::string text = Encode(code);
    ASSERT_EQ(IsUtf8(text), IsScalar(code)) << std::hex << code;
    ASSERT_EQ(FindInvalidUtf8(text), IsScalar(code) ? text.size() : 0) << std::hex << code;
  }
}

TEST(Utf8, FindAgreesWithTheLibraryOnRandomBytes) {
  for (unsigned seed = 0; seed < 200'000; ++seed) {
    std::mt19937 random(seed);
    std::string text = "good ";
    const unsigned length = 1 + random() % 6;
    for (unsigned i = 0; i < length; ++i) text += static_cast<char>(0x70 + random() % 0x90);
    ASSERT_EQ(IsUtf8(text), FindInvalidUtf8(text) == text.size()) << "seed " << seed;
  }
}

TEST(Utf8, AsciiIsSeenAtEveryPlace) {
  for (size_t size = 0; size < 100; ++size) {
    std::string text(size, 'a');
    EXPECT_TRUE(IsAscii(text));
    for (size_t at = 0; at < size; ++at) {
      text[at] = '\x80';
      ASSERT_FALSE(IsAscii(text)) << at << " of " << size;
      text[at] = 'a';
    }
  }
}

TEST(RepairUtf8, EachIllFormedSequenceBecomesOneReplacementCharacter) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"plain", "plain"},
      {"caf\xC3\xA9", "caf\xC3\xA9"},
      {"caf\xE9!", "caf\uFFFD!"},
      {"\xE2\x82", "\uFFFD"},                  // the beginning of one of three bytes
      {"\xF0\x9F\x98!", "\uFFFD!"},            // of one of four
      {"\xE0\x80\x80", "\uFFFD\uFFFD\uFFFD"},  // overlong: no beginning of anything
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},  // a surrogate
      {"a\x80\xFF", "a\uFFFD\uFFFD"},
  };
  for (const auto& [text, repaired] : cases) {
    std::string out = "before ";
    const TextFaults faults = RepairUtf8(text, &out);
    EXPECT_EQ(out, "before " + repaired);
    EXPECT_TRUE(IsUtf8(out));
    EXPECT_EQ(faults.ok(), text == repaired);
    EXPECT_EQ(faults.ok() ? text.size() : faults.first, FindInvalidUtf8(text));
  }
}

}  // namespace
}  // namespace marcd
