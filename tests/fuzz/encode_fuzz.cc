// What is written is read as the same: a text in MARC-8, and a record in ISO 2709.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/batch/batch.h"
#include "core/formats/format.h"
#include "core/record/record_view.h"
#include "core/text/marc8/encode.h"
#include "core/text/marc8/marc8.h"
#include "core/text/normalize.h"
#include "core/text/utf8.h"
#include "tests/fuzz/input.h"
#include "tests/support/marc.h"
#include "tests/support/same_frame.h"

namespace marcd {
namespace {

void ExpectTextBack(absl::string_view input, bool halves) {
  std::string text;
  RepairUtf8(input, &text);
  std::string encoded, back;
  Marc8Use use;
  EncodeMarc8(text, halves, &encoded, &use);
  EXPECT_LE(encoded.size(), 13 * text.size() + 6);
  TextOptions options;
  options.nfc = true;
  options.half_marks = halves;
  const TextFaults faults = DecodeMarc8(encoded, options, &back);
  EXPECT_TRUE(faults.ok());
  for (char& c : text) c = c == '\x1B' ? ' ' : c;
  NormalizeNfc(&text, 0);
  EXPECT_EQ(back, text);
}

bool HasEscape(const RecordView& record) {
  return record.payloads().find('\x1B') != absl::string_view::npos;
}

// Writes one record and reads it again.
void ExpectRecordBack(const std::string& frame, const EncodeOptions& options) {
  const auto record = RecordView::Parse(frame);
  ASSERT_TRUE(record.ok());
  std::string out;
  std::vector<Finding> notes;
  const auto fault = FindFormat(1)->encode(*record, options, &out, &notes);
  if (fault.has_value()) {
    EXPECT_EQ(out, "");
    EXPECT_TRUE(notes.empty());
    EXPECT_TRUE(IsUtf8(fault->message));
    return;
  }
  if (options.marc8 && HasEscape(*record)) return;
  Reading reading;
  reading.mode =
      options.too_long == TooLong::kZeros ? RecoveryMode::kRepair : RecoveryMode::kStrict;
  reading.join_continued = options.too_long == TooLong::kSplit;
  reading.text.half_marks = options.half_marks;
  const Batch back = ReadAll(out, reading);
  EXPECT_TRUE(back.error.ok()) << back.error;
  ASSERT_EQ(back.frame_lengths.size(), 1);
  const char* const without = options.marc8 ? "066" : "";
  EXPECT_EQ(Comparable(back.frames, without), Comparable(frame, without));
}

// The frame less what says that its source is at hand: all of it is written anew.
std::string WithoutFlags(std::string frame) {
  const uint32_t flags = RecordView::Parse(frame)->flags();
  if ((flags & (kRecordUndecoded | kRecordWithSource)) == 0) frame[0] = 0;
  return frame;
}

}  // namespace
}  // namespace marcd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  marcd::FuzzInput input(data, size);
  const bool text = input.Flag();
  marcd::EncodeOptions options;
  options.marc8 = input.Flag();
  options.half_marks = input.Flag();
  options.too_long = static_cast<marcd::TooLong>(1 + input.Choose(3));
  options.unmappable = static_cast<marcd::Unmappable>(1 + input.Choose(2));
  const absl::string_view rest = input.Rest();
  if (text) {
    marcd::ExpectTextBack(rest, options.half_marks);
    return 0;
  }
  marcd::Reading reading;
  reading.mode = marcd::RecoveryMode::kRepair;
  for (const std::string& frame : marcd::FramesOf(marcd::ReadAll(std::string(rest), reading))) {
    marcd::ExpectRecordBack(frame, options);
    marcd::ExpectRecordBack(marcd::WithoutFlags(frame), options);
  }
  return 0;
}
