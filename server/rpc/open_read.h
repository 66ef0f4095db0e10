// From a request to a stream's input.
#ifndef MARCD_SERVER_RPC_OPEN_READ_H_
#define MARCD_SERVER_RPC_OPEN_READ_H_

#include <string>

#include "absl/status/statusor.h"
#include "core/source/file_identity.h"
#include "core/source/unique_fd.h"
#include "marcd/v1/record_service.pb.h"
#include "server/pipeline/read_stream.h"
#include "server/rpc/daemon.h"

namespace marcd {

// What a stream is made of, and how large its batches are to be.
struct OpenedRead {
  ReadStream::Input input;
  size_t batch_bytes = 0;
};

// A file of the roots, open for reading, and what it is.
struct IdentifiedFile {
  UniqueFd fd;
  std::string path;
  FileIdentity identity;
  // Its first bytes, enough to tell its format.
  std::string head;
};

// Opens `file` and compares it with what the client sees. Blocks on the disk.
// Errors are those of Roots::Open, CompareSeen and ComputeIdentity.
absl::StatusOr<IdentifiedFile> OpenFile(const Daemon& daemon, const v1::FileReference& file);

// Opens what `request` asks to read. Blocks on the disk. Beside OpenFile's and
// CompileReadOptions' errors:
//   INVALID_ARGUMENT     RANGE_INVALID, TOKEN_INVALID, TOKEN_OPTIONS
//   FAILED_PRECONDITION  FILE_CHANGED: the token is of an earlier state of it
absl::StatusOr<OpenedRead> OpenRead(const Daemon& daemon, const v1::ReadRecordsRequest& request);

// Prepares to read the request's own bytes, which it takes out of `request`.
// Does not block. Errors are CompileReadOptions', and INVALID_ARGUMENT RANGE_INVALID.
absl::StatusOr<OpenedRead> OpenParse(const Daemon& daemon, v1::ParseRecordsRequest request);

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_OPEN_READ_H_
