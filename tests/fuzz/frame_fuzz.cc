// A frame that is accepted can be read to its last byte, and be built anew from what
// was read.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/record/record_builder.h"
#include "core/record/record_view.h"
#include "tests/fuzz/input.h"

namespace marcd {
namespace {

void AddTo(RecordBuilder* builder, const FieldView& field) {
  if (field.is_control()) return builder->AddControlField(field.tag(), field.payload());
  std::vector<SubfieldView> subfields;
  SubfieldView subfield;
  for (absl::string_view rest = field.subfields(); FieldView::NextSubfield(&rest, &subfield);) {
    subfields.push_back(subfield);
  }
  builder->AddDataField(field.tag(), field.indicator1(), field.indicator2(), subfields);
}

void ExpectSameFields(const RecordView& record, const std::string& frame) {
  const auto rebuilt = RecordView::Parse(frame);
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  EXPECT_EQ(rebuilt->leader(), record.leader());
  EXPECT_EQ(rebuilt->payloads(), record.payloads());
  ASSERT_EQ(rebuilt->size(), record.size());
  for (uint32_t i = 0; i < record.size(); ++i) {
    EXPECT_EQ(rebuilt->field(i).tag(), record.field(i).tag());
    EXPECT_EQ(rebuilt->field(i).payload(), record.field(i).payload());
  }
}

void ExpectReadable(absl::string_view frame) {
  const auto record = RecordView::Parse(frame);
  if (!record.ok()) return;
  RecordBuilder builder(record->leader());
  for (uint32_t i = 0; i < record->size(); ++i) AddTo(&builder, record->field(i));
  std::string rebuilt;
  EXPECT_TRUE(builder.AppendTo(&rebuilt).ok());
  ExpectSameFields(*record, rebuilt);
  EXPECT_TRUE(record->source().empty() ||
              (record->flags() & (kRecordUndecoded | kRecordWithSource)) != 0);
  std::string source;
  const bool verbatim = record->AppendVerbatim(&source);
  EXPECT_TRUE(!verbatim || (record->flags() & kRecordVerbatim) != 0);
  EXPECT_EQ(source.empty(), !verbatim);
  if (verbatim) EXPECT_GE(source.size(), record->payloads().size() + 13 * record->size() + 26);
}

}  // namespace
}  // namespace marcd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  marcd::FuzzInput input(data, size);
  marcd::ExpectReadable(input.Rest());
  return 0;
}
