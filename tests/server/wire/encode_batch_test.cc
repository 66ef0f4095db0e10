#include "server/wire/encode_batch.h"

#include <gmock/gmock.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <gtest/gtest.h>

#include "marcd/v1/record_service.pb.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using ::testing::ElementsAre;

// What a client reads out of `buffer`.
v1::ReadRecordsResponse Received(grpc::ByteBuffer buffer) {
  v1::ReadRecordsResponse response;
  EXPECT_TRUE(
      grpc::SerializationTraits<v1::ReadRecordsResponse>::Deserialize(&buffer, &response).ok());
  return response;
}

Batch MakeBatch() {
  return ReadAll("junk" + MakeBook(1) + MakeRecord({{"245", "1"}}) + MakeBook(3));
}

TEST(EncodeBatch, FramesArriveAsTheyWere) {
  const Batch batch = MakeBatch();
  v1::ReadRecordsResponse head;
  head.set_token_prefix("prefix");
  const auto response = Received(EncodeBatch(head, batch, View::kFrames));
  EXPECT_EQ(response.token_prefix(), "prefix");
  EXPECT_EQ(response.next_offset(), batch.next_offset);
  EXPECT_TRUE(response.end());
  EXPECT_EQ(response.batch().data(), batch.frames);
  EXPECT_EQ(response.batch().frame_version(), 1);
  EXPECT_THAT(response.batch().ordinals(), ElementsAre(0, 2));
  EXPECT_EQ(response.batch().records_size(), 0);
  ASSERT_EQ(response.batch().diagnostics_size(), 1);
  EXPECT_EQ(response.batch().diagnostics(0).reason(), "INDICATOR_MISSING");
  EXPECT_EQ(response.batch().diagnostics(0).disposition(), v1::DISPOSITION_SKIPPED);
  ASSERT_EQ(response.batch().gaps_size(), 1);
  EXPECT_EQ(response.batch().gaps(0).reason(), "NOT_A_RECORD");
}

TEST(EncodeBatch, MessagesSayTheSame) {
  const auto response =
      Received(EncodeBatch(v1::ReadRecordsResponse(), MakeBatch(), View::kMessages));
  ASSERT_EQ(response.batch().records_size(), 2);
  EXPECT_TRUE(response.batch().data().empty());
  const v1::Record& record = response.batch().records(0);
  EXPECT_EQ(record.leader().size(), 24);
  ASSERT_EQ(record.fields_size(), 3);
  EXPECT_EQ(record.fields(0).data(), "book1");
  EXPECT_FALSE(record.fields(0).has_indicator1());
  EXPECT_EQ(record.fields(1).indicator1(), "1");
  EXPECT_FALSE(record.fields(1).has_data());
  EXPECT_EQ(record.fields(1).subfields(1).code(), "c");
  EXPECT_EQ(record.fields(1).subfields(1).value(), "Gr\xC3\xA9goire.");
}

TEST(EncodeBatch, EmptyBatchIsAMessageToo) {
  for (const View view : {View::kFrames, View::kMessages}) {
    const auto response = Received(EncodeBatch(v1::ReadRecordsResponse(), ReadAll(""), view));
    EXPECT_TRUE(response.end());
    EXPECT_EQ(response.batch().ordinals_size(), 0);
  }
}

TEST(EncodeBatch, FramesAreNotCopied) {
  Batch batch = ReadAll(MakeBooks(100));
  const void* const where = batch.frames.data();
  grpc::ByteBuffer buffer = EncodeBatch(v1::ReadRecordsResponse(), std::move(batch), View::kFrames);
  std::vector<grpc::Slice> slices;
  ASSERT_TRUE(buffer.Dump(&slices).ok());
  ASSERT_EQ(slices.size(), 2);
  EXPECT_EQ(slices[1].begin(), where);
}

}  // namespace
}  // namespace marcd
