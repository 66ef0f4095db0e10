// Files that are no MARC, or not as bytes: one verdict, not a million.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/core/framing/walk.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using ::testing::ElementsAre;

constexpr size_t kFileBytes = 10 << 20;

std::string RandomBytes(unsigned seed, size_t size) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

std::string Repeated(const std::string& line, size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) absl::StrAppend(&text, line, i, "\n");
  return text;
}

// One verdict, found with little in view, by whatever reads.
void ExpectNoRecord(const std::string& file) {
  for (const size_t chunk : {size_t{0}, size_t{100'000}}) {
    Walking walking;
    walking.chunk = chunk;
    const Walk walk = WalkOver(file, walking);
    EXPECT_THAT(Told(walk), ElementsAre("gap NOT_A_RECORD"));
    if (chunk > 0) {
      EXPECT_LT(walk.most_in_view, 500'000);
    }
  }
}

TEST(NotMarc, RandomBytes) {
  for (unsigned seed = 1; seed <= 3; ++seed) ExpectNoRecord(RandomBytes(seed, kFileBytes));
}

TEST(NotMarc, PngAndZip) {
  ExpectNoRecord(absl::StrCat("\x89PNG\r\n\x1a\n", RandomBytes(4, 300'000)));
  std::string zip;
  for (unsigned i = 0; i < 40; ++i) {
    absl::StrAppend(&zip, "PK\x03\x04", RandomBytes(i, 22), "00001.mrc", RandomBytes(i, 30'000));
  }
  ExpectNoRecord(zip);
}

TEST(NotMarc, PackedDataAreCalledByTheirName) {
  for (const auto& [head, name] : {std::pair<std::string, const char*>{"\x1F\x8B\x08", "gzip"},
                                   {"\xFD\x37zXZ", "xz"},
                                   {"\x28\xB5\x2F\xFD", "zstd"},
                                   {"BZh9", "bzip2"},
                                   {{"]\0\0\x80", 4}, "LZMA"},
                                   {"\x1F\x9D", "compress"},
                                   {"PK\x03\x04", "zip"}}) {
    const Walk walk = WalkOver(head + RandomBytes(5, 1000));
    EXPECT_THAT(Told(walk), ElementsAre("gap NOT_A_RECORD"));
    EXPECT_THAT(walk.stretches[0].message, ::testing::HasSubstr(name));
  }
  EXPECT_THAT(WalkOver("\x1F\x8Bx").stretches[0].message, ::testing::HasSubstr("no leader"));
}

TEST(NotMarc, Text) {
  ExpectNoRecord(Repeated("All happy families are alike; ", kFileBytes));
  ExpectNoRecord(Repeated("12345 67890 12345 67890 ", 2'000'000));
  ExpectNoRecord("no line end");
  ExpectNoRecord("x");
}

TEST(NotMarc, OtherFormatsThatHoldLeaders) {
  const std::string leader = "01234nam a2200253 a 4500";
  ExpectNoRecord(Repeated("<record><leader>" + leader + "</leader></record>", 1'000'000));
  ExpectNoRecord(Repeated("{\"leader\":\"" + leader + "\",\"fields\":[]}", 1'000'000));
  ExpectNoRecord(Repeated("=LDR  " + leader + "\n=001  00123456789012345678\n", 1'000'000));
}

TEST(NotMarc, JunkOfAnyLengthBeforeARecordCostsNoRecord) {
  const std::string book = MakeBook(1);
  for (const size_t size : {262'100, 262'143, 262'144, 262'145, 600'000}) {
    for (const size_t chunk : {0, 50'000}) {
      Walking walking;
      walking.chunk = chunk;
      EXPECT_THAT(Told(absl::StrCat(std::string(size, 'x'), book, book), walking),
                  ElementsAre("gap NOT_A_RECORD", "record", "record"));
    }
  }
}

TEST(NotMarc, RecordsWithoutTerminatorsAmongJunkAreFound) {
  const std::string file =
      std::string(300'000, 'x') + Open(MakeBook(1)) + Open(MakeBook(2)) + std::string(400'000, 'y');
  EXPECT_THAT(Told(file), ElementsAre("gap NOT_A_RECORD", "record MISSING_TERMINATOR",
                                      "record MISSING_TERMINATOR"));
}

std::string InUtf16(const std::string& text, bool little) {
  std::string units;
  for (const char c : text) units += little ? std::string{c, '\0'} : std::string{'\0', c};
  return units;
}

TEST(NotMarc, Utf16IsOneGap) {
  for (const bool little : {true, false}) {
    const std::string mark = little ? "\xFF\xFE" : "\xFE\xFF";
    for (const std::string between : {"", "\n", "\r\n"}) {
      std::string text;
      for (int i = 0; i < 20; ++i) text += MakeRecord({{"001", absl::StrCat(i)}}) + between;
      EXPECT_THAT(Told(InUtf16(text, little)), ElementsAre("gap UTF16"));
      EXPECT_THAT(Told(mark + InUtf16(text, little)), ElementsAre("gap UTF16"));
    }
  }
}

TEST(NotMarc, Utf16BetweenRecordsCostsNone) {
  const std::string book = MakeBook(1);
  for (const bool little : {true, false}) {
    EXPECT_THAT(Told(absl::StrCat(book, InUtf16(MakeRecord({}), little), book)),
                ElementsAre("record", "gap UTF16", "record"));
  }
}

TEST(NotMarc, TerminatorInUtf16IsACharacterNotAByte) {
  const std::string book = MakeBook(1);
  std::string other = InUtf16(MakeRecord({{"001", "x"}}), true);
  other.insert(other.size() - 6, "\x1d\x04\x04\x1d");  // U+041D and U+1D04
  EXPECT_THAT(Told(other + book), ElementsAre("gap UTF16", "record"));
}

TEST(NotMarc, BlankPaddedLengthAfterFillerIsARecord) {
  const std::string padded = With(MakeBook(2), 0, "  ");
  for (const std::string filler : {"", "\n", "\r\n", "    "}) {
    const std::string file = absl::StrCat(MakeBook(1), filler, padded, MakeBook(3));
    const Walk walk = WalkOver(file);
    EXPECT_EQ(walk.stretches.size(), filler.empty() ? 3 : 4);
    EXPECT_TRUE(Delivers(walk, file.size() - MakeBook(3).size(), MakeBook(3).size()));
    const Stretch& damaged = walk.stretches[walk.stretches.size() - 2];
    EXPECT_EQ(damaged.reason, "LENGTH_NOT_DIGITS");
    EXPECT_EQ(damaged.length, padded.size());
  }
}

}  // namespace
}  // namespace marcd
