// A file of the roots that a stream writes.
#ifndef MARCD_SERVER_RPC_WRITE_FILE_H_
#define MARCD_SERVER_RPC_WRITE_FILE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/batch/encode_frames.h"
#include "core/sink/file_sink.h"
#include "marcd/v1/write_service.pb.h"
#include "server/pipeline/write_stream.h"
#include "server/rpc/daemon.h"

namespace marcd {

// The content of a WritePart is a WriteRecordsRequest.
class WriteFile final : public WriteTarget {
 public:
  // Commit() fills `response`, which must live until then.
  WriteFile(const Daemon& daemon, v1::WriteRecordsResponse* response)
      : daemon_(daemon), response_(*response) {}

  // Errors beside those of Roots::OpenTarget, FileSink and EncodeFrames, and those of the options:
  //   FAILED_PRECONDITION FILE_MISMATCH    the client sees another directory.
  //   INVALID_ARGUMENT FRAME_VERSION       of a batch.
  //   DATA_LOSS CHECKSUM_MISMATCH          a batch is not what the client has sent.
  absl::Status Open(const WritePart& header) override;
  EncodedPart Encode(const WritePart& batch, uint64_t first_record) const override;
  absl::Status Append(const EncodedPart& part) override;
  absl::Status Commit(uint64_t records, bool batches) override;

 private:
  const Daemon& daemon_;
  v1::WriteRecordsResponse& response_;
  EncodePlan plan_;
  std::unique_ptr<FileSink> sink_;
  uint64_t batches_ = 0;
};

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_WRITE_FILE_H_
