// Frames that a client sends, encoded: nothing is believed of them, and errors name the record.
#include "core/batch/encode_frames.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/formats/format.h"
#include "core/record/frame.h"
#include "core/record/record_builder.h"

namespace marcd {
namespace {

Document FakeDocument(const EncodeOptions&) { return {"[", ", ", "]"}; }

// The text of 001. One that is `bad` cannot be written, of one that is `odd` there is a note.
std::optional<Finding> FakeEncode(const RecordView& record, const EncodeOptions&, std::string* out,
                                  std::vector<Finding>* notes) {
  const absl::string_view text = record.field(0).payload();
  Finding finding = MakeFinding(Reason::kRecordTooLong, Disposition::kSkipped, "it is too long");
  finding.tag = "245";
  if (text == "bad") return finding;
  absl::StrAppend(out, text);
  if (text == "odd") notes->push_back(finding);
  return std::nullopt;
}

Format FakeFormat(int id) {
  Format format = {};
  format.id = id;
  format.name = "fake";
  format.document = FakeDocument;
  format.encode = FakeEncode;
  return format;
}

std::string Frame(const std::string& control_number, uint32_t flags = 0) {
  RecordBuilder builder("00000nam a2200000 a 4500");
  builder.AddControlField("001", control_number);
  std::string frame;
  EXPECT_TRUE(builder.AppendTo(&frame).ok());
  StoreLe32(LoadLe32(frame.data()) | flags, &frame[0]);
  return frame;
}

EncodedRecords Encode(const std::vector<std::string>& frames, uint64_t first = 0, int id = 2,
                      bool single = false) {
  std::string all;
  std::vector<uint32_t> lengths;
  for (const std::string& frame : frames) {
    all += frame;
    lengths.push_back(static_cast<uint32_t>(frame.size()));
  }
  const Format format = FakeFormat(id);
  EncodePlan plan;
  plan.format = &format;
  plan.options.single = single;
  return EncodeFrames(all, lengths, first, plan);
}

std::string MetadataOf(const EncodedRecords& encoded, const std::string& key) {
  for (const auto& [name, value] : GetErrorMetadata(encoded.error)) {
    if (name == key) return value;
  }
  return "";
}

TEST(EncodeFramesTest, WhatStandsBetweenRecordsComesBeforeEachButTheFilesFirst) {
  EXPECT_EQ(Encode({Frame("a"), Frame("b")}).text, "a, b");
  EXPECT_EQ(Encode({Frame("c")}, 2).text, ", c");
  EXPECT_EQ(Encode({}, 2).text, "");
}

TEST(EncodeFramesTest, ARecordThatCannotBeWrittenIsNamed) {
  const EncodedRecords encoded = Encode({Frame("a"), Frame("bad"), Frame("c")}, 10);
  EXPECT_EQ(ErrorReason(encoded.error), "RECORD_TOO_LONG");
  EXPECT_EQ(MetadataOf(encoded, "record"), "11");
  EXPECT_EQ(MetadataOf(encoded, "control_number"), "bad");
  EXPECT_EQ(MetadataOf(encoded, "tag"), "245");
}

TEST(EncodeFramesTest, NotesTellTheRecordsNumber) {
  const EncodedRecords encoded = Encode({Frame("a"), Frame("odd")}, 10);
  ASSERT_TRUE(encoded.error.ok()) << encoded.error;
  ASSERT_EQ(encoded.diagnostics.size(), 1);
  EXPECT_EQ(encoded.diagnostics[0].ordinal, 11);
  EXPECT_EQ(encoded.diagnostics[0].index, 1);
}

TEST(EncodeFramesTest, BytesThatAreNoFrameAreRefused) {
  const std::string frame = Frame("a");
  for (size_t size = 0; size < frame.size(); ++size) {
    const EncodedRecords encoded = Encode({frame, frame.substr(0, size)}, 5);
    EXPECT_EQ(ErrorReason(encoded.error), "FRAME_INVALID");
    EXPECT_EQ(MetadataOf(encoded, "record"), "6");
  }
}

TEST(EncodeFramesTest, LengthsThatAreNotThoseOfTheBytesAreRefused) {
  const Format format = FakeFormat(2);
  EncodePlan plan;
  plan.format = &format;
  const std::string frame = Frame("a");
  const auto size = static_cast<uint32_t>(frame.size());
  for (const std::vector<uint32_t>& lengths :
       {std::vector<uint32_t>{}, {size + 1}, {size, 1}, {size, ~uint32_t{0}}, {~uint32_t{0}}}) {
    EXPECT_EQ(ErrorReason(EncodeFrames(frame, lengths, 0, plan).error), "FRAME_INVALID");
  }
}

TEST(EncodeFramesTest, TextIsUtf8UnlessItIsRawAndForIso2709) {
  EXPECT_EQ(ErrorReason(Encode({Frame("\xE4")}).error), "FRAME_INVALID");
  EXPECT_EQ(ErrorReason(Encode({Frame("\xE4", kRecordRaw)}, 0, 2).error), "RAW_FRAME");
  EXPECT_EQ(Encode({Frame("\xE4", kRecordRaw)}, 0, 1).text, "\xE4");
}

TEST(EncodeFramesTest, ADocumentOfOneRecordHasOne) {
  EXPECT_TRUE(Encode({Frame("a")}, 0, 2, true).error.ok());
  EXPECT_EQ(ErrorReason(Encode({Frame("a"), Frame("b")}, 0, 2, true).error), "NOT_SINGLE");
  EXPECT_EQ(ErrorReason(Encode({Frame("b")}, 1, 2, true).error), "NOT_SINGLE");
}

}  // namespace
}  // namespace marcd
