#include "core/formats/json/decode.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/formats/json/parse_plain.h"
#include "core/formats/json/patch.h"
#include "core/formats/json/record_handler.h"
#include "core/formats/loose_record.h"
#include "core/framing/json_scan.h"
#include "core/text/utf8.h"

#if defined(__SSE2__)
#define RAPIDJSON_SSE2
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

namespace marcd {
namespace {

using Fault = std::optional<Finding>;

// Strings are decoded where they stand. That they are UTF-8 is known before; how deep
// RapidJSON calls itself the handler bounds.
constexpr unsigned kStrict = rapidjson::kParseInsituFlag | rapidjson::kParseStopWhenDoneFlag |
                             rapidjson::kParseNumbersAsStringsFlag;
// RapidJSON looks at whole blocks of so many bytes, and may at what is behind the text.
constexpr size_t kPadding = 16;
// What people write.
constexpr unsigned kTolerant =
    kStrict | rapidjson::kParseTrailingCommasFlag | rapidjson::kParseCommentsFlag;

Finding NotJson(absl::string_view record, size_t byte, absl::string_view what) {
  Finding fault =
      MakeFinding(Reason::kNotWellFormed, Disposition::kRepaired,
                  absl::StrCat("JSON ends at byte ", byte, " of the record: ", what, " ",
                               EscapeBytes(record.substr(std::min(byte, record.size()), 24))));
  fault.variables = {{"byte", absl::StrCat(byte)}, {"error", std::string(what)}};
  return fault;
}

// Gives the handler what `record` says; the fault, if it is no JSON or more follows.
// `*text`, in which its strings then are, must outlive the handler's use.
template <unsigned kFlags>
Fault ParseOne(absl::string_view record, std::string* text, json::RecordHandler* handler) {
  if (json::QuoteLargeNumbers(record, text)) handler->NoteLargeNumbers();
  const size_t size = text->size();
  text->append(kPadding, '\0');
  rapidjson::InsituStringStream stream(&(*text)[0]);
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, *handler);
  if (!result) {
    return NotJson(record, result.Offset(),
                   result.Code() == rapidjson::kParseErrorTermination
                       ? "Values are in each other too deeply."
                       : rapidjson::GetParseError_En(result.Code()));
  }
  for (size_t at = stream.Tell(); at < size; ++at) {
    if (!json::IsBetween((*text)[at])) return NotJson(record, at, "More follows the object.");
  }
  return std::nullopt;
}

// The texts that a handler's strings are in.
struct Texts {
  std::string record;
  std::string content;
};

// The same, and of the record that a string in it is; in which there is no other.
template <unsigned kFlags>
Fault Parse(absl::string_view record, Texts* texts, json::RecordHandler* handler) {
  if (Fault fault = ParseOne<kFlags>(record, &texts->record, handler)) return fault;
  const absl::string_view content = handler->TakeContent();
  if (content.empty()) return std::nullopt;
  Fault fault = ParseOne<kFlags>(content, &texts->content, handler);
  if (fault.has_value()) fault->message = absl::StrCat("Of its `content`: ", fault->message);
  return fault;
}

// Whether there was nothing of a record goes to `*empty`.
template <unsigned kFlags>
Fault MendBy(absl::string_view patched, const DecodeOptions& options, LooseRecord* loose,
             bool* empty) {
  json::RecordHandler handler(options, loose);
  Texts texts;
  Fault fault = Parse<kFlags>(patched, &texts, &handler);
  handler.Finish();
  *empty = handler.empty();
  return fault;
}

}  // namespace

Fault DecodeJson(absl::string_view record, const DecodeOptions& options, std::string* frames,
                 std::vector<Finding>* notes) {
  const size_t invalid = IsUtf8(record) ? record.size() : FindInvalidUtf8(record);
  if (invalid < record.size()) {
    return MakeFinding(Reason::kInvalidUtf8, Disposition::kSkipped,
                       absl::StrCat("Byte ", invalid, " of the record is not UTF-8: ",
                                    EscapeBytes(record.substr(invalid, 16))));
  }
  {
    LooseRecord plain(options);
    if (json::ParsePlain(record, options, &plain)) return plain.Decode(frames, notes);
  }
  return json::DecodeAny(record, options, frames, notes);
}

Fault json::DecodeAny(absl::string_view record, const DecodeOptions& options, std::string* frames,
                      std::vector<Finding>* notes) {
  LooseRecord loose(options);
  // RapidJSON lets pass half a surrogate pair.
  if (record.find("\\ud") != record.npos || record.find("\\uD") != record.npos) {
    LooseRecord found(options);
    if (json::Patched(record, &found) != record) {
      return MakeFinding(Reason::kInvalidUtf8, Disposition::kSkipped,
                         "An escape in the record is half of a surrogate pair, or is none");
    }
  }
  json::RecordHandler handler(options, &loose);
  Texts texts;
  if (Fault fault = Parse<kStrict>(record, &texts, &handler)) {
    fault->disposition = Disposition::kSkipped;
    return fault;
  }
  handler.Finish();
  return loose.Decode(frames, notes);
}

bool MendJson(absl::string_view record, const DecodeOptions& options, std::string* frames,
              std::vector<Finding>* findings) {
  LooseRecord loose(options), tolerant(options);
  const std::string patched = json::Patched(record, &loose);
  bool empty = false;
  Fault fault = MendBy<kStrict>(patched, options, &loose, &empty);
  if (fault.has_value()) {
    json::Patched(record, &tolerant);
    bool nothing = false;
    if (!MendBy<kTolerant>(patched, options, &tolerant, &nothing).has_value()) {
      fault->message = absl::StrCat("JSON has a comma too many or a comment: ", fault->message);
      tolerant.Add(*std::move(fault));
      return tolerant.Mend(record, frames, findings);
    }
    if (empty) {
      fault->disposition = Disposition::kSkipped;
      findings->push_back(*std::move(fault));
      return false;
    }
    loose.Add(*std::move(fault));
  }
  return loose.Mend(record, frames, findings);
}

Finding DescribeJsonDamage(Reason damage, absl::string_view record, uint64_t offset) {
  std::string message;
  switch (damage) {
    case Reason::kTruncatedRecord:
      message = absl::StrCat("Unexpected EOF: the source ends ", record.size(),
                             " bytes into the record at offset ", offset);
      break;
    case Reason::kNotWellFormed:
      message = absl::StrCat("The record at offset ", offset,
                             " has no end of its own, or a string without one; what there is of "
                             "it has ",
                             record.size(), " bytes");
      break;
    default:
      message = absl::StrCat(RowOf(damage).what, " It has ", record.size(),
                             " bytes or more at offset ", offset);
  }
  Finding finding = MakeFinding(damage, Disposition::kSkipped, std::move(message));
  finding.variables = {{"actual", absl::StrCat(record.size())}};
  return finding;
}

}  // namespace marcd
