#include "core/record/record_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/record/record_builder.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

constexpr char kLeaderText[] = "00000nam a2200000 a 4500";

std::string MakeFrame() {
  RecordBuilder builder(kLeaderText);
  builder.AddControlField("001", "ocm1");
  builder.AddDataField("245", '1', '0', {{'a', "Title"}, {'c', ""}, {'b', "Gr\xC3\xA9goire"}});
  builder.AddDataField("500", ' ', ' ', {});
  std::string frame;
  EXPECT_TRUE(builder.AppendTo(&frame).ok());
  return frame;
}

std::string Fault(const std::string& frame) {
  const auto view = RecordView::Parse(frame);
  return view.ok() ? "" : std::string(view.status().message());
}

TEST(RecordView, ReadsWhatTheBuilderWrote) {
  const std::string frame = MakeFrame();
  const auto record = RecordView::Parse(frame);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->leader(), kLeaderText);
  ASSERT_EQ(record->size(), 3);
  EXPECT_TRUE(record->field(0).is_control());
  EXPECT_EQ(record->field(0).payload(), "ocm1");
  const FieldView title = record->field(1);
  EXPECT_EQ(title.tag(), "245");
  EXPECT_EQ(title.indicator1(), '1');
  EXPECT_EQ(title.flags() & kEntryAscii, 0);
  absl::string_view rest = title.subfields();
  std::string seen;
  for (SubfieldView subfield; FieldView::NextSubfield(&rest, &subfield);) {
    seen += subfield.code;
    seen += std::string(subfield.value) + "|";
  }
  EXPECT_EQ(seen, "aTitle|c|bGr\xC3\xA9goire|");
  EXPECT_EQ(record->field(2).subfields(), "");
}

TEST(RecordView, SaysWhatIsWrong) {
  using ::testing::HasSubstr;
  const std::string good = MakeFrame();
  const auto with = [&](size_t at, char value) {
    std::string frame = good;
    frame[at] = value;
    return Fault(frame);
  };
  const size_t entries = kFrameHeadSize, payloads = entries + 3 * kFrameEntrySize;
  EXPECT_THAT(Fault(good.substr(0, 31)), HasSubstr("shorter than its head"));
  EXPECT_THAT(with(0, 16), HasSubstr("unknown record flag"));
  EXPECT_THAT(with(31, 1), HasSubstr("entries"));
  EXPECT_THAT(with(28, 100), HasSubstr("past its end"));
  EXPECT_THAT(with(4, '\x80'), HasSubstr("leader is not ASCII"));
  EXPECT_THAT(with(entries + 3, 8), HasSubstr("entry 0: unknown flag"));
  EXPECT_THAT(with(entries + 3, 0), HasSubstr("do not agree"));
  EXPECT_THAT(with(entries + 4, 100), HasSubstr("end out of order"));
  EXPECT_THAT(with(payloads, '\x1e'), HasSubstr("terminator"));
  EXPECT_THAT(with(payloads, '\x1f'), HasSubstr("subfield delimiter"));
  EXPECT_THAT(with(payloads + 4, '\x7f'), HasSubstr("indicator"));
  EXPECT_THAT(with(payloads + 6, 'x'), HasSubstr("outside a subfield"));
  EXPECT_THAT(with(payloads + 7, '\n'), HasSubstr("subfield code"));
  EXPECT_THAT(with(payloads, '\xC3'), HasSubstr("ASCII flag"));
  EXPECT_THAT(Fault(good + "x"), HasSubstr("bytes after the last payload"));
}

TEST(RecordView, EveryTruncationIsRefused) {
  const std::string frame = MakeFrame();
  for (size_t size = 0; size < frame.size(); ++size) {
    EXPECT_NE(Fault(frame.substr(0, size)), "") << size;
  }
}

// Reads everything there is to read, for a sanitizer to watch.
size_t Touch(const RecordView& record) {
  size_t sum = record.source().size() + record.payloads().size();
  for (uint32_t i = 0; i < record.size(); ++i) {
    const FieldView field = record.field(i);
    sum += field.payload().size();
    if (field.is_control()) continue;
    absl::string_view rest = field.subfields();
    for (SubfieldView subfield; FieldView::NextSubfield(&rest, &subfield);) {
      sum += subfield.value.size();
    }
  }
  std::string bytes;
  record.AppendVerbatim(&bytes);
  return sum + bytes.size();
}

TEST(RecordView, NothingIsReadOutsideADamagedFrame) {
  const std::string good = MakeFrame();
  for (unsigned seed = 0; seed < 20'000; ++seed) {
    std::mt19937 random(seed);
    std::string frame = good;
    for (unsigned i = 0; i <= seed % 4; ++i) {
      frame[random() % frame.size()] = static_cast<char>(random());
    }
    const auto record = RecordView::Parse(frame);
    if (!record.ok()) continue;
    EXPECT_LE(Touch(*record), 4 * frame.size() + 100);
  }
}

TEST(RecordBuilder, RefusesWhatAFrameCannotHold) {
  const auto refused = [](auto add) {
    RecordBuilder builder(kLeaderText);
    add(builder);
    std::string out = "before";
    const absl::Status status = builder.AppendTo(&out);
    EXPECT_EQ(out, "before");
    return ErrorReason(status) == "FRAME_INVALID";
  };
  EXPECT_TRUE(refused([](RecordBuilder& b) { b.AddControlField("0001", "x"); }));
  EXPECT_TRUE(refused([](RecordBuilder& b) { b.AddControlField("245", "x"); }));
  EXPECT_TRUE(refused([](RecordBuilder& b) { b.AddControlField("001", "a\x1f"); }));
  EXPECT_TRUE(refused([](RecordBuilder& b) { b.AddDataField("245", '\n', '0', {}); }));
  EXPECT_TRUE(refused([](RecordBuilder& b) { b.AddDataField("245", '1', '0', {{'\n', "x"}}); }));
  EXPECT_TRUE(refused([](RecordBuilder& b) { b.AddDataField("245", '1', '0', {{'a', "x\x1d"}}); }));
}

}  // namespace
}  // namespace marcd
