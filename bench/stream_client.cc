// Usage: stream_client TARGET FILE ROUNDS
// Reads FILE from the daemon at TARGET as frames, ROUNDS times over one warm
// connection, and prints a line a round: records, seconds, milliseconds to the
// first batch, and the client's own CPU seconds.
#include <grpcpp/grpcpp.h>
#include <time.h>

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "marcd/v1/record_service.grpc.pb.h"

namespace {

double CpuSeconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

bool ReadOnce(marcd::v1::RecordService::Stub* stub, const char* file) {
  using Clock = std::chrono::steady_clock;
  const auto seconds_since = [](Clock::time_point from) {
    return std::chrono::duration<double>(Clock::now() - from).count();
  };
  marcd::v1::ReadRecordsRequest request;
  request.mutable_file()->set_name(file);
  request.mutable_options()->set_view(marcd::v1::VIEW_FRAMES);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(5));
  const Clock::time_point start = Clock::now();
  const double cpu = CpuSeconds();
  double first = 0;
  int64_t records = 0;
  const auto reader = stub->ReadRecords(&context, request);
  marcd::v1::ReadRecordsResponse response;
  while (reader->Read(&response)) {
    if (records == 0) first = seconds_since(start);
    records += response.batch().ordinals_size();
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) {
    std::fprintf(stderr, "stream_client: %s\n", status.error_message().c_str());
    return false;
  }
  std::printf("%" PRId64 " %.6f %.3f %.6f\n", records, seconds_since(start), first * 1e3,
              CpuSeconds() - cpu);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: stream_client TARGET FILE ROUNDS\n");
    return 2;
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  const auto channel =
      grpc::CreateCustomChannel(argv[1], grpc::InsecureChannelCredentials(), arguments);
  const auto stub = marcd::v1::RecordService::NewStub(channel);
  for (int round = std::atoi(argv[3]); round > 0; --round) {
    if (!ReadOnce(stub.get(), argv[2])) return 1;
  }
  return 0;
}
