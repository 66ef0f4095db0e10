// The golden frames, which the Python tests read too.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/escaping.h"
#include "core/record/record_view.h"

namespace marcd {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string Text(simdjson::dom::element element) {
  return std::string(element.get_string().value());
}

void ExpectField(const FieldView& field, simdjson::dom::element expected) {
  EXPECT_EQ(field.tag(), Text(expected["tag"]));
  EXPECT_EQ(field.flags(), expected["flags"].get_uint64().value());
  EXPECT_EQ(absl::BytesToHexString(field.payload()), Text(expected["payload_hex"]));
}

void ExpectRecord(const std::string& frame, simdjson::dom::element expected) {
  SCOPED_TRACE(Text(expected["name"]));
  const auto record = RecordView::Parse(frame);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->flags(), expected["flags"].get_uint64().value());
  EXPECT_EQ(record->leader(), Text(expected["leader"]));
  const simdjson::dom::array fields = expected["fields"].get_array();
  ASSERT_EQ(record->size(), fields.size());
  uint32_t index = 0;
  for (const simdjson::dom::element field : fields) ExpectField(record->field(index++), field);
  const simdjson::dom::element source = expected["source_hex"];
  EXPECT_EQ(absl::BytesToHexString(record->source()), source.is_null() ? "" : Text(source));
}

TEST(GoldenFrames, AreReadAsTheyAreDescribed) {
  const std::string frames = ReadFile("tests/data/frame_golden.bin");
  simdjson::dom::parser parser;
  const simdjson::dom::array descriptions = parser.load("tests/data/frame_golden.json").get_array();
  size_t at = 0;
  for (const simdjson::dom::element expected : descriptions) {
    const size_t length = expected["length"].get_uint64();
    ExpectRecord(frames.substr(at, length), expected);
    at += length;
  }
  EXPECT_EQ(at, frames.size());
  EXPECT_GT(descriptions.size(), 5);
}

}  // namespace
}  // namespace marcd
