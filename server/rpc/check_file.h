// FileService.CheckFile: reads a file, and delivers what is in it in place of records.
#ifndef MARCD_SERVER_RPC_CHECK_FILE_H_
#define MARCD_SERVER_RPC_CHECK_FILE_H_

#include "absl/status/statusor.h"
#include "marcd/v1/file_service.pb.h"
#include "server/rpc/daemon.h"
#include "server/rpc/open_read.h"

namespace marcd {

// Opens what `request` asks to check. Blocks on the disk. Errors are OpenRead's, and
// INVALID_ARGUMENT `MODE_UNFIT`: PYMARC delivers records that nobody has decoded.
absl::StatusOr<OpenedRead> OpenCheck(const Daemon& daemon, const v1::CheckFileRequest& request);

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_CHECK_FILE_H_
