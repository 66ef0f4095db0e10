#include "server/flags.h"

#include <algorithm>
#include <thread>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/status.h"
#include "server/rpc/daemon.h"

ABSL_FLAG(std::vector<std::string>, listen, {"127.0.0.1:7333"},
          "Where to listen: HOST:PORT or unix:/PATH, several separated by commas. A port answers "
          "whoever reaches it, without encryption: keep it on the loopback interface.");
ABSL_FLAG(std::string, roots, "",
          "The folders whose files may be read: NAME=/PATH, several separated by commas; "
          "NAME=/PATH:rw where files may be written, too. Nothing outside them can be named.");
ABSL_FLAG(bool, detach, false,
          "Go into the background; exit 0 once the daemon listens, else with the reason on "
          "standard error.");
ABSL_FLAG(std::string, lock_file, "",
          "A file to hold locked for life, so that there is one daemon: exit 75 when another "
          "holds it.");
ABSL_FLAG(std::string, log_file, "",
          "With --detach: where standard error goes; /dev/null if empty.");
ABSL_FLAG(std::string, state_dir, "",
          "A folder for a journal of the files that are being written: with it a daemon that was "
          "killed is tidied up after when it starts again, and still knows what it has published. "
          "It is made if its parent is there. Empty: no journal.");
ABSL_FLAG(int, idle_exit_seconds, 0,
          "Exit when no call came for so long, or a Unix socket was removed; 0: never.");
ABSL_FLAG(int, drain_seconds, 10,
          "After SIGTERM or SIGINT: how long open streams may take to end at a batch.");
ABSL_FLAG(int, decode_threads, 0,
          "Threads that decode; 0: one a processor. More do not help: they never wait.");
ABSL_FLAG(int, io_threads, 8,
          "Threads that read files. They wait for disks, so there are more of them than "
          "processors: each hung network mount may hold one.");
ABSL_FLAG(int, max_streams, 200,
          "Open streams at once. One that its client does not read costs up to 9 MiB; past the "
          "limit the one that waited longest is parked and resumed later.");
ABSL_FLAG(int64_t, stream_credit_bytes, 2 << 20,
          "How much of a stream may be read ahead of its client: enough for a quantum of batches "
          "to keep all threads busy.");
ABSL_FLAG(
    uint64_t, max_record_bytes, 64 << 20,
    "The longest record accepted, in bytes of its source and decoded; a frame holds no more than "
    "the default.");

namespace marcd {
namespace {

absl::Status FlagError(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, "FLAG_INVALID", message);
}

absl::Status CheckRange(absl::string_view name, int64_t value, int64_t low, int64_t high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return FlagError(absl::StrCat("--", name, " is ", value, ", not from ", low, " to ", high));
}

// The wheel's daemon has no TLS in it, and nobody's network is to find that out.
absl::Status CheckServes(const std::vector<std::string>& listen) {
#ifdef MARCD_UNIX_SOCKETS_ONLY
  for (const std::string& address : listen) {
    if (absl::StartsWith(address, "unix:")) continue;
    return FlagError(absl::StrCat("--listen=", address,
                                  ": this daemon serves Unix sockets alone, as unix:/PATH; for a "
                                  "port install the daemon by itself"));
  }
#else
  (void)listen;
#endif
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Flags> ParseFlags(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "reads MARC files and streams their records over gRPC.\n\n"
      "  marcd --listen=unix:/run/marcd/marcd.sock --roots=catalogue=/srv/marc");
  absl::FlagsUsageConfig config;
  config.version_string = [] { return absl::StrCat("marcd ", kVersion, "\n"); };
  config.contains_helpshort_flags = [](absl::string_view file) {
    return absl::StrContains(file, "server/flags.cc");
  };
  config.contains_help_flags = config.contains_helpshort_flags;
  absl::SetFlagsUsageConfig(config);
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() > 1) {
    return FlagError(absl::StrCat("'", rest[1], "' is not a flag; see marcd --help"));
  }
  Flags flags;
  flags.listen = absl::GetFlag(FLAGS_listen);
  flags.roots = absl::GetFlag(FLAGS_roots);
  flags.detach = absl::GetFlag(FLAGS_detach);
  flags.lock_file = absl::GetFlag(FLAGS_lock_file);
  flags.log_file = absl::GetFlag(FLAGS_log_file);
  flags.state_dir = absl::GetFlag(FLAGS_state_dir);
  flags.idle_exit_seconds = absl::GetFlag(FLAGS_idle_exit_seconds);
  flags.drain_seconds = absl::GetFlag(FLAGS_drain_seconds);
  flags.decode_threads = absl::GetFlag(FLAGS_decode_threads);
  flags.io_threads = absl::GetFlag(FLAGS_io_threads);
  flags.max_streams = absl::GetFlag(FLAGS_max_streams);
  flags.stream_credit_bytes = absl::GetFlag(FLAGS_stream_credit_bytes);
  flags.max_record_bytes = absl::GetFlag(FLAGS_max_record_bytes);
  if (flags.roots.empty()) {
    return FlagError(
        "--roots is missing: name the folders whose files may be read, as in "
        "--roots=catalogue=/srv/marc");
  }
  const bool listens = !flags.listen.empty() &&
                       std::none_of(flags.listen.begin(), flags.listen.end(),
                                    [](const std::string& address) { return address.empty(); });
  if (!listens) {
    return FlagError("--listen has an empty address; name HOST:PORT or unix:/PATH");
  }
  MARCD_RETURN_IF_ERROR(CheckServes(flags.listen));
  if (flags.decode_threads == 0) {
    flags.decode_threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  }
  MARCD_RETURN_IF_ERROR(CheckRange("idle_exit_seconds", flags.idle_exit_seconds, 0, 1 << 30));
  MARCD_RETURN_IF_ERROR(CheckRange("drain_seconds", flags.drain_seconds, 0, 3600));
  MARCD_RETURN_IF_ERROR(CheckRange("decode_threads", flags.decode_threads, 1, 1024));
  MARCD_RETURN_IF_ERROR(CheckRange("io_threads", flags.io_threads, 1, 1024));
  MARCD_RETURN_IF_ERROR(CheckRange("max_streams", flags.max_streams, 1, 100'000));
  MARCD_RETURN_IF_ERROR(
      CheckRange("stream_credit_bytes", flags.stream_credit_bytes, 1, int64_t{1} << 40));
  MARCD_RETURN_IF_ERROR(CheckRange("max_record_bytes", flags.max_record_bytes, 99'999, 64 << 20));
  return flags;
}

}  // namespace marcd
