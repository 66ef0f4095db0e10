#include "core/source/utf16_source.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/chunked_source.h"

namespace marcd {
namespace {

std::string Encode(const std::u16string& text, Utf16Order order) {
  std::string bytes;
  for (const char16_t unit : text) {
    const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xFF);
    bytes += order == Utf16Order::kBigEndian ? std::string{high, low} : std::string{low, high};
  }
  return bytes;
}

std::string Read(const std::string& bytes, Utf16Order order, size_t chunk, uint64_t start = 0) {
  ForwardSourceOptions options;
  options.chunk_bytes = 5;
  Utf16Source source(std::make_unique<ChunkedSource>(bytes, chunk, 0), order, "file", start,
                     options);
  std::string text;
  while (!source.at_end()) {
    EXPECT_TRUE(source.Fill().ok());
    text += std::string(source.window());
    source.Consume(source.window().size());
  }
  return text;
}

TEST(Utf16SourceTest, TextComesAsUtf8HoweverItIsCut) {
  for (const Utf16Order order : {Utf16Order::kLittleEndian, Utf16Order::kBigEndian}) {
    const std::string bytes = Encode(u"\uFEFF<a>\u00E9\u0416\u4E2D\U0001F600\uFEFF</a>", order);
    for (size_t chunk = 1; chunk < 12; ++chunk) {
      EXPECT_EQ(Read(bytes, order, chunk), u8"<a>\u00E9\u0416\u4E2D\U0001F600\uFEFF</a>");
    }
    EXPECT_EQ(Read(bytes, order, 0, 3), u8"\u00E9\u0416\u4E2D\U0001F600\uFEFF</a>");
  }
}

TEST(Utf16SourceTest, HalfAPairAndAnOddByteAreNotLost) {
  const std::string half =
      Encode(std::u16string{u'<', char16_t{0xD83D}, u'>'}, Utf16Order::kLittleEndian);
  EXPECT_EQ(Read(half, Utf16Order::kLittleEndian, 1), "<\xED\xA0\xBD>");
  EXPECT_EQ(Read(half + "x", Utf16Order::kLittleEndian, 1), "<\xED\xA0\xBD>x");
  const std::string cut = Encode(std::u16string{u'<', char16_t{0xD83D}}, Utf16Order::kBigEndian);
  EXPECT_EQ(Read(cut, Utf16Order::kBigEndian, 1), "<\xED\xA0\xBD");
}

TEST(Utf16SourceTest, ADocumentIsToldByItsBeginning) {
  for (const Utf16Order order : {Utf16Order::kLittleEndian, Utf16Order::kBigEndian}) {
    for (const char16_t* text :
         {u"\uFEFF<collection>", u"\uFEFF \r\n{\"leader\"", u"\uFEFF=LDR", u"<?xml version"}) {
      EXPECT_EQ(DocumentUtf16(Encode(text, order)), order);
    }
    for (const char16_t* text : {u"\uFEFF00026nam a", u"<x", u"\uFEFF", u"00026nam"}) {
      EXPECT_EQ(DocumentUtf16(Encode(text, order)), std::nullopt);
    }
  }
  EXPECT_EQ(DocumentUtf16("<?xml version='1.0'?>"), std::nullopt);
  EXPECT_EQ(DocumentUtf16("00026nam a2200025 i 4500\x1e\x1d"), std::nullopt);
}

}  // namespace
}  // namespace marcd
