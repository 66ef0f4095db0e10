#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/text/marc8/encode.h"
#include "core/text/marc8/marc8.h"
#include "core/text/normalize.h"

namespace marcd {
namespace {

std::string Utf8(char32_t c) {
  std::string text;
  if (c < 0x80) return std::string(1, static_cast<char>(c));
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  const unsigned head[] = {0, 0xC0, 0xE0, 0xF0};
  text += static_cast<char>(head[more] | c >> 6 * more);
  for (int i = more - 1; i >= 0; --i) text += static_cast<char>(0x80 | (c >> 6 * i & 0x3F));
  return text;
}

std::string Nfc(std::string text) {
  NormalizeNfc(&text, 0);
  return text;
}

struct Encoded {
  std::string text;
  Marc8Use use;
};

Encoded Encode(absl::string_view text, bool halves = false) {
  Encoded encoded;
  EncodeMarc8(text, halves, &encoded.text, &encoded.use);
  return encoded;
}

// The MARC-8 of text that has codes for everything.
std::string Clean(absl::string_view text, bool halves = false) {
  const Encoded encoded = Encode(text, halves);
  EXPECT_EQ(encoded.use.references, 0) << text;
  EXPECT_EQ(encoded.use.escapes, 0) << text;
  return encoded.text;
}

// Decoding gives the text back in normal form C; and what follows it is read as ASCII and
// ANSEL.
void ExpectBack(const std::string& text, bool halves = false) {
  const Encoded encoded = Encode(text, halves);
  TextOptions options;
  options.nfc = true;
  options.half_marks = halves;
  std::string back;
  const TextFaults faults = DecodeMarc8(encoded.text + "z\xA1", options, &back);
  ASSERT_TRUE(faults.ok()) << "a fault at byte " << faults.first << " of " << encoded.text;
  ASSERT_EQ(back, Nfc(text) + "z\u0141") << encoded.text;
  ASSERT_LE(encoded.text.size(), 13 * text.size() + 6);
}

TEST(EncodeMarc8, AppendsToWhatIsThere) {
  std::string out = "e";
  Marc8Use use;
  EncodeMarc8("\u0301x", false, &out, &use);
  EXPECT_EQ(out, "e&#x0301;x") << "a mark without a base is a reference";
  EncodeMarc8("", false, &out, &use);
  EXPECT_EQ(out, "e&#x0301;x");
}

TEST(EncodeMarc8, MarksComeBeforeTheirBase) {
  EXPECT_EQ(Clean("caf\u00E9s"),
            "caf\xE2"
            "es");
  EXPECT_EQ(Clean("cafe\u0301s"), Clean("caf\u00E9s"));
  EXPECT_EQ(Clean("\u1ED9"), "\xF2\xE3o");
  EXPECT_EQ(Clean("\u1EE3"), "\xF2\xBC") << "o with horn has a code, the horn has none";
}

TEST(EncodeMarc8, WhatHasItsOwnCodeKeepsIt) {
  EXPECT_EQ(Clean("\u0141\u00F8\u00DF\u0439"), "\xA1\xB2\xC7\x1B(NJ\x1B(B");
  EXPECT_EQ(Clean("\u0438\u0306"), "\x1B(NJ\x1B(B");
}

TEST(EncodeMarc8, DoubleWidthMarksAreTwoHalves) {
  EXPECT_EQ(Clean("t\u0361s"), "\xEBt\xECs");
  EXPECT_EQ(Clean("n\u0360g"), "\xFAn\xFBg");
  EXPECT_EQ(Clean("t\u0361s\u0361z"), "\xEBt\xEC\xEBs\xECz");
  EXPECT_EQ(Clean("i\u0301\u0361u\u0306"), "\xE2\xEBi\xEC\xE6u");
  EXPECT_EQ(Clean("t\u0361"), "\xEBt");
  EXPECT_EQ(Encode("t\uFE20s\uFE21").text, "t&#xFE20;s&#xFE21;") << "halves are others";
  EXPECT_EQ(Encode("t\u0361\u0E01").text, "\xEBt&#x0E01;") << "no half for a reference";
}

TEST(EncodeMarc8, HalvesAreHalvesOnRequest) {
  EXPECT_EQ(Clean("t\uFE20s\uFE21 n\uFE22g\uFE23", true), "\xEBt\xECs \xFAn\xFBg");
  EXPECT_EQ(Encode("t\u0361s", true).text, "t&#x0361;s");
}

TEST(EncodeMarc8, StaysInASetWhileItHasWhatComes) {
  EXPECT_EQ(Clean("\u041C1,\t\u041C."), "\x1B(Nm1,\tm.\x1B(B");
  EXPECT_EQ(Clean("\u041C. \u041C"), "\x1B(Nm.\x1B(B \x1B(Nm\x1B(B") << "but not for blanks";
  EXPECT_EQ(Clean("\u0491\u0430"), "\x1B)Q\xC0\x1B(NA\x1B)E\x1B(B") << "one on each side";
  EXPECT_EQ(Clean("\u03AC\u03B2"), "\x1B(S\"ab\x1B(B") << "marks of the base's own set";
  EXPECT_EQ(Clean("H\u2082O\u00B2"),
            "H\x1B"
            "b2\x1BsO\x1Bp2\x1Bs");
}

TEST(EncodeMarc8, NothingElseStandsAmongEaccCodes) {
  EXPECT_EQ(Clean("\u4E00 \u4E00"), "\x1B$1!0!\x1B(B \x1B$1!0!\x1B(B");
  EXPECT_EQ(Clean("\u4E00\u00E9"),
            "\x1B$1!0!\x1B(B\xE2"
            "e");
  EXPECT_EQ(Clean("\u4E00\u0141"), "\x1B$1!0!\x1B(B\xA1");
  EXPECT_EQ(Clean("\u4E00\u0098"), "\x1B$1!0!\x1B(B\x88");
}

TEST(EncodeMarc8, WhatHasNoCodeIsAReference) {
  const Encoded encoded = Encode("\u0416\U0001F600x\u0E01");
  EXPECT_EQ(encoded.text, "\x1B(Nv\x1B(B&#x1F600;x&#x0E01;");
  EXPECT_EQ(encoded.use.references, 2);
  EXPECT_EQ(encoded.use.first_reference, U'\U0001F600');
  EXPECT_EQ(Encode("\u0E01\u0301").text, "&#x0E01;&#x0301;") << "with its marks";
  EXPECT_EQ(Encode("a\u033D\u0301\u0323").text,
            "\xF2"
            "a&#x033D;&#x0301;")
      << "marks of one class keep their order";
}

TEST(EncodeMarc8, WhatLooksLikeAReferenceIsMadeOne) {
  EXPECT_EQ(Clean("&#x41; & &#x; &amp;"), "&#x0026;#x41; & &#x; &amp;");
  EXPECT_EQ(Clean("&\u0301#x41;"), "&#x0026;&#x0301;#x41;");
  EXPECT_EQ(Clean("&#x4\u03011;"),
            "&#x\xE2"
            "41;")
      << "the mark breaks it";
}

TEST(EncodeMarc8, ControlsStayAndEscapesBecomeBlanks) {
  EXPECT_EQ(Clean("a\tb\n"), "a\tb\n");
  EXPECT_EQ(Clean("\u0098The \u009Cx\u200D\u200C"), "\x88The \x89x\x8D\x8E");
  EXPECT_EQ(Encode("\u0085").text, "&#x0085;");
  const Encoded encoded = Encode("a\x1B(Nb");
  EXPECT_EQ(encoded.text, "a (Nb");
  EXPECT_EQ(encoded.use.escapes, 1);
}

TEST(EncodeMarc8, SetsPresentAreNamedAsTheyAreDesignated) {
  EXPECT_EQ(Marc8SetsPresent(Encode("caf\u00E9 &#x41; H\u2082").use.sets), "");
  EXPECT_EQ(Marc8SetsPresent(Encode("\u4E00\u0627\u0679\u05D0\u03B4\u0491\u0434").use.sets),
            "\x1F"
            "c(N\x1F"
            "c)Q\x1F"
            "c(S\x1F"
            "c(2\x1F"
            "c(3\x1F"
            "c)4\x1F"
            "c$1");
}

TEST(EncodeMarc8, EveryCharacterComesBack) {
  for (char32_t c = 1; c <= 0x10FFFF; ++c) {
    if (c == 0x1B || (c >= 0xD800 && c <= 0xDFFF)) continue;
    // Unicode has assigned nothing there but plane 14's tags.
    if (c >= 0x32000 && c % 64 != 0) continue;
    ASSERT_NO_FATAL_FAILURE(ExpectBack(Utf8(c))) << static_cast<uint32_t>(c);
    ASSERT_NO_FATAL_FAILURE(ExpectBack("e" + Utf8(c) + "\u0301\u0416")) << static_cast<uint32_t>(c);
  }
}

// Each code is found again; where several stand for one character, one of them.
TEST(EncodeMarc8, EveryCodeIsUsed) {
  int codes = 0;
  const auto expect_code = [&](const std::string& marc8) {
    std::string text;
    if (!DecodeMarc8(marc8 + "\x1B(Bz", {}, &text).ok()) return;
    ++codes;
    Clean(text);
  };
  for (const char final : {'B', 'N', 'S', '2', '3', 'g', 'b', 'p'}) {
    for (char code = 0x21; code < 0x7F; ++code) {
      expect_code(std::string("\x1B(") + final + code + "z");
    }
  }
  for (const char final : {'E', 'Q', '4'}) {
    for (int code = 0xA1; code < 0xFF; ++code) {
      if (final == 'E' && (code == 0xEC || code == 0xFB)) continue;
      expect_code(std::string("\x1B)") + final + static_cast<char>(code) + "z");
    }
  }
  for (char a = 0x21; a < 0x7F; ++a) {
    for (char b = 0x21; b < 0x7F; ++b) {
      for (char c = 0x21; c < 0x7F; ++c) expect_code(std::string("\x1B$1") + a + b + c);
    }
  }
  EXPECT_GT(codes, 16'300);
}

// Characters that have to do with one another in one way or another.
std::string RandomText(unsigned seed) {
  static const std::vector<std::string> kParts = {
      "a",          "e",          "o",      " ",      ".",      "1",      "&",      "&#x41;",
      "&#x",        "#x41;",      ";",      "\t",     "\u0301", "\u0323", "\u0302", "\u031B",
      "\u0327",     "\u0361",     "\u0360", "\uFE20", "\uFE21", "\uFE22", "\uFE23", "\u0338",
      "\u033D",     "\u0316",     "\u0345", "\u0308", "\u0313", "\u0670", "\u064B", "\u0651",
      "\u05B0",     "\uFB1E",     "\u05BC", "\u05D0", "\u0416", "\u0439", "\u0491", "\u0451",
      "\u03B1",     "\u03AC",     "\u1F84", "\u1FB3", "\u0627", "\u0622", "\u0679", "\u06C0",
      "\u4E00",     "\u6F22",     "\u304C", "\uAC00", "\uAC01", "\u11A8", "\u3000", "\uF900",
      "\u2082",     "\u00B2",     "\u00B7", "\u0141", "\u01A1", "\u1EE3", "\u1E69", "\u01D7",
      "\u2260",     "\u212B",     "\u037E", "\u1FEF", "\u0098", "\u200D", "\u0085", "\u200B",
      "\U0001F600", "\U00020000", "\uE8D0", "\uFFFD", "\u0E33", "\u0F71", "\x7F",   "\u0344"};
  std::mt19937 random(seed);
  std::string text;
  for (unsigned n = random() % 12; n > 0; --n) {
    if (random() % 16 == 0) {
      const char32_t c = 1 + random() % 0x2FFFF;
      if (c != 0x1B && (c < 0xD800 || c > 0xDFFF)) text += Utf8(c);
    } else {
      text += kParts[random() % kParts.size()];
    }
  }
  return text;
}

TEST(EncodeMarc8, WhateverTheTextItComesBack) {
  for (unsigned seed = 0; seed < 60'000; ++seed) {
    const std::string text = RandomText(seed);
    ASSERT_NO_FATAL_FAILURE(ExpectBack(text)) << "seed " << seed << ": " << text;
    ASSERT_NO_FATAL_FAILURE(ExpectBack(text, /*halves=*/true)) << "seed " << seed << ": " << text;
  }
}

}  // namespace
}  // namespace marcd
