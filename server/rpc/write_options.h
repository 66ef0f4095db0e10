// WriteOptions and WriteHeader of the API → what the rooms within understand.
#ifndef MARCD_SERVER_RPC_WRITE_OPTIONS_H_
#define MARCD_SERVER_RPC_WRITE_OPTIONS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/batch/encode_frames.h"
#include "core/compression/decompressor.h"
#include "core/sink/file_sink.h"
#include "marcd/v1/write_service.pb.h"

namespace marcd {

struct WriteSettings {
  EncodePlan plan;
  // Null if the file is not compressed.
  const Compression* compression = nullptr;
};

// Checks and translates `options` for a file called `name`, whose suffix decides on what is not
// given.
//   INVALID_ARGUMENT  FORMAT_UNKNOWN: neither the options nor the suffix name one;
//                     ENCODING_UNKNOWN, OPTION_UNKNOWN
//   UNIMPLEMENTED     FORMAT_UNSUPPORTED
absl::StatusOr<WriteSettings> CompileWriteOptions(const v1::WriteOptions& options,
                                                  absl::string_view name);

// INVALID_ARGUMENT OPTION_UNKNOWN, MODE_INVALID.
absl::StatusOr<SinkOptions> CompileSinkOptions(const v1::WriteHeader& header, mode_t new_mode);

// INVALID_ARGUMENT REQUEST_ID_INVALID.
absl::Status CheckRequestId(absl::string_view id);

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_WRITE_OPTIONS_H_
