// MARC in JSON: however a source is cut, the same records are found in it; what is made of
// them is valid, whichever parser reads them; and what is written of a record is read as that
// record.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/formats/format.h"
#include "core/formats/json/decode.h"
#include "core/framing/json_framer.h"
#include "core/record/record_view.h"
#include "core/text/utf8.h"
#include "tests/core/framing/walk.h"
#include "tests/fuzz/input.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

void ExpectSameHoweverCut(const std::string& bytes, const Walking& pieces) {
  Walking walking = pieces;
  walking.chunk = 0;
  walking.block_bytes = 1 << 20;
  const Walk whole = WalkOver(bytes, walking);
  const Walk cut = WalkOver(bytes, pieces);
  EXPECT_EQ(Told(cut), Told(whole));
  EXPECT_EQ(cut.stretches, whole.stretches);
  EXPECT_EQ(cut.next_offset, whole.next_offset);
}

// A field that has a data field's tag and a control field's flag is no frame of ours; a
// subfield without a code has a blank for it, which is read as such.
void ExpectComesBack(const RecordView& record, const Format& format) {
  std::string once, frame;
  std::vector<Finding> notes;
  ASSERT_FALSE(format.encode(record, {}, &once, &notes).has_value());
  const auto fault = format.decode(once, {}, &frame, &notes);
  ASSERT_FALSE(fault.has_value()) << fault->message << " in " << once;
  const auto read = RecordView::Parse(frame);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->payloads(), record.payloads());
  EXPECT_EQ(read->leader(), record.leader());
  std::string twice;
  ASSERT_FALSE(format.encode(*read, {}, &twice, &notes).has_value());
  EXPECT_EQ(once, twice);
}

void ExpectRecords(const std::string& bytes, const Format& format, const Reading& reading) {
  const Batch batch = ReadAll(bytes, reading);
  EXPECT_EQ(AccountedBytes(batch), bytes.size());
  for (const std::string& frame : FramesOf(batch)) {
    const auto record = RecordView::Parse(frame);
    ASSERT_TRUE(record.ok()) << record.status();
    EXPECT_TRUE(IsUtf8(record->payloads()));
    ExpectComesBack(*record, format);
  }
  for (const Diagnostic& each : batch.diagnostics) {
    EXPECT_TRUE(IsUtf8(each.finding.message));
    EXPECT_FALSE(each.finding.message.empty());
  }
}

// RapidJSON says the same as the parser of plain records, if it is one.
void ExpectSameEitherWay(const std::string& record) {
  if (!IsUtf8(record)) return;
  DecodeOptions options;
  options.notes = true;
  std::string plain, any;
  std::vector<Finding> plain_notes, any_notes;
  const auto plain_fault = DecodeJson(record, options, &plain, &plain_notes);
  const auto any_fault = json::DecodeAny(record, options, &any, &any_notes);
  ASSERT_EQ(plain_fault.has_value(), any_fault.has_value()) << record;
  EXPECT_EQ(plain, any);
  ASSERT_EQ(plain_notes.size(), any_notes.size());
  for (size_t i = 0; i < any_notes.size(); ++i) {
    EXPECT_EQ(plain_notes[i].message, any_notes[i].message);
  }
}

}  // namespace
}  // namespace marcd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  marcd::FuzzInput input(data, size);
  const marcd::Format& format = *marcd::FindFormat(input.Flag() ? 3 : 4);
  marcd::Reading reading;
  reading.format = &format;
  reading.mode = marcd::RecoveryMode::kRepair;
  reading.with_source = input.Flag();
  if (input.Flag()) reading.max_record_bytes = 300;
  marcd::Walking pieces;
  pieces.make_framer = format.make_framer;
  pieces.chunk = 1 + input.Choose(256);
  pieces.block_bytes = 1 + 4 * input.Choose(256);
  if (input.Flag()) pieces.options.max_record_bytes = 200;
  const std::string bytes(input.Rest());
  marcd::ExpectSameHoweverCut(bytes, pieces);
  marcd::ExpectRecords(bytes, format, reading);
  // A record that framing would not have given.
  std::string frames;
  std::vector<marcd::Finding> findings;
  format.mend(bytes, {}, &frames, &findings);
  if (!frames.empty()) EXPECT_TRUE(marcd::RecordView::Parse(frames).ok());
  marcd::ExpectSameEitherWay(bytes);
  marcd::SniffFormat(bytes);
  return 0;
}
