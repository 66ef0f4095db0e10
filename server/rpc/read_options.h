// ReadOptions of the API → what the rooms within understand.
#ifndef MARCD_SERVER_RPC_READ_OPTIONS_H_
#define MARCD_SERVER_RPC_READ_OPTIONS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/batch/read_plan.h"
#include "core/compression/decompressor.h"
#include "core/framing/framer.h"
#include "marcd/v1/options.pb.h"
#include "server/wire/encode_batch.h"

namespace marcd {

struct ReadSettings {
  ReadPlan plan;
  View view = View::kMessages;
};

// Checks and translates `options`. A format that is not given is told from
// `head`, the first bytes of the source, and is ISO 2709 where none recognises
// them: its framing accounts for every byte of anything.
//   UNIMPLEMENTED     FORMAT_UNSUPPORTED, VIEW_UNSUPPORTED, MODE_UNSUPPORTED,
//                     POLICY_UNSUPPORTED
//   INVALID_ARGUMENT  STATE_INVALID, BATCH_BYTES_OUT_OF_RANGE, ENCODING_UNKNOWN, VIEW_UNFIT: of
//                     undecoded bytes only frames can be made; JOIN_UNFIT
absl::StatusOr<ReadSettings> CompileReadOptions(const v1::ReadOptions& options,
                                                absl::string_view head, size_t max_record_bytes,
                                                absl::string_view state = "");

// What a later part of the same source is to be read with, in place of its first bytes.
std::string SpellState(const ReadPlan& plan);

// The options that decide which records there are, as a position token wants
// them: `iso2709,repair`; behind it `,gzip` where the source is compressed, and `,member=` with
// the name of an archive's.
std::string SpellOptions(const ReadPlan& plan, const Compression* compression,
                         absl::string_view member);

// The framer that the plan asks for; of `options` the first ordinal and the end count.
std::unique_ptr<Framer> MakeFramer(const ReadPlan& plan, FramerOptions options);

}  // namespace marcd

#endif  // MARCD_SERVER_RPC_READ_OPTIONS_H_
