// The daemon's command line.
#ifndef MARCD_SERVER_FLAGS_H_
#define MARCD_SERVER_FLAGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace marcd {

struct Flags {
  std::vector<std::string> listen;
  std::string roots;
  bool detach = false;
  std::string lock_file;
  std::string log_file;
  std::string state_dir;
  int idle_exit_seconds = 0;
  int drain_seconds = 0;
  int decode_threads = 0;
  int io_threads = 0;
  int max_streams = 0;
  int64_t stream_credit_bytes = 0;
  int64_t max_record_bytes = 0;
};

// Reads the command line; --help and --version answer and exit here, and so does
// Abseil on a flag that it cannot read (exit 1).
// INVALID_ARGUMENT FLAG_INVALID says which value is out of range.
absl::StatusOr<Flags> ParseFlags(int argc, char** argv);

}  // namespace marcd

#endif  // MARCD_SERVER_FLAGS_H_
