// From a request to a stream's input.
#ifndef MARCD_SERVER_RPC_OPEN_READ_H_
#define MARCD_SERVER_RPC_OPEN_READ_H_

#include <grpcpp/support/byte_buffer.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/compression/decompressor.h"
#include "core/source/file_identity.h"
#include "marcd/v1/record_service.pb.h"
#include "server/pipeline/read_stream.h"
#include "server/rpc/daemon.h"
#include "server/rpc/open_file.h"
#include "server/rpc/read_options.h"
#include "server/transport/data_connection.h"

namespace marcd {

// What a stream is made of, and how large its batches are to be.
struct OpenedRead {
  ReadStream::Input input;
  size_t batch_bytes = 0;
  // Where the responses go if not into the call; null if they do.
  std::shared_ptr<DataConnection> data;
  // Where a response is not made of one batch alone: what to write for the next one,
  // or null where nothing is. Called for each in order, one at a time. Without it, the
  // payload of each is written.
  std::function<std::shared_ptr<grpc::ByteBuffer>(const EncodedBatch& batch)> fold;
};

// A range of a file, and how to read it.
struct OpenedRange {
  ReadSettings settings;
  std::string path;
  FileIdentity identity;
  const Compression* compression = nullptr;
  // Of an archive.
  std::string member;
  // Whether it is read as it stands on the disk.
  bool is_plain = true;
  uint64_t start_offset = 0;
  uint64_t start_ordinal = 0;
  std::unique_ptr<Source> source;
  std::unique_ptr<Framer> framer;

  // In bytes; 0 where that is known at the end alone.
  uint64_t size() const { return is_plain ? identity.size : 0; }
};

// Opens the range that `request` names. Blocks on the disk. Errors are OpenRead's.
absl::StatusOr<OpenedRange> OpenRange(const Daemon& daemon, const v1::ReadRecordsRequest& request);

// Opens what `request` asks to read. Blocks on the disk. Beside OpenFile's and
// CompileReadOptions' errors:
//   INVALID_ARGUMENT     RANGE_INVALID, TOKEN_INVALID, TOKEN_OPTIONS
//   FAILED_PRECONDITION  FILE_CHANGED: the token is of an earlier state of it
//   UNAVAILABLE          DATA_CONNECTION_UNKNOWN: it was not claimed in time
absl::StatusOr<OpenedRead> OpenRead(const Daemon& daemon, const v1::ReadRecordsRequest& request);

// Prepares to read the request's own bytes, which it takes out of `request`.
// Does not block. Errors are CompileReadOptions', and INVALID_ARGUMENT RANGE_INVALID.
absl::StatusOr<OpenedRead> OpenParse(const Daemon& daemon, v1::ParseRecordsRequest request);

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_OPEN_READ_H_
