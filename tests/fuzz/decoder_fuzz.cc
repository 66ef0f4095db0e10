// What each mode makes of a file: frames that hold what docs/frame.md promises, a word
// about every record that is not delivered, and the same records in every mode.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/record/record_view.h"
#include "core/text/charset.h"
#include "core/text/utf8.h"
#include "tests/fuzz/input.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

constexpr size_t kShortestRecord = 26, kLongestRecord = 99'999, kLongestField = 9'998;

// The records that end with each 0x1D, with their lengths made true.
std::string WithTrueLengths(absl::string_view bytes) {
  std::string records;
  for (size_t end; (end = bytes.find('\x1D')) != bytes.npos; bytes.remove_prefix(end + 1)) {
    const size_t length = end + 1;
    if (length < kShortestRecord || length > kLongestRecord) continue;
    absl::StrAppend(&records, absl::Dec(length, absl::kZeroPad5), bytes.substr(5, length - 5));
  }
  return records;
}

// A record of the fields that end with each 0x1E: three bytes of tag, then the payload.
std::string WithTrueDirectory(absl::string_view bytes) {
  std::vector<TestField> fields;
  for (const absl::string_view field : absl::StrSplit(bytes, '\x1E')) {
    if (field.size() < kTagSize) continue;
    fields.emplace_back(field.substr(0, kTagSize), field.substr(kTagSize, kLongestField));
  }
  return MakeRecord(fields, bytes.size() % 2 == 0 ? 'a' : ' ');
}

Reading ChooseReading(FuzzInput* input) {
  static const Charset* const charset = Charset::Find("cp1252");
  Reading reading;
  reading.text.policy = static_cast<TextPolicy>(1 + input->Choose(3));
  reading.text.encoding = static_cast<Encoding>(input->Choose(3));
  if (reading.text.encoding == Encoding::kSingleByte) reading.text.charset = charset;
  reading.text.nfc = input->Flag();
  reading.text.half_marks = input->Flag();
  reading.text.raw = input->Flag();
  reading.join_continued = input->Flag();
  reading.with_source = input->Flag();
  if (input->Flag()) reading.max_record_bytes = 300;
  reading.batch_bytes = 1 + 16 * input->Choose(256);
  return reading;
}

void ExpectFrame(absl::string_view frame, absl::string_view source, const Reading& reading) {
  const auto record = RecordView::Parse(frame);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_LE(record->payloads().size(), reading.max_record_bytes);
  const bool undecoded = (record->flags() & kRecordUndecoded) != 0;
  EXPECT_TRUE(!undecoded || reading.mode == RecoveryMode::kPymarc);
  if (!record->source().empty()) EXPECT_EQ(record->source(), source);
  std::string verbatim;
  if (record->AppendVerbatim(&verbatim)) EXPECT_EQ(verbatim, source);
  EXPECT_EQ((record->flags() & kRecordRaw) != 0, reading.text.raw && !undecoded);
  for (uint32_t i = 0; i < record->size(); ++i) {
    EXPECT_TRUE(reading.text.raw || IsUtf8(record->field(i).payload()));
  }
}

// What is said reaches the client as UTF-8, and fits to what was done.
void ExpectFinding(const Diagnostic& said, const Reading& reading) {
  const Finding& finding = said.finding;
  EXPECT_FALSE(finding.message.empty());
  EXPECT_TRUE(IsUtf8(finding.message)) << RowOf(finding.reason).name;
  EXPECT_TRUE(IsUtf8(finding.tag)) << RowOf(finding.reason).name;
  for (const auto& [name, value] : finding.variables) EXPECT_TRUE(IsUtf8(value)) << name;
  const bool repaired = finding.disposition == Disposition::kRepaired;
  EXPECT_TRUE(!repaired || reading.mode == RecoveryMode::kRepair);
  if (finding.disposition == Disposition::kSkipped) EXPECT_LT(said.index, 0);
}

// All but pieces of a leader, and what is too large, can be mended.
void ExpectMended(const Batch& batch) {
  std::set<uint64_t> left_out, too_large;
  for (const Diagnostic& said : batch.diagnostics) {
    if (said.index < 0 && said.length >= kShortestRecord) left_out.insert(said.ordinal);
    if (said.finding.reason == Reason::kRecordTooLarge ||
        said.finding.reason == Reason::kDecodedSizeTooLarge) {
      too_large.insert(said.ordinal);
    }
  }
  EXPECT_TRUE(std::includes(too_large.begin(), too_large.end(), left_out.begin(), left_out.end()));
}

using Frames = std::map<uint64_t, std::string>;  // by ordinal

// The frames of a read in one mode. `records`: how many there must be, if that is known.
Frames Read(const std::string& bytes, const Reading& reading, int64_t records) {
  const Batch batch = ReadAll(bytes, reading);
  const std::vector<std::string> frames = FramesOf(batch);
  Frames delivered;
  std::set<uint64_t> all;
  for (size_t i = 0; i < frames.size(); ++i) {
    const auto source = absl::string_view(bytes).substr(batch.offsets[i], batch.lengths[i]);
    ExpectFrame(frames[i], source, reading);
    EXPECT_TRUE(all.insert(batch.ordinals[i]).second);
    delivered[batch.ordinals[i]] = frames[i];
  }
  for (const Diagnostic& said : batch.diagnostics) {
    ExpectFinding(said, reading);
    EXPECT_EQ(said.index >= 0, delivered.count(said.ordinal) == 1);
    if (said.finding.disposition == Disposition::kSkipped) all.insert(said.ordinal);
  }
  EXPECT_TRUE(all.empty() || *all.rbegin() + 1 == all.size());
  if (reading.mode == RecoveryMode::kRepair) ExpectMended(batch);
  if (!batch.error.ok()) {
    EXPECT_EQ(reading.mode, RecoveryMode::kStrict);
    EXPECT_EQ(batch.next_ordinal, all.size());
  } else {
    EXPECT_EQ(AccountedBytes(batch), bytes.size());
    if (records >= 0) EXPECT_EQ(all.size(), records);
  }
  return delivered;
}

// Every frame of `some` is one of `all`.
void ExpectAmong(const Frames& some, const Frames& all) {
  EXPECT_TRUE(std::includes(all.begin(), all.end(), some.begin(), some.end()));
}

void ExpectModesAgree(const std::string& bytes, Reading reading, int64_t records) {
  const auto read = [&](RecoveryMode mode) {
    reading.mode = mode;
    reading.text.pymarc = mode == RecoveryMode::kPymarc;
    return Read(bytes, reading, records);
  };
  const Frames skip = read(RecoveryMode::kSkip);
  ExpectAmong(skip, read(RecoveryMode::kRepair));
  ExpectAmong(read(RecoveryMode::kStrict), skip);
  read(RecoveryMode::kPymarc);
}

}  // namespace
}  // namespace marcd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  marcd::FuzzInput input(data, size);
  const size_t shape = input.Choose(3);
  const marcd::Reading reading = marcd::ChooseReading(&input);
  const absl::string_view rest = input.Rest();
  const std::string bytes = shape == 0   ? std::string(rest)
                            : shape == 1 ? marcd::WithTrueLengths(rest)
                                         : marcd::WithTrueDirectory(rest);
  int64_t records = -1;
  if (shape == 1 && !reading.join_continued) {
    records = std::count(bytes.begin(), bytes.end(), '\x1D');
  }
  marcd::ExpectModesAgree(bytes, reading, records);
  return 0;
}
