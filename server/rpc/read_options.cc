#include "server/rpc/read_options.h"

#include "absl/strings/str_cat.h"
#include "core/base/status.h"
#include "core/formats/format.h"

namespace marcd {
namespace {

constexpr uint32_t kMaxBatchBytes = 4 * 1024 * 1024;

absl::Status Unsupported(absl::string_view reason, absl::string_view what, int value,
                         absl::string_view known) {
  return MakeError(
      absl::StatusCode::kUnimplemented, reason,
      absl::StrCat("This daemon does not know the ", what, " ", value, "; it knows ", known),
      {{"value", absl::StrCat(value)}});
}

absl::StatusOr<RecoveryMode> CompileMode(v1::RecoveryMode mode) {
  switch (mode) {
    case v1::RECOVERY_MODE_STRICT:
      return RecoveryMode::kStrict;
    case v1::RECOVERY_MODE_UNSPECIFIED:
    case v1::RECOVERY_MODE_SKIP:
      return RecoveryMode::kSkip;
    default:
      return Unsupported("MODE_UNSUPPORTED", "recovery mode", mode, "STRICT and SKIP");
  }
}

absl::StatusOr<View> CompileView(v1::View view) {
  switch (view) {
    case v1::VIEW_UNSPECIFIED:
    case v1::VIEW_MESSAGES:
      return View::kMessages;
    case v1::VIEW_FRAMES:
      return View::kFrames;
    default:
      return Unsupported("VIEW_UNSUPPORTED", "view", view, "MESSAGES and FRAMES");
  }
}

absl::StatusOr<const Format*> CompileFormat(v1::SourceFormat format, absl::string_view head) {
  if (format == v1::SOURCE_FORMAT_UNSPECIFIED) {
    const Format* const found = SniffFormat(head);
    return found != nullptr ? found : &FallbackFormat();
  }
  const Format* const found = FindFormat(format);
  if (found == nullptr) {
    return Unsupported("FORMAT_UNSUPPORTED", "source format", format, "ISO2709");
  }
  return found;
}

}  // namespace

absl::StatusOr<ReadSettings> CompileReadOptions(const v1::ReadOptions& options,
                                                absl::string_view head, size_t max_record_bytes) {
  ReadSettings settings;
  MARCD_ASSIGN_OR_RETURN(settings.plan.format, CompileFormat(options.source_format(), head));
  MARCD_ASSIGN_OR_RETURN(settings.plan.mode, CompileMode(options.recovery_mode()));
  MARCD_ASSIGN_OR_RETURN(settings.view, CompileView(options.view()));
  settings.plan.max_record_bytes = max_record_bytes;
  if (options.batch_bytes() > kMaxBatchBytes) {
    return MakeError(absl::StatusCode::kInvalidArgument, "BATCH_BYTES_OUT_OF_RANGE",
                     absl::StrCat("batch_bytes is ", options.batch_bytes(), "; at most ",
                                  kMaxBatchBytes, " are possible"),
                     {{"limit", absl::StrCat(kMaxBatchBytes)}});
  }
  if (options.batch_bytes() > 0) settings.plan.batch_bytes = options.batch_bytes();
  return settings;
}

std::string SpellOptions(const ReadPlan& plan) {
  return absl::StrCat(plan.format->name, plan.mode == RecoveryMode::kStrict ? ",strict" : ",skip");
}

}  // namespace marcd
