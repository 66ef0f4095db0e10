// What the services work with: made in main.cc, outlives every call.
#ifndef MARCD_SERVER_RPC_DAEMON_H_
#define MARCD_SERVER_RPC_DAEMON_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "core/sink/write_requests.h"
#include "core/source/archive_readers.h"
#include "server/guard/roots.h"
#include "server/observe/activity.h"
#include "server/pipeline/clock.h"
#include "server/pipeline/executor.h"
#include "server/pipeline/stream_registry.h"
#include "server/transport/data_server.h"

namespace marcd {

inline constexpr char kVersion[] = "0.1.0";

struct Daemon {
  const Roots& roots;
  PipelineExecutor& executor;
  // For what may block on a disk.
  Executor& io;
  const Clock& clock;
  StreamRegistry& streams;
  Activity& activity;
  ArchiveReaders& archives;
  // Null where no Unix socket is listened on.
  DataServer* data;

  // Limits, as given on the command line.
  size_t max_record_bytes;
  uint64_t stream_credit_bytes;
  int max_streams;
  int decode_threads;

  // The permission bits of a new file: 0666 less the umask that the daemon was started with.
  mode_t new_mode;
  WriteRequests& writes;
};

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_DAEMON_H_
