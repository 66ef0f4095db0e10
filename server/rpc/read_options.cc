#include "server/rpc/read_options.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/formats/format.h"
#include "core/text/charset.h"

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

absl::StatusOr<RecoveryMode> CompileMode(v1::RecoveryMode mode, const Format& format) {
  switch (mode) {
    case v1::RECOVERY_MODE_STRICT:
      return RecoveryMode::kStrict;
    case v1::RECOVERY_MODE_SKIP:
      return RecoveryMode::kSkip;
    case v1::RECOVERY_MODE_UNSPECIFIED:
    case v1::RECOVERY_MODE_REPAIR:
      return RecoveryMode::kRepair;
    case v1::RECOVERY_MODE_PYMARC:
      if (format.make_pymarc_framer != nullptr) return RecoveryMode::kPymarc;
      break;
    default:
      break;
  }
  return Unsupported("MODE_UNSUPPORTED", "recovery mode", mode,
                     "STRICT, SKIP and REPAIR, and PYMARC for ISO 2709");
}

absl::StatusOr<TextPolicy> CompilePolicy(v1::TextPolicy policy, RecoveryMode mode) {
  switch (policy) {
    case v1::TEXT_POLICY_UNSPECIFIED:
      return mode == RecoveryMode::kRepair ? TextPolicy::kDetect : TextPolicy::kTrust;
    case v1::TEXT_POLICY_TRUST:
    case v1::TEXT_POLICY_DETECT:
    case v1::TEXT_POLICY_FORCE:
      return static_cast<TextPolicy>(policy);
    default:
      return Unsupported("POLICY_UNSUPPORTED", "text policy", policy, "TRUST, DETECT and FORCE");
  }
}

// A name of an encoding without what people write differently.
std::string Squeeze(absl::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c != '-' && c != '_' && c != ' ') text += absl::ascii_tolower(c);
  }
  return text;
}

absl::StatusOr<TextOptions> CompileText(const v1::TextOptions& options, RecoveryMode mode) {
  TextOptions text;
  MARCD_ASSIGN_OR_RETURN(text.policy, CompilePolicy(options.policy(), mode));
  const std::string name = Squeeze(options.encoding());
  if (name == "utf8") {
    text.encoding = Encoding::kUtf8;
  } else if (!name.empty() && name != "marc8") {
    text.encoding = Encoding::kSingleByte;
    text.charset = Charset::Find(options.encoding());
    if (text.charset == nullptr) {
      return MakeError(absl::StatusCode::kInvalidArgument, "ENCODING_UNKNOWN",
                       absl::StrCat("The daemon has no encoding '",
                                    EscapeBytes(options.encoding().substr(0, 64)),
                                    "'; it has marc-8, utf-8, and the single-byte ones by their "
                                    "names in Python"),
                       {{"encoding", EscapeBytes(options.encoding().substr(0, 64))}});
    }
  }
  text.nfc = options.nfc();
  text.half_marks = options.half_marks();
  text.raw = options.raw();
  text.pymarc = mode == RecoveryMode::kPymarc;
  return text;
}

// What cannot go together.
absl::Status CheckTogether(const ReadSettings& settings) {
  const bool undecoded = settings.plan.mode == RecoveryMode::kPymarc || settings.plan.text.raw;
  if (undecoded && settings.view != View::kFrames) {
    return MakeError(absl::StatusCode::kInvalidArgument, "VIEW_UNFIT",
                     "RECOVERY_MODE_PYMARC and TextOptions.raw deliver bytes that only VIEW_FRAMES "
                     "can carry; ask for that view, or for another mode");
  }
  if (settings.plan.join_continued && settings.plan.mode == RecoveryMode::kPymarc) {
    return MakeError(absl::StatusCode::kInvalidArgument, "JOIN_UNFIT",
                     "join_continued does not go with RECOVERY_MODE_PYMARC: pymarc joins nothing");
  }
  return absl::OkStatus();
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

std::string KnownFormats() {
  std::vector<absl::string_view> names;
  for (const Format& format : AllFormats()) {
    if (format.decode != nullptr) names.push_back(format.name);
  }
  return absl::StrJoin(names, ", ");
}

absl::StatusOr<const Format*> CompileFormat(v1::RecordFormat format, absl::string_view head,
                                            v1::RecoveryMode mode) {
  // pymarc's reader takes everything for ISO 2709.
  if (mode == v1::RECOVERY_MODE_PYMARC && format == v1::RECORD_FORMAT_UNSPECIFIED) {
    return &FallbackFormat();
  }
  if (format == v1::RECORD_FORMAT_UNSPECIFIED) {
    const Format* const found = SniffFormat(head);
    return found != nullptr ? found : &FallbackFormat();
  }
  const Format* const found = FindFormat(format);
  if (found == nullptr || found->decode == nullptr) {
    return Unsupported("FORMAT_UNSUPPORTED", "source format", format, KnownFormats());
  }
  return found;
}

// What the source's beginning says: as its first bytes have it, or what was told of them by
// SpellState.
absl::Status ReadHead(const v1::ReadOptions& options, absl::string_view head,
                      absl::string_view state, ReadPlan* plan) {
  if (state.empty()) {
    MARCD_ASSIGN_OR_RETURN(plan->format,
                           CompileFormat(options.source_format(), head, options.recovery_mode()));
    if (plan->format->context != nullptr) plan->context = plan->format->context(head);
    return absl::OkStatus();
  }
  const size_t comma = state.find(',');
  const int32_t id = comma <= 3 ? ParseDigits(state.substr(0, comma)) : -1;
  plan->format = id < 0 ? nullptr : FindFormat(id);
  if (plan->format == nullptr || plan->format->decode == nullptr) {
    return MakeError(absl::StatusCode::kInvalidArgument, "STATE_INVALID",
                     "state is not what a response of ParseRecords gave");
  }
  plan->context = std::string(state.substr(comma + 1));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ReadSettings> CompileReadOptions(const v1::ReadOptions& options,
                                                absl::string_view head, size_t max_record_bytes,
                                                absl::string_view state) {
  ReadSettings settings;
  MARCD_RETURN_IF_ERROR(ReadHead(options, head, state, &settings.plan));
  MARCD_ASSIGN_OR_RETURN(settings.plan.mode,
                         CompileMode(options.recovery_mode(), *settings.plan.format));
  MARCD_ASSIGN_OR_RETURN(settings.plan.text, CompileText(options.text(), settings.plan.mode));
  MARCD_ASSIGN_OR_RETURN(settings.view, CompileView(options.view()));
  settings.plan.max_record_bytes = max_record_bytes;
  settings.plan.join_continued = options.join_continued();
  settings.plan.with_source = options.with_source();
  MARCD_RETURN_IF_ERROR(CheckTogether(settings));
  if (options.batch_bytes() > kMaxBatchBytes) {
    return MakeError(absl::StatusCode::kInvalidArgument, "BATCH_BYTES_OUT_OF_RANGE",
                     absl::StrCat("batch_bytes is ", options.batch_bytes(), "; at most ",
                                  kMaxBatchBytes, " are possible"),
                     {{"limit", absl::StrCat(kMaxBatchBytes)}});
  }
  if (options.batch_bytes() > 0) settings.plan.batch_bytes = options.batch_bytes();
  return settings;
}

std::string SpellState(const ReadPlan& plan) {
  return absl::StrCat(plan.format->id, ",", plan.context);
}

std::string SpellOptions(const ReadPlan& plan, const Compression* compression,
                         absl::string_view member) {
  static constexpr absl::string_view kModes[] = {"", "strict", "skip", "repair", "pymarc"};
  return absl::StrCat(plan.format->name, ",", kModes[static_cast<int>(plan.mode)],
                      plan.join_continued ? ",join" : "", compression == nullptr ? "" : ",",
                      compression == nullptr ? "" : compression->name,
                      member.empty() ? "" : ",member=", member);
}

std::unique_ptr<Framer> MakeFramer(const ReadPlan& plan, FramerOptions options) {
  options.max_record_bytes = plan.max_record_bytes;
  options.join_continued = plan.join_continued;
  return plan.mode == RecoveryMode::kPymarc ? plan.format->make_pymarc_framer(options)
                                            : plan.format->make_framer(options);
}

}  // namespace marcd
