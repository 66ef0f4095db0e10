// MARCXML and turbomarc: however a document is cut, the same records are found in it; what is
// made of them is valid; ParsePlain() understands nothing that expat does not; and what is
// written of a record is read as that record.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "core/formats/format.h"
#include "core/formats/xml/context.h"
#include "core/framing/xml_framer.h"
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

// The same fields, whatever the frame says of how they came to be.
std::string PlainFrame(absl::string_view document, const Format& format) {
  Reading reading;
  reading.format = &format;
  reading.mode = RecoveryMode::kSkip;
  const Batch batch = ReadAll(std::string(document), reading);
  EXPECT_EQ(batch.ordinals.size(), 1) << document;
  return batch.frames;
}

void ExpectComesBack(const RecordView& record, const Format& format) {
  std::string once, twice;
  std::vector<Finding> notes;
  const Document document = format.document({});
  ASSERT_FALSE(format.encode(record, {}, &once, &notes).has_value());
  const std::string frame = PlainFrame(absl::StrCat(document.begin, once, document.end), format);
  const auto read = RecordView::Parse(frame);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_FALSE(format.encode(*read, {}, &twice, &notes).has_value());
  EXPECT_EQ(once, twice);
  if (notes.empty()) EXPECT_EQ(read->payloads(), record.payloads());
}

// A byte that is no name in XML has no place in a tag either: those are asked for alone.
bool HasPlainTags(const RecordView& record) {
  for (uint32_t i = 0; i < record.size(); ++i) {
    for (const char c : record.field(i).tag()) {
      if (c <= 0x20 || c > 0x7E) return false;
    }
  }
  for (const char c : record.leader()) {
    if (c < 0x20 || c > 0x7E) return false;
  }
  return true;
}

void ExpectRecords(const std::string& bytes, const Format& format, const Reading& reading) {
  const Batch batch = ReadAll(bytes, reading);
  EXPECT_EQ(AccountedBytes(batch), bytes.size());
  for (const std::string& frame : FramesOf(batch)) {
    const auto record = RecordView::Parse(frame);
    ASSERT_TRUE(record.ok()) << record.status();
    EXPECT_TRUE(IsUtf8(record->payloads()));
    if (HasPlainTags(*record)) ExpectComesBack(*record, format);
  }
  for (const Diagnostic& each : batch.diagnostics) {
    EXPECT_TRUE(IsUtf8(each.finding.message));
    EXPECT_FALSE(each.finding.message.empty());
  }
}

// With a context, though it says nothing, expat reads each record: the same comes of it.
void ExpectExpatAgrees(const std::string& bytes, const Format& format) {
  if (!xml::ReadContext(bytes).empty()) return;
  DecodeOptions plain, by_expat;
  by_expat.context = "\n";
  std::string frames, expats;
  std::vector<Finding> notes, expats_notes;
  const bool fault = format.decode(bytes, plain, &frames, &notes).has_value();
  const bool expats_fault = format.decode(bytes, by_expat, &expats, &expats_notes).has_value();
  EXPECT_EQ(fault, expats_fault);
  EXPECT_EQ(frames, expats);
  EXPECT_EQ(notes.size(), expats_notes.size());
}

}  // namespace
}  // namespace marcd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  marcd::FuzzInput input(data, size);
  const marcd::Format& format = *marcd::FindFormat(input.Flag() ? 2 : 8);
  marcd::Reading reading;
  reading.format = &format;
  reading.mode = marcd::RecoveryMode::kRepair;
  reading.text.nfc = input.Flag();
  if (input.Flag()) reading.max_record_bytes = 300;
  const bool latin1 = input.Flag();
  marcd::Walking pieces;
  pieces.make_framer = format.make_framer;
  pieces.chunk = 1 + input.Choose(256);
  pieces.block_bytes = 1 + 4 * input.Choose(256);
  if (input.Flag()) pieces.options.max_record_bytes = 200;
  std::string bytes(input.Rest());
  if (latin1) bytes = absl::StrCat("<?xml version='1.0' encoding='latin1'?>", bytes);
  marcd::ExpectSameHoweverCut(bytes, pieces);
  marcd::ExpectRecords(bytes, format, reading);
  marcd::ExpectExpatAgrees(bytes, format);
  format.sniff(bytes);
  return 0;
}
