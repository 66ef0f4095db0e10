// The accelerator's C reads no byte outside a frame or a message, and what the core takes
// for a frame it takes for the same one.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/record/record_view.h"
#include "tests/fuzz/input.h"

namespace accelerator {
extern "C" {
#include "clients/python/accelerator/frame.h"
#include "clients/python/accelerator/protobuf.h"
}
}  // namespace accelerator

namespace marcd {
namespace {

using accelerator::Entry;
using accelerator::Frame;
using accelerator::ProtoField;
using accelerator::Span;

const uint8_t* Bytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

absl::string_view Text(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

bool IsWithin(absl::string_view part, absl::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

// The data field's subfields; those before the first that has no code.
std::vector<SubfieldView> ReadSubfields(const Entry& entry) {
  std::vector<SubfieldView> subfields;
  accelerator::SubfieldView view;
  const absl::string_view payload = Text(entry.payload, entry.size);
  for (size_t at = 2; accelerator::NextSubfield(entry.payload, entry.size, &at, &view) > 0;) {
    subfields.push_back({static_cast<char>(view.code), Text(view.value, view.size)});
    EXPECT_TRUE(IsWithin(subfields.back().value, payload));
    EXPECT_LE(at, entry.size);
  }
  return subfields;
}

void ExpectSameSubfields(const Entry& entry, const FieldView& field) {
  absl::string_view rest = field.subfields();
  SubfieldView expected;
  for (const SubfieldView& subfield : ReadSubfields(entry)) {
    ASSERT_TRUE(FieldView::NextSubfield(&rest, &expected));
    EXPECT_EQ(subfield.code, expected.code);
    EXPECT_EQ(subfield.value, expected.value);
  }
  EXPECT_FALSE(FieldView::NextSubfield(&rest, &expected));
}

void ExpectSame(const Frame& frame, const RecordView& record) {
  ASSERT_EQ(frame.count, record.size());
  EXPECT_EQ(Text(frame.leader, 24), record.leader());
  EXPECT_EQ(frame.payload_size, record.payloads().size());
  for (uint32_t place = 0; place < frame.count; ++place) {
    const Entry entry = accelerator::FrameEntry(&frame, place);
    const FieldView field = record.field(place);
    EXPECT_EQ(Text(entry.tag, 3), field.tag());
    EXPECT_EQ(Text(entry.payload, entry.size), field.payload());
    EXPECT_EQ(entry.control != 0, field.is_control());
    const bool is_text = (frame.flags & kRecordRaw) == 0;
    if (is_text && !field.is_control()) ExpectSameSubfields(entry, field);
  }
}

void ReadFrame(absl::string_view bytes) {
  Frame frame;
  const auto record = RecordView::Parse(bytes);
  if (accelerator::OpenFrame(Bytes(bytes), bytes.size(), &frame) != nullptr) {
    EXPECT_FALSE(record.ok());
    return;
  }
  for (uint32_t place = 0; place < frame.count; ++place) {
    const Entry entry = accelerator::FrameEntry(&frame, place);
    EXPECT_TRUE(IsWithin(Text(entry.payload, entry.size), bytes));
    const uint32_t key = accelerator::TagKey(entry.tag);
    EXPECT_LE(accelerator::FindTag(&frame, key, 0), place);
    if (entry.control || (frame.flags & (kRecordRaw | kRecordUndecoded))) continue;
    accelerator::SubfieldView view;
    const std::vector<SubfieldView> subfields = ReadSubfields(entry);
    const int64_t count = accelerator::CountSubfields(entry.payload, entry.size);
    EXPECT_TRUE(count < 0 || count == static_cast<int64_t>(subfields.size()));
    for (const SubfieldView& subfield : subfields) {
      const auto code = static_cast<uint8_t>(subfield.code);
      EXPECT_EQ(accelerator::FindSubfield(entry.payload, entry.size, code, &view), 1);
    }
  }
  if (record.ok() && (frame.flags & kRecordUndecoded) == 0) ExpectSame(frame, *record);
}

// Every field of the message, and of what may be a message in it.
void ReadMessage(absl::string_view bytes, int depth) {
  Span rest = {Bytes(bytes), bytes.size()};
  ProtoField field;
  while (accelerator::TakeField(&rest, &field) > 0) {
    EXPECT_TRUE(IsWithin(Text(rest.data, rest.size), bytes));
    EXPECT_GT(field.number, 0);
    if (field.is_number) continue;
    const absl::string_view inner = Text(field.bytes.data, field.bytes.size);
    EXPECT_TRUE(IsWithin(inner, bytes));
    if (depth > 0) ReadMessage(inner, depth - 1);
  }
}

}  // namespace
}  // namespace marcd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  marcd::FuzzInput input(data, size);
  if (input.Flag()) {
    marcd::ReadMessage(input.Rest(), 2);
  } else {
    marcd::ReadFrame(input.Rest());
  }
  return 0;
}
