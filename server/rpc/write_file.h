// A file of the roots that a stream writes.
#ifndef MARCD_SERVER_RPC_WRITE_FILE_H_
#define MARCD_SERVER_RPC_WRITE_FILE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "core/batch/encode_frames.h"
#include "core/compression/compressor.h"
#include "core/sink/file_sink.h"
#include "core/sink/write_journal.h"
#include "marcd/v1/write_service.pb.h"
#include "server/pipeline/write_stream.h"
#include "server/rpc/daemon.h"
#include "server/rpc/write_options.h"

namespace marcd {

// The content of a WritePart is a WriteRecordsRequest.
class WriteFile final : public WriteTarget {
 public:
  // Commit() fills `response`, which must live until then.
  WriteFile(const Daemon& daemon, v1::WriteRecordsResponse* response)
      : daemon_(daemon), response_(*response) {}

  // Errors beside those of Roots::OpenTarget, FileSink and EncodeFrames, and those of the options:
  //   FAILED_PRECONDITION FILE_MISMATCH    the client sees another directory.
  //   ALREADY_EXISTS REQUEST_PUBLISHED     an earlier stream of this request has published the
  //                                        file, and this one has batches.
  //   NOT_FOUND WRITE_UNKNOWN              a commit of records without batches, and no earlier
  //                                        stream of this request has published anything.
  //   INVALID_ARGUMENT FRAME_VERSION       of a batch.
  //   DATA_LOSS CHECKSUM_MISMATCH          a batch is not what the client has sent.
  absl::Status Open(const WritePart& header) override;
  EncodedPart Encode(const WritePart& batch, uint64_t first_record) const override;
  absl::Status Append(const EncodedPart& part) override;
  absl::Status Commit(uint64_t records, bool batches) override;
  bool answers_without_batches() const override { return !request_id_.empty(); }
  ~WriteFile() override;

 private:
  absl::Status Begin(const v1::WriteHeader& header);
  absl::Status Write(absl::string_view text);
  absl::Status Finish();
  absl::Status Publish(uint64_t records);
  void Answer(const PublishedWrite& write);

  const Daemon& daemon_;
  v1::WriteRecordsResponse& response_;
  WriteSettings settings_;
  // In the order in which they are to go: the file before what is known of it.
  std::string request_id_;
  // What an earlier stream of the same request has published.
  std::optional<PublishedWrite> earlier_;
  bool running_ = false;  // the request is registered
  std::unique_ptr<JournalEntry> entry_;
  std::unique_ptr<Compressor> compressor_;
  std::unique_ptr<FileSink> sink_;
};

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_WRITE_FILE_H_
