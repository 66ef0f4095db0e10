// Seeded damage to records of lines: no crash, every byte accounted for, valid frames, and
// the other records delivered as they were.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/record/record_builder.h"
#include "core/record/record_view.h"
#include "core/text/utf8.h"
#include "tests/core/formats/lines_testing.h"

namespace marcd {
namespace {

constexpr int kFormats[] = {kMrk, kAlephseq, kLine};

std::string Records(int format, unsigned count) {
  std::string text;
  for (unsigned seed = 0; seed < count; ++seed) text += Write(format, AnyFrame(seed * 100)).text;
  return text;
}

Batch Repair(int format, const std::string& text) {
  Reading reading;
  reading.mode = RecoveryMode::kRepair;
  return ReadFormat(format, text, reading);
}

void ExpectSound(const Batch& batch, size_t size) {
  ASSERT_EQ(AccountedBytes(batch), size);
  for (const std::string& frame : FramesOf(batch)) {
    const auto record = RecordView::Parse(frame);
    ASSERT_TRUE(record.ok()) << record.status();
    for (uint32_t i = 0; i < record->size(); ++i) ASSERT_TRUE(IsUtf8(record->field(i).payload()));
  }
}

TEST(LinesDamage, EveryByteSetToSeveralValuesIsReadOrExplained) {
  for (const int format : kFormats) {
    const std::string good = Records(format, 4);
    for (size_t at = 0; at < good.size(); ++at) {
      for (const char value : std::string("\0\n\r $={}\\9\x1F\xC3\xFF", 13)) {
        std::string damaged = good;
        damaged[at] = value;
        ExpectSound(Repair(format, damaged), damaged.size());
        if (HasFatalFailure()) FAIL() << "format " << format << " at " << at << " " << int{value};
      }
    }
  }
}

TEST(LinesDamage, EveryTruncationIsReadOrExplained) {
  for (const int format : kFormats) {
    const std::string good = Records(format, 4);
    for (size_t size = 0; size < good.size(); ++size) {
      ExpectSound(Repair(format, good.substr(0, size)), size);
      if (HasFatalFailure()) FAIL() << "format " << format << " cut to " << size;
    }
  }
}

TEST(LinesDamage, DamageInsideARecordCostsNoOther) {
  for (const int format : kFormats) {
    const std::string first = Write(format, AnyFrame(1)).text;
    const std::string hit = Write(format, AnyFrame(202)).text;
    const std::string last = Write(format, AnyFrame(3)).text;
    const std::string whole = first + hit + last;
    const std::vector<std::string> expected = FramesOf(Repair(format, whole));
    ASSERT_EQ(expected.size(), 3);
    // Not the number that the record's first line begins with, nor what ends its last.
    for (size_t at = 10; at + 2 < hit.size(); ++at) {
      for (const char value : std::string("\0\n =9x\xFF", 7)) {
        std::string damaged = whole;
        damaged[first.size() + at] = value;
        const std::vector<std::string> frames = FramesOf(Repair(format, damaged));
        ASSERT_GE(frames.size(), 2) << format << " at " << at;
        ASSERT_EQ(frames.front(), expected.front()) << format << " at " << at << " " << int{value};
        ASSERT_EQ(frames.back(), expected.back()) << format << " at " << at << " " << int{value};
      }
    }
  }
}

TEST(LinesDamage, AFieldWithATagThatNoLineCanHaveIsWrittenUnderAnother) {
  for (const int format : kFormats) {
    for (const absl::string_view tag : {" 45", "\n=2", "4\0015"}) {
      RecordBuilder record("00000nam a2200000 i 4500");
      record.AddControlField("001", "000000001");
      record.AddDataField(tag, '1', '0', {{'a', "Text"}});
      std::string frame;
      ASSERT_TRUE(record.AppendTo(&frame).ok());
      const Written written = Write(format, frame);
      EXPECT_FALSE(written.reasons.empty()) << "format " << format;
      const std::vector<std::string> fields = FieldsOf(Repair(format, written.text).frames);
      ASSERT_EQ(fields.size(), 2) << "format " << format << ": " << written.text;
      EXPECT_EQ(fields[1].substr(3), " 10$aText") << "format " << format;
    }
  }
}

TEST(LinesDamage, RandomBytesAreReadOrExplained) {
  const std::string alphabet("=LDR0124 $a{}acute\\\n\r&#x;^\xC3\xA9\xE2");
  for (unsigned seed = 0; seed < 900; ++seed) {
    std::mt19937 random(seed);
    std::string bytes(random() % 2000, '\0');
    for (char& c : bytes) c = alphabet[random() % alphabet.size()];
    if (seed % 3 == 0) bytes = Records(kFormats[seed % 9 / 3], 2) + bytes;
    for (const int format : kFormats) {
      ExpectSound(Repair(format, bytes), bytes.size());
      ASSERT_FALSE(HasFatalFailure()) << "format " << format << " seed " << seed;
    }
  }
}

}  // namespace
}  // namespace marcd
