#include "server/rpc/write_options.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/formats/format.h"

namespace marcd {
namespace {

using absl::StatusCode;

constexpr size_t kMaxRequestId = 64;

absl::Status OptionUnknown(absl::string_view what, int value) {
  return MakeError(StatusCode::kInvalidArgument, "OPTION_UNKNOWN",
                   absl::StrCat("This daemon does not know the ", what, " ", value),
                   {{"value", absl::StrCat(value)}});
}

absl::StatusOr<const Format*> FindTargetFormat(int id, absl::string_view name) {
  const Format* const format = id == 0 ? FormatBySuffix(name) : FindFormat(id);
  if (format != nullptr) return format;
  if (id != 0) {
    return MakeError(StatusCode::kUnimplemented, "FORMAT_UNSUPPORTED",
                     absl::StrCat("This daemon does not write the format ", id),
                     {{"value", absl::StrCat(id)}});
  }
  return MakeError(StatusCode::kInvalidArgument, "FORMAT_UNKNOWN",
                   absl::StrCat("the suffix of \"", EscapeBytes(name.substr(0, 400)),
                                "\" names no format: say which"));
}

absl::StatusOr<const Compression*> FindTargetCompression(v1::TargetCompression compression,
                                                         absl::string_view name) {
  switch (compression) {
    case v1::TARGET_COMPRESSION_UNSPECIFIED:
      return FindCompressionBySuffix(name);
    case v1::TARGET_COMPRESSION_NONE:
      return nullptr;
    case v1::TARGET_COMPRESSION_GZIP:
      return FindCompressionByName("gzip");
    case v1::TARGET_COMPRESSION_ZSTD:
      return FindCompressionByName("zstd");
    case v1::TARGET_COMPRESSION_XZ:
      return FindCompressionByName("xz");
    case v1::TARGET_COMPRESSION_BZIP2:
      return FindCompressionByName("bzip2");
    default:
      return OptionUnknown("compression", compression);
  }
}

// The formats that know MARC-8, and the one for each value of the API.
bool KnowsMarc8(const Format& format) {
  return format.id == v1::RECORD_FORMAT_ISO2709 || format.id == v1::RECORD_FORMAT_MRK;
}

absl::StatusOr<bool> CompileEncoding(absl::string_view encoding, const Format& format) {
  const std::string name = absl::AsciiStrToLower(encoding);
  if (name.empty() || name == "utf-8" || name == "utf8") return false;
  if ((name == "marc-8" || name == "marc8") && KnowsMarc8(format)) return true;
  return MakeError(StatusCode::kInvalidArgument, "ENCODING_UNKNOWN",
                   absl::StrCat("records are not written as ", format.name, " in '",
                                EscapeBytes(encoding.substr(0, 64)),
                                "'; there is utf-8, and marc-8 in iso2709 and mrk"));
}

}  // namespace

absl::StatusOr<WriteSettings> CompileWriteOptions(const v1::WriteOptions& options,
                                                  absl::string_view name) {
  WriteSettings settings;
  MARCD_ASSIGN_OR_RETURN(settings.compression, FindTargetCompression(options.compression(), name));
  if (const Compression* const suffixed = FindCompressionBySuffix(name); suffixed != nullptr) {
    name.remove_suffix(suffixed->suffix.size());
  }
  EncodePlan& plan = settings.plan;
  MARCD_ASSIGN_OR_RETURN(plan.format, FindTargetFormat(options.format(), name));
  MARCD_ASSIGN_OR_RETURN(plan.options.marc8, CompileEncoding(options.encoding(), *plan.format));
  plan.options.single = options.single();
  if (!v1::TooLong_IsValid(options.too_long())) {
    return OptionUnknown("way with long records", options.too_long());
  }
  if (options.too_long() != v1::TOO_LONG_UNSPECIFIED) {
    plan.options.too_long = static_cast<TooLong>(options.too_long());
  }
  if (!v1::Unmappable_IsValid(options.unmappable())) {
    return OptionUnknown("way with characters", options.unmappable());
  }
  if (options.unmappable() != v1::UNMAPPABLE_UNSPECIFIED) {
    plan.options.unmappable = static_cast<Unmappable>(options.unmappable());
  }
  return settings;
}

absl::StatusOr<SinkOptions> CompileSinkOptions(const v1::WriteHeader& header, mode_t new_mode) {
  SinkOptions options;
  options.new_mode = new_mode;
  if (header.mode() > 0777) {
    return MakeError(StatusCode::kInvalidArgument, "MODE_INVALID",
                     absl::StrCat("mode is ", header.mode(), ", not from 0 to 511 (0o777)"));
  }
  options.mode = header.mode();
  switch (header.precondition().condition_case()) {
    case v1::WritePrecondition::kReplace:
      if (header.precondition().replace()) {
        options.precondition.kind = Precondition::Kind::kReplace;
      }
      break;
    case v1::WritePrecondition::kIfEtag:
      options.precondition.kind = Precondition::Kind::kIfEtag;
      options.precondition.etag = header.precondition().if_etag();
      break;
    default:  // the file must not exist
      break;
  }
  return options;
}

absl::Status CheckRequestId(absl::string_view id) {
  const bool fit = id.size() <= kMaxRequestId && std::all_of(id.begin(), id.end(), [](char c) {
                     return absl::ascii_isalnum(c) || c == '-' || c == '_';
                   });
  if (fit) return absl::OkStatus();
  return MakeError(StatusCode::kInvalidArgument, "REQUEST_ID_INVALID",
                   "request_id is not at most 64 letters, digits, - and _");
}

}  // namespace marcd
