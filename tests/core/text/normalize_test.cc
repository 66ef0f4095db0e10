#include "core/text/normalize.h"

#include <gtest/gtest.h>
#include <utf8proc.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace marcd {
namespace {

std::string Encode(const std::vector<utf8proc_int32_t>& codes) {
  std::string text;
  for (const utf8proc_int32_t code : codes) {
    utf8proc_uint8_t bytes[4];
    const auto length = utf8proc_encode_char(code, bytes);
    text.append(reinterpret_cast<const char*>(bytes), length);
  }
  return text;
}

// By the library's own way, which takes whole strings.
std::string Wanted(const std::string& text) {
  utf8proc_uint8_t* out = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), text.size(), &out,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(out, &std::free);
  return std::string(reinterpret_cast<const char*>(out), size);
}

std::string Normalized(std::string text, size_t from = 0) {
  NormalizeNfc(&text, from);
  return text;
}

std::vector<utf8proc_int32_t> Decomposed(utf8proc_int32_t code) {
  std::vector<utf8proc_int32_t> codes(4);
  codes.resize(
      utf8proc_decompose_char(code, codes.data(), codes.size(), UTF8PROC_DECOMPOSE, nullptr));
  return codes;
}

bool IsAssigned(utf8proc_int32_t code) {
  const utf8proc_category_t category = utf8proc_category(code);
  return category != UTF8PROC_CATEGORY_CN && category != UTF8PROC_CATEGORY_CS &&
         category != UTF8PROC_CATEGORY_CO;
}

TEST(Normalize, EveryCharacterIsAsTheLibraryHasIt) {
  constexpr utf8proc_int32_t kAbove = 0x0301;
  constexpr utf8proc_int32_t kBelow = 0x0323;
  for (utf8proc_int32_t code = 0; code <= 0x10FFFF; ++code) {
    if (!IsAssigned(code)) continue;
    const std::string in_order = Encode({'a', code, kAbove, kBelow, 'z'});
    ASSERT_EQ(Normalized(in_order), Wanted(in_order)) << std::hex << code;
    const std::string between = Encode({'a', kAbove, code, kBelow});
    ASSERT_EQ(Normalized(between), Wanted(between)) << std::hex << code;
    const std::string decomposed = Encode(Decomposed(code));
    ASSERT_EQ(Normalized(decomposed), Wanted(decomposed)) << std::hex << code;
  }
}

TEST(Normalize, RandomTextsAreAsTheLibraryHasThem) {
  const std::vector<utf8proc_int32_t> pool = {
      'a',    'e',    'o',    0xE9,   0x1EA1, 0x1EB7, 0x300,  0x301,   0x302,
      0x306,  0x323,  0x327,  0x345,  0x361,  0xFE20, 0x438,  0x439,   0x3B1,
      0x1F80, 0x5D0,  0x5B0,  0x5BC,  0x627,  0x653,  0x304B, 0x3099,  0x4E00,
      0xF900, 0xAC00, 0x1100, 0x1161, 0x11A8, 0x2126, 0xFFFD, 0x1F600, 0x1D15E};
  for (unsigned seed = 0; seed < 50'000; ++seed) {
    std::mt19937 random(seed);
    std::vector<utf8proc_int32_t> codes(random() % 12);
    for (utf8proc_int32_t& code : codes) code = pool[random() % pool.size()];
    const std::string text = Encode(codes);
    ASSERT_EQ(Normalized(text), Wanted(text)) << "seed " << seed;
  }
}

TEST(Normalize, WhatStandsBeforeIsLeftAlone) {
  EXPECT_EQ(Normalized("e\u0301e\u0301", 3), "e\u0301\u00e9");
  EXPECT_EQ(Normalized("e\u0301", 1), "e\u0301") << "not even as a base";
}

TEST(Normalize, ManyMarksOnOneBaseTakeNoLonger) {
  std::string text = "a";
  for (int i = 0; i < 100'000; ++i) text += i % 2 ? "\u0323" : "\u0301";
  const std::string normal = Normalized(text);
  EXPECT_EQ(normal.substr(0, 5), "\u1ea1\u0323");
  EXPECT_EQ(normal.substr(normal.size() - 2), "\u0301");
}

}  // namespace
}  // namespace marcd
