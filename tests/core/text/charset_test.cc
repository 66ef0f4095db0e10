#include "core/text/charset.h"

#include <gtest/gtest.h>

#include <string>

namespace marcd {
namespace {

std::string NameOf(absl::string_view name) {
  const Charset* const charset = Charset::Find(name);
  return charset == nullptr ? "" : std::string(charset->name());
}

TEST(Charset, IsFoundByAnyNameThatPythonHas) {
  for (const char* const name : {"latin-1", "Latin_1", "L1", "ISO-8859-1", "iso8859 1", "8859"}) {
    EXPECT_EQ(NameOf(name), "iso8859-1") << name;
  }
  EXPECT_EQ(NameOf("windows-1252"), "cp1252");
  EXPECT_EQ(NameOf(" CP--1252- "), "");
  EXPECT_EQ(NameOf("-cp1252-"), "cp1252");
  EXPECT_EQ(NameOf("KOI8-R"), "koi8-r");
}

TEST(Charset, OthersAreNotFound) {
  for (const char* const name : {"", "-", "utf-8", "cp037", "cp864", "big5", "latin", "zzz"}) {
    const bool latin = std::string(name) == "latin";
    EXPECT_EQ(NameOf(name), latin ? "iso8859-1" : "") << name;
  }
}

TEST(Charset, DecodesAndCountsWhatItDoesNotHave) {
  std::string out = "x";
  const TextFaults faults =
      Charset::Find("cp1252")->Decode("caf\xe9 \x80\x81 long enough\x8d", &out);
  EXPECT_EQ(out, "xcafé €\ufffd long enough\ufffd");
  EXPECT_EQ(faults.count, 2);
  EXPECT_EQ(faults.first, 6);
}

TEST(Charset, AsciiIsFoundAtEveryPlace) {
  const Charset* const latin = Charset::Find("latin-1");
  for (size_t size = 1; size < 40; ++size) {
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\xe9';
      std::string out;
      EXPECT_TRUE(latin->Decode(text, &out).ok());
      ASSERT_EQ(out, text.substr(0, at) + "é" + text.substr(at + 1));
    }
  }
}

}  // namespace
}  // namespace marcd
