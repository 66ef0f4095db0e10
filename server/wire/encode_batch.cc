#include "server/wire/encode_batch.h"

#include <google/protobuf/arena.h>
#include <google/protobuf/io/coded_stream.h>
#include <grpcpp/support/slice.h>

#include <memory>
#include <string>
#include <utility>

#include "core/record/record_view.h"
#include "marcd/v1/record_service.pb.h"
#include "server/wire/encode_findings.h"

namespace marcd {
namespace {

namespace v1 = ::marcd::v1;
using ::google::protobuf::io::CodedOutputStream;

// The wire type of length-delimited fields (Protocol Buffers encoding, "Message
// structure").
constexpr uint32_t kLengthDelimited = 2;

std::string Text(absl::string_view text) { return std::string(text); }

void SetField(const FieldView& from, v1::Field* to) {
  to->set_tag(Text(from.tag()));
  if (from.is_control()) {
    to->set_data(Text(from.payload()));
    return;
  }
  to->set_indicator1(std::string(1, from.indicator1()));
  to->set_indicator2(std::string(1, from.indicator2()));
  absl::string_view rest = from.subfields();
  for (SubfieldView subfield; FieldView::NextSubfield(&rest, &subfield);) {
    v1::Subfield* const added = to->add_subfields();
    added->set_code(std::string(1, subfield.code));
    added->set_value(Text(subfield.value));
  }
}

// `frame` is one that the decoder has just made.
void SetRecord(absl::string_view frame, v1::Record* to) {
  const auto record = RecordView::Parse(frame);
  if (!record.ok()) return;
  to->set_leader(Text(record->leader()));
  to->mutable_fields()->Reserve(static_cast<int>(record->size()));
  for (uint32_t i = 0; i < record->size(); ++i) SetField(record->field(i), to->add_fields());
}

void SetRecords(const Batch& from, v1::RecordBatch* to) {
  size_t at = 0;
  for (const uint32_t length : from.frame_lengths) {
    SetRecord(absl::string_view(from.frames).substr(at, length), to->add_records());
    at += length;
  }
}

void SetBatch(const Batch& from, View view, v1::RecordBatch* to) {
  to->mutable_ordinals()->Add(from.ordinals.begin(), from.ordinals.end());
  to->mutable_offsets()->Add(from.offsets.begin(), from.offsets.end());
  to->mutable_lengths()->Add(from.lengths.begin(), from.lengths.end());
  for (const Diagnostic& each : from.diagnostics) SetDiagnostic(each, to->add_diagnostics());
  for (const Gap& each : from.gaps) SetGap(each, to->add_gaps());
  if (view == View::kMessages) {
    SetRecords(from, to);
  } else {
    to->set_frame_version(kFrameVersion);
    to->mutable_frame_lengths()->Add(from.frame_lengths.begin(), from.frame_lengths.end());
  }
}

std::string FieldHead(int number, size_t size) {
  uint8_t bytes[16];
  uint8_t* end = CodedOutputStream::WriteTagToArray(number << 3 | kLengthDelimited, bytes);
  end = CodedOutputStream::WriteVarint64ToArray(size, end);
  return std::string(bytes, end);
}

// A slice that owns `text`.
grpc::Slice SliceOf(std::string text) {
  auto* const owned = new std::string(std::move(text));
  return grpc::Slice(
      &(*owned)[0], owned->size(), [](void* user) { delete static_cast<std::string*>(user); },
      owned);
}

}  // namespace

template <typename Response>
grpc::ByteBuffer EncodeBatch(Response response, Batch batch, View view) {
  response.set_next_offset(batch.next_offset);
  response.set_next_ordinal(batch.next_ordinal);
  response.set_end(batch.end);
  google::protobuf::Arena arena;
  auto* const message = google::protobuf::Arena::CreateMessage<v1::RecordBatch>(&arena);
  SetBatch(batch, view, message);

  std::string head = response.SerializeAsString();
  std::string fields = message->SerializeAsString();
  const bool frames = view == View::kFrames && !batch.frames.empty();
  if (frames) fields += FieldHead(v1::RecordBatch::kDataFieldNumber, batch.frames.size());
  head +=
      FieldHead(Response::kBatchFieldNumber, fields.size() + (frames ? batch.frames.size() : 0));
  head += fields;
  if (!frames) {
    grpc::Slice slice = SliceOf(std::move(head));
    return grpc::ByteBuffer(&slice, 1);
  }
  grpc::Slice slices[] = {SliceOf(std::move(head)), SliceOf(std::move(batch.frames))};
  return grpc::ByteBuffer(slices, 2);
}

template grpc::ByteBuffer EncodeBatch(v1::ReadRecordsResponse response, Batch batch, View view);
template grpc::ByteBuffer EncodeBatch(v1::ParseRecordsResponse response, Batch batch, View view);

}  // namespace marcd
