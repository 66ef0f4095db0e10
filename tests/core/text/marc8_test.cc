#include "core/text/marc8/marc8.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/text/utf8.h"

namespace marcd {
namespace {

struct Decoded {
  std::string text;
  TextFaults faults;
};

Decoded Decode(absl::string_view text, const TextOptions& options = {}) {
  Decoded decoded;
  decoded.faults = DecodeMarc8(text, options, &decoded.text);
  return decoded;
}

// The text, if nothing is wrong with it.
std::string Clean(absl::string_view text, const TextOptions& options = {}) {
  const Decoded decoded = Decode(text, options);
  EXPECT_TRUE(decoded.faults.ok()) << "a fault at byte " << decoded.faults.first;
  return decoded.text;
}

void ExpectFault(absl::string_view text, size_t first, const std::string& wanted) {
  const Decoded decoded = Decode(text);
  EXPECT_EQ(decoded.faults.count, 1);
  EXPECT_EQ(decoded.faults.first, first);
  EXPECT_EQ(decoded.text, wanted);
}

TEST(Marc8, AppendsToWhatIsThere) {
  std::string out = "a";
  DecodeMarc8("b", {}, &out);
  EXPECT_EQ(out, "ab");
  DecodeMarc8("", {}, &out);
  EXPECT_EQ(out, "ab");
}

TEST(Marc8, EveryEscapeFormDesignatesItsSet) {
  // Cyrillic "A" is 0x61 of the basic set.
  for (const char* const to_g0 : {"\x1b(N", "\x1b,N"}) {
    EXPECT_EQ(Clean(std::string(to_g0) + "a\x1b(Ba"), "Аa");
  }
  for (const char* const to_g1 : {"\x1b)N", "\x1b-N"}) {
    EXPECT_EQ(Clean(std::string(to_g1) + "\xe1z\x1b)E\xe1z"), "Аzz\u0300");
  }
  for (const char* const to_g0 : {"\x1b$1", "\x1b$,1", "\x1b$(1"}) {
    EXPECT_EQ(Clean(std::string(to_g0) + "!0!\x1b(B!0!"), "一!0!");
  }
  for (const char* const to_g1 : {"\x1b$)1", "\x1b$-1"}) {
    EXPECT_EQ(Clean(std::string(to_g1) + "\xa1\xb0\xa1!0!"), "一!0!");
  }
  for (const char* const ansel : {"\x1b(!E", "\x1b,!E", "\x1b(E"}) {
    EXPECT_EQ(Clean(std::string(ansel) + "a1\x1bsQ"), "ł\u0300Q") << ansel;
  }
  for (const char* const ansel : {"\x1b)!E", "\x1b-!E", "\x1b)E"}) {
    EXPECT_EQ(Clean("\x1b)N" + std::string(ansel) + "\xe1Q"), "Q\u0300") << ansel;
  }
}

TEST(Marc8, TechniqueOneEscapesLockAndReturn) {
  EXPECT_EQ(Clean("H\033b2\033sO \033ga\033sa \033p(23)\033s2"), "H₂O αa ⁽²³⁾2");
}

TEST(Marc8, MarksComeBehindTheirBaseInTheirOrder) {
  EXPECT_EQ(Clean("rn\xe2o"), "rno\u0301");
  EXPECT_EQ(Clean("\xf2\xe3o\xe3\xf2oo"), "o\u0323\u0302o\u0302\u0323o");
  EXPECT_EQ(Clean("\xe2\x1b(Na\x1b(B"), "А\u0301") << "the escape is not their base";
  EXPECT_EQ(Clean("\xe2 "), " \u0301");
  EXPECT_EQ(Clean("\xe2&#x1234;"), "\u1234\u0301");
  EXPECT_EQ(Clean("\x1b(2`Gh\x1b(B"), "אט\u05b0") << "of Hebrew likewise";
}

TEST(Marc8, DoubleWidthMarksStandBehindTheirFirstBase) {
  EXPECT_EQ(Clean("\xebt\xecs"), "t\u0361s");
  EXPECT_EQ(Clean("\xfan\xfbg"), "n\u0360g");
  EXPECT_EQ(Clean("\xe2\xebi\xec\xe6u"), "i\u0301\u0361u\u0306") << "among other marks";
  EXPECT_EQ(Clean("\xebt\xec\xebs\xecz"), "t\u0361s\u0361z") << "one upon the other";
}

TEST(Marc8, DoubleWidthMarksOutOfBalanceLoseNothing) {
  EXPECT_EQ(Clean("\xebts"), "t\u0361s") << "the first half alone";
  EXPECT_EQ(Clean("t\xecs"), "ts\ufe21") << "the second half alone";
  EXPECT_EQ(Clean("n\xfbg"), "ng\ufe23");
  EXPECT_EQ(Clean("\xebtx\xecs"), "t\u0361xs\ufe21") << "too far apart";
  EXPECT_EQ(Clean("\xebt\xfbs"), "t\u0361s\ufe23") << "of two kinds";
  EXPECT_EQ(Clean("\xebt\xec\xecs"), "t\u0361s\ufe21") << "twice";
}

TEST(Marc8, DoubleWidthMarksAreTwoHalvesOnRequest) {
  TextOptions halves;
  halves.half_marks = true;
  EXPECT_EQ(Clean("\xebt\xecs \xfan\xfbg", halves), "t\ufe20s\ufe21 n\ufe22g\ufe23");
  EXPECT_EQ(Clean("\x1b)N\x1b)E\xebt\xecs", halves), "t\ufe20s\ufe21");
}

TEST(Marc8, BlanksAndControlsStandForThemselvesInEverySet) {
  EXPECT_EQ(Clean("a\tb\nc\x7f"), "a\tb\nc\x7f");
  EXPECT_EQ(Clean("\x1b(Na b\t\x1b(B"), "А Б\t");
  EXPECT_EQ(Clean("\x1b$1!0! !0!\x1b(B"), "一 一");
  EXPECT_EQ(Clean("\x88The \x89x\x8d\x8e"), "\u0098The \u009cx\u200d\u200c");
  EXPECT_EQ(Clean("\x1b)N\x88"), "\u0098");
}

TEST(Marc8, ReferencesAreDecoded) {
  EXPECT_EQ(Clean("a&#x1234;b&#x20AC;&#x1f600;&#xE9;&#x000041;"), "a\u1234b€\U0001F600éA");
}

TEST(Marc8, WhatOnlyLooksLikeAReferenceIsText) {
  for (const char* const text :
       {"&", "&&", "&#", "&#x", "&#x;", "&#x41", "&#65;", "&#X41;", "&#xG1;", "&#x1;", "&#x1F;",
        "&#xD800;", "&#x110000;", "&#x0000041;", "&amp;", "a & b"}) {
    EXPECT_EQ(Clean(text), text);
  }
  EXPECT_EQ(Clean("\x1b(N&#x1234;\x1b(B"), "&#Ь1234;") << "where G0 is not ASCII";
}

TEST(Marc8, WhatStandsForNothingIsReplacedAndTheRestDecoded) {
  ExpectFault("xy\x80z", 2, "xy\ufffdz");
  ExpectFault("\xe2\xffz", 1, "\ufffd\u0301z");
  ExpectFault("\x1b(gz\x1b(B", 3, "\ufffd");
}

TEST(Marc8, BrokenEaccCodesEndWhereTheyBreak) {
  ExpectFault("\x1b$1!0!!0", 6, "一\ufffd");
  ExpectFault("\x1b$1!0\x1b(Bz", 3, "\ufffdz");
  ExpectFault("\x1b$1!\xe2 ", 3, "\ufffd \u0301");
  ExpectFault("\x1b$1~~~!0!", 3, "\ufffd一");
}

TEST(Marc8, ForeignEscapesAreKept) {
  ExpectFault("a\x1b(\"Sb", 1, "a\x1b(\"Sb");
  ExpectFault("a\x1b$Bb", 1, "a\x1b$Bb");
  ExpectFault("\x1bp2\x1b(\"S", 3, "²\x1b(\"S");
  ExpectFault("a\x1b", 1, "a\x1b");
  ExpectFault("a\x1b(", 1, "a\x1b(");
  ExpectFault("\x1b\xe2z", 0, "\x1bz\u0301");
}

TEST(Marc8, MarksWithoutABaseAreKept) {
  ExpectFault("ab\xf2\xe2", 2, "ab\u0323\u0301");
  ExpectFault("\xe2", 0, "\u0301");
}

TEST(Marc8, TheFirstFaultIsTheOneThatStandsFirst) {
  const Decoded decoded = Decode("x\x80y\xff\xe2");
  EXPECT_EQ(decoded.faults.count, 3);
  EXPECT_EQ(decoded.faults.first, 1);
}

TEST(Marc8, ComposesOnRequest) {
  TextOptions nfc;
  nfc.nfc = true;
  std::string out = "e";
  DecodeMarc8("\xe2o\xf2\xe3o", nfc, &out);
  EXPECT_EQ(out, "eóộ");
  DecodeMarc8("\xe2", nfc, &out);
  EXPECT_EQ(out, "eóộ\u0301") << "what was there before is left alone";
}

TEST(Marc8, PymarcsWayCountsWhatPymarcDrops) {
  TextOptions pymarc;
  pymarc.pymarc = true;
  EXPECT_EQ(Clean("\xe2o \xebt\xecs &#x41;", pymarc), "ó t\ufe20s\ufe21 &#x41;");
  for (const char* const text : {"a\tb", "\x88", "a\x7f", "\xe2", "\x1b", "\x1b(!Ea", "\x1b(Na b",
                                 "\x1b$1!0", "\x1b)N\xe1"}) {
    EXPECT_EQ(Decode(text, pymarc).faults.count, 1) << text;
  }
}

// Bytes of which many mean something.
std::string RandomText(unsigned seed) {
  static const std::vector<std::string> kWords = {
      "\x1b$1", "\x1b)N", "\x1b(S", "\x1bs", "\x1b(B",   "\x1b(!E", "\x1b$)1",
      "\x1b",   "&#x",    ";",      "\xe2",  "\xeb",     "\xec",    "\xfa",
      "\xfb",   "!0!",    "abc",    " ",     "&#x1F600;"};
  std::mt19937 random(seed);
  std::string text;
  for (unsigned n = random() % 40; n > 0; --n) {
    if (random() % 3 == 0) {
      text += static_cast<char>(random());
    } else {
      text += kWords[random() % kWords.size()];
    }
  }
  return text;
}

TEST(Marc8, WhateverTheInputTheOutputIsBoundedAndValid) {
  for (unsigned seed = 0; seed < 100'000; ++seed) {
    const std::string text = RandomText(seed);
    TextOptions options;
    options.nfc = seed & 1;
    options.half_marks = seed & 2;
    const Decoded decoded = Decode(text, options);
    ASSERT_TRUE(IsUtf8(decoded.text)) << "seed " << seed;
    ASSERT_LE(decoded.text.size(), 4 * text.size()) << "seed " << seed;
    ASSERT_TRUE(decoded.faults.ok() || decoded.faults.first < text.size()) << "seed " << seed;
    options.pymarc = true;
    ASSERT_TRUE(IsUtf8(Decode(text, options).text)) << "seed " << seed;
  }
}

TEST(Marc8, PlainTextComesOutAsItIs) {
  for (unsigned seed = 0; seed < 100'000; ++seed) {
    const std::string text = RandomText(seed).substr(0, seed % 12);
    if (!IsPlainInMarc8(text) || text.find('\x1F') != std::string::npos) continue;
    ASSERT_EQ(Clean(text), text) << "seed " << seed;
  }
}

TEST(Marc8, WhatIsNotPlainIsSeenAtEveryPlace) {
  for (size_t size = 1; size < 40; ++size) {
    std::string text(size, 'a');
    EXPECT_TRUE(IsPlainInMarc8(text));
    for (size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 0x100; ++byte) {
        text[at] = static_cast<char>(byte);
        ASSERT_EQ(IsPlainInMarc8(text), byte >= 0x1F && byte < 0x7F) << size << ' ' << byte;
      }
      text[at] = 'a';
    }
  }
  EXPECT_TRUE(IsPlainInMarc8("R&D & #1"));
  EXPECT_FALSE(IsPlainInMarc8("a & b &#x41;"));
}

}  // namespace
}  // namespace marcd
