#include "core/text/detect/detect.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/text/charset.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace marcd {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

Detection OfUtf8(absl::string_view text) {
  return DetectEncoding(text, true, Encoding::kMarc8, nullptr);
}

Detection OfMarc8(absl::string_view text) {
  return DetectEncoding(text, false, Encoding::kMarc8, nullptr);
}

// What is found whichever of the two a record is said to be in; empty when that matters.
std::string Always(absl::string_view text) {
  const Detection as_utf8 = OfUtf8(text);
  const Detection as_marc8 = OfMarc8(text);
  return as_utf8.name == as_marc8.name ? std::string(as_utf8.name) : "";
}

TEST(DetectTest, AsciiIsWhatItIsSaidToBe) {
  EXPECT_EQ(OfUtf8("10\x1f"
                   "aA title\x1e")
                .name,
            "UTF-8");
  EXPECT_EQ(OfMarc8("10\x1f"
                    "aA title\x1e")
                .name,
            "MARC-8");
  const Charset* koi8 = Charset::Find("koi8-r");
  EXPECT_EQ(DetectEncoding("a", false, Encoding::kSingleByte, koi8).charset, koi8);
  EXPECT_EQ(DetectEncoding("", false, Encoding::kUtf8, nullptr).encoding, Encoding::kUtf8);
}

TEST(DetectTest, SaysNothingWhereTheClaimIsRight) {
  EXPECT_THAT(OfUtf8("Caf\xC3\xA9 \xE2\x82\xAC").evidence, IsEmpty());
  EXPECT_THAT(OfMarc8("Caf\xE2"
                      "e")
                  .evidence,
              IsEmpty());
  EXPECT_THAT(OfMarc8("\x1B(NMOSKWA\x1B(B").evidence, IsEmpty());
}

TEST(DetectTest, FindsUtf8InWhatIsMarkedMarc8) {
  const Detection found = OfMarc8("Caf\xC3\xA9 au lait, \xE2\x82\xAC 2");
  EXPECT_EQ(found.encoding, Encoding::kUtf8);
  EXPECT_EQ(found.evidence, "2 multi-byte sequences of UTF-8, none invalid");
}

TEST(DetectTest, IsNotPutOffByALittleDamageInUtf8) {
  EXPECT_EQ(Always("\xC3\xA9\xC3\xA8\xC3\xA0 and \xC3."), "UTF-8");
  EXPECT_EQ(OfMarc8("\xC3\xA9\xC3\xA8\xC3\xA0 and \xC3.").evidence,
            "3 multi-byte sequences of UTF-8, 1 invalid");
}

TEST(DetectTest, FindsMarc8ByItsEscapes) {
  const Detection found = OfUtf8("a\x1B(NmOSKWA\x1B(B b\x1Bp2\x1Bs");
  EXPECT_EQ(found.encoding, Encoding::kMarc8);
  EXPECT_EQ(found.evidence, "4 escape sequences of MARC-8");
  EXPECT_EQ(Always("\x1B$1!0!\x1B(B"), "MARC-8");
  EXPECT_EQ(Always("\x1B$,1!0!\x1B(!E"), "MARC-8");
}

TEST(DetectTest, AnEscapeOfNothingIsNone) {
  EXPECT_EQ(OfUtf8("a\x1B[31mred\x1B").name, "UTF-8");
  EXPECT_EQ(OfUtf8("Caf\xC3\xA9 \x1B(B").name, "UTF-8");
}

TEST(DetectTest, FindsMarc8ByMarksBeforeTheirLetters) {
  EXPECT_EQ(Always("10\x1f"
                   "aLa bib\xE1"
                   "eque d'\xE2"
                   "et\xE2"
                   "e\x1e"),
            "MARC-8");
  EXPECT_EQ(Always("10\x1f"
                   "aHistoire fran\xF0"
                   "caise"),
            "MARC-8");
  EXPECT_EQ(Always("10\x1f"
                   "aRossi\xEBi\xEC"
                   "a v nachale veka"),
            "MARC-8");
  EXPECT_EQ(Always("10\x1f"
                   "a\xB0"
                   "Arab\xE5iyah"),
            "MARC-8");
  EXPECT_THAT(OfUtf8("Caf\xE2"
                     "e \xE2"
                     "et\xE2"
                     "e")
                  .evidence,
              HasSubstr("ANSEL"));
}

TEST(DetectTest, FindsLatin1ByLettersWhereLettersStand) {
  EXPECT_EQ(Always("10\x1f"
                   "aLa biblioth\xE8que d'\xE9t\xE9\x1e"),
            "iso8859-1");
  EXPECT_EQ(Always("10\x1f"
                   "aHistoire fran\xE7"
                   "aise"),
            "iso8859-1");
  EXPECT_EQ(Always("10\x1f"
                   "a\xDC"
                   "ber Gr\xF6\xDF"
                   "e"),
            "iso8859-1");
  EXPECT_EQ(Always("10\x1f"
                   "aEl ni\xF1o"),
            "iso8859-1");
  EXPECT_EQ(Always("10\x1f"
                   "c\xA9 1998"),
            "iso8859-1");
}

TEST(DetectTest, NamesCp1252OnlyWhereItDiffersFromLatin1) {
  const Detection found = OfMarc8("The author\x92s \x93own\x94 caf\xE9");
  EXPECT_EQ(found.charset, Charset::Find("cp1252"));
  EXPECT_THAT(found.evidence, HasSubstr("3 of them CP1252's"));
}

TEST(DetectTest, FindsCyrillicWords) {
  // "Москва и наука", "в Москве".
  EXPECT_EQ(Always("\xCC\xEE\xF1\xEA\xE2\xE0 \xE8 \xED\xE0\xF3\xEA\xE0"), "cp1251");
  EXPECT_EQ(Always("00\x1f"
                   "a\xE2 \xCC\xEE\xF1\xEA\xE2\xE5"),
            "cp1251");
}

TEST(DetectTest, NotesReplacementCharacters) {
  const Detection found = OfUtf8("lost \xEF\xBF\xBD and \xEF\xBF\xBD");
  EXPECT_TRUE(found.replacement_characters);
  EXPECT_EQ(found.evidence, "2 U+FFFD in place of what was lost");
  EXPECT_FALSE(OfUtf8("\xEF\xBC\x8C \xEF\xBF\xBC").replacement_characters);
}

TEST(DetectTest, NotesWhatWasEncodedTwice) {
  const Detection found = OfUtf8("Caf\xC3\x83\xC2\xA9");
  EXPECT_TRUE(found.double_encoded);
  EXPECT_EQ(found.evidence,
            "1 character encoded twice, such as \"\xC3\x83\xC2\xA9\" for \"\xC3\xA9\"");
  EXPECT_EQ(found.name, "UTF-8");
  EXPECT_TRUE(OfMarc8("l\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2"
                      "eau")
                  .double_encoded);  // By CP1252.
  EXPECT_TRUE(OfUtf8("l\xC3\xA2\xC2\x80\xC2\x99"
                     "eau")
                  .double_encoded);  // By Latin-1.
  EXPECT_TRUE(OfUtf8("\xC3\x82\xC2\xA9 1998").double_encoded);
  EXPECT_TRUE(OfUtf8("\xC3\x90\xC2\xBC\xC3\x90\xC2\xBE").double_encoded);  // мо
}

TEST(DetectTest, TakesNoLettersForWhatWasEncodedTwice) {
  EXPECT_FALSE(OfUtf8("\xC2\xAB"
                      "CAF\xC3\x89\xC2\xBB")
                   .double_encoded);                                              // «CAFÉ»
  EXPECT_FALSE(OfUtf8("IRM\xC3\x83\xE2\x80\x9D").double_encoded);                 // IRMÃ”
  EXPECT_FALSE(OfUtf8("d\xC3\xA9j\xC3\xA0\xE2\x80\xA6\xC2\xBB").double_encoded);  // déjà…»
  EXPECT_FALSE(OfUtf8("\xC3\xA9\xC3\xA9\xC3\xB6\xC3\xB6").double_encoded);
  EXPECT_FALSE(OfUtf8("\xC3\x89").double_encoded);
}

TEST(DetectTest, TakesNoBrokenSequencesForWhatWasEncodedTwice) {
  // Behind the sign that would be the first byte: one alone, an overlong one.
  for (const absl::string_view broken : {"\xC2"
                                         "e",
                                         "\xC2", "\xE0\x82\xA9",
                                         "\xE2\x82"
                                         "e"}) {
    const std::string text = absl::StrCat("\xC3\xA9\xC3\xA9 \xC3\x83", broken);
    const Detection found = OfUtf8(text);
    EXPECT_EQ(found.name, "UTF-8");
    EXPECT_FALSE(found.double_encoded) << found.evidence;
  }
}

TEST(DetectTest, TakesAGivenCharsetUnlessTheTextIsSomethingElse) {
  const Charset* koi8 = Charset::Find("koi8-r");
  const auto detect = [koi8](absl::string_view text) {
    return DetectEncoding(text, false, Encoding::kSingleByte, koi8).name;
  };
  EXPECT_EQ(detect("\xED\xCF\xD3\xCB\xD7\xC1"), koi8->name());
  EXPECT_EQ(detect("Caf\xC3\xA9"), "UTF-8");
  EXPECT_EQ(detect("\x1B(NMOSKWA"), "MARC-8");
  const Detection as_utf8 = DetectEncoding("\xED\xCF\xD3", true, Encoding::kSingleByte, koi8);
  EXPECT_EQ(as_utf8.charset, koi8);
  EXPECT_THAT(as_utf8.evidence, HasSubstr("invalid in UTF-8"));
}

TEST(DetectTest, TextIsJudgedFromWhereItCeasesToBeAscii) {
  const std::string ascii(300'000, 'x');
  EXPECT_EQ(Always(ascii + " caf\xE9 au lait"), "iso8859-1");
  EXPECT_EQ(Always(ascii + " \xE2"
                           "et\xE2"
                           "e"),
            "MARC-8");
}

TEST(DetectTest, ALongTextIsNotCutWithinASequence) {
  // The first kilobyte of many after 64 KiB of sequences that an odd limit would cut.
  for (const absl::string_view pad : {"", "x", "xx"}) {
    std::string text(pad);
    while (text.size() < 100'000) text += "\xE2\x82\xAC";
    EXPECT_EQ(Always(text + "\xFF"), "UTF-8");
  }
}

TEST(DetectTest, EveryPairOfBytesHasAVerdictAndAnythingOnItsOwnToo) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const char text[] = {static_cast<char>(a), static_cast<char>(b)};
      const Detection found = OfUtf8(absl::string_view(text, 2));
      EXPECT_EQ(found.charset != nullptr, found.encoding == Encoding::kSingleByte);
      EXPECT_THAT(found.name, ::testing::Not(IsEmpty()));
    }
  }
}

}  // namespace
}  // namespace marcd
