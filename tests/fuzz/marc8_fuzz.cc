// Whatever is taken for MARC-8 becomes UTF-8 of a bounded size, by every option.
#include <gtest/gtest.h>

#include <string>

#include "core/text/marc8/marc8.h"
#include "core/text/normalize.h"
#include "core/text/utf8.h"
#include "tests/fuzz/input.h"

namespace marcd {
namespace {

struct Decoded {
  std::string text;
  TextFaults faults;
};

Decoded Decode(absl::string_view text, const TextOptions& options) {
  const std::string before = "e";  // what a mark in front of the text must not touch
  std::string out = before;
  const TextFaults faults = DecodeMarc8(text, options, &out);
  EXPECT_EQ(out.substr(0, before.size()), before);
  return {out.substr(before.size()), faults};
}

void ExpectBounded(absl::string_view text, const TextOptions& options) {
  const auto [decoded, faults] = Decode(text, options);
  EXPECT_TRUE(IsUtf8(decoded));
  EXPECT_LE(decoded.size(), 4 * text.size());
  EXPECT_LE(faults.count, text.size());
  if (!faults.ok()) EXPECT_LT(faults.first, text.size());
  if (IsPlainInMarc8(text) && text.find('\x1F') == text.npos) {
    EXPECT_TRUE(faults.ok());
    EXPECT_EQ(decoded, text);
  }
}

// Normal form C changes nothing but the form.
void ExpectSameInNfc(absl::string_view text, TextOptions options) {
  options.nfc = false;
  std::string plain = Decode(text, options).text;
  NormalizeNfc(&plain, 0);
  options.nfc = true;
  EXPECT_EQ(Decode(text, options).text, plain);
}

}  // namespace
}  // namespace marcd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  marcd::FuzzInput input(data, size);
  marcd::TextOptions options;
  options.nfc = input.Flag();
  options.half_marks = input.Flag();
  options.pymarc = input.Flag();
  const absl::string_view text = input.Rest();
  marcd::ExpectBounded(text, options);
  marcd::ExpectSameInNfc(text, options);
  return 0;
}
