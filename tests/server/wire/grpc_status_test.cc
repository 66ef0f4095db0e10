#include "server/wire/grpc_status.h"

#include <gtest/gtest.h>

#include "core/base/status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace marcd {
namespace {

google::rpc::Status DetailsOf(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  return details;
}

TEST(ToGrpcStatus, CarriesReasonAndMetadata) {
  const grpc::Status status = ToGrpcStatus(
      MakeError(absl::StatusCode::kNotFound, "FILE_NOT_FOUND", "no such file", {{"path", "/x"}}));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "no such file");
  const google::rpc::Status details = DetailsOf(status);
  ASSERT_EQ(details.details_size(), 1);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "FILE_NOT_FOUND");
  EXPECT_EQ(info.domain(), "marcd");
  EXPECT_EQ(info.metadata().at("path"), "/x");
}

TEST(ToGrpcStatus, SaysWhenToTryAgain) {
  for (const auto code : {absl::StatusCode::kUnavailable, absl::StatusCode::kResourceExhausted}) {
    const google::rpc::Status details = DetailsOf(ToGrpcStatus(MakeError(code, "WHY", "later")));
    ASSERT_EQ(details.details_size(), 2);
    google::rpc::RetryInfo retry;
    ASSERT_TRUE(details.details(1).UnpackTo(&retry));
    EXPECT_GT(retry.retry_delay().seconds(), 0);
  }
}

TEST(ToGrpcStatus, OkIsOk) { EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok()); }

}  // namespace
}  // namespace marcd
