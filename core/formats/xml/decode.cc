#include "core/formats/xml/decode.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/formats/loose_record.h"
#include "core/formats/xml/context.h"
#include "core/formats/xml/parse_expat.h"
#include "core/formats/xml/parse_plain.h"
#include "core/formats/xml/record_handler.h"
#include "core/framing/xml_markup.h"
#include "core/text/utf8.h"

namespace marcd::xml {
namespace {

using Fault = std::optional<Finding>;

// What is said of a parse that ended early.
Fault FaultOf(const std::optional<ParseError>& error, const RecordHandler& handler,
              absl::string_view record) {
  if (!error.has_value()) return std::nullopt;
  if (handler.too_large()) {
    return MakeFinding(Reason::kDecodedSizeTooLarge, Disposition::kSkipped,
                       absl::StrCat("Text takes up more than ", handler.text_size(),
                                    " bytes in a record of ", record.size()));
  }
  const std::string what = handler.too_deep() ? "elements are nested too deeply" : error->message;
  Finding fault = MakeFinding(
      Reason::kNotWellFormed, Disposition::kRepaired,
      absl::StrCat("XML ends at byte ", error->byte, " of the record, line ", error->line, ": ",
                   what, ": ",
                   EscapeBytes(record.substr(std::min<size_t>(error->byte, record.size()), 24))));
  fault.variables = {
      {"byte", absl::StrCat(error->byte)}, {"line", absl::StrCat(error->line)}, {"error", what}};
  return fault;
}

// XML 1.0, [2] Char: of those that UTF-8 can write.
bool IsForbidden(absl::string_view text, size_t at, size_t* length) {
  const auto byte = static_cast<uint8_t>(text[at]);
  *length = 1;
  if (byte < 0x20) return !IsBlank(text[at]);
  if (byte != 0xEF) return false;
  *length = 3;
  return text.substr(at, 3) == "\xEF\xBF\xBE" || text.substr(at, 3) == "\xEF\xBF\xBF";
}

// `text`, valid UTF-8, with U+FFFD in place of what XML forbids.
std::string WithoutForbidden(absl::string_view text, LooseRecord* found) {
  std::string allowed;
  size_t count = 0, first = 0;
  for (size_t at = 0, length; at < text.size(); at += length) {
    if (IsForbidden(text, at, &length)) {
      if (count++ == 0) first = at;
      absl::StrAppend(&allowed, "\uFFFD");
    } else {
      length = 1;
      allowed.push_back(text[at]);
    }
  }
  if (count > 0) {
    found->Add(
        MakeFinding(Reason::kNotWellFormed, Disposition::kRepaired,
                    absl::StrCat(count, " characters that XML forbids, the first at byte ", first,
                                 " of the record (", EscapeBytes(text.substr(first, 1)),
                                 "); U+FFFD stands in their place")));
  }
  return allowed;
}

// The record as a parser can read it as far as its characters go; its tags may still be
// amiss.
std::string WithXmlCharacters(absl::string_view record, LooseRecord* found) {
  std::string utf8;
  const TextFaults faults = RepairUtf8(record, &utf8);
  if (!faults.ok()) {
    found->Add(MakeFinding(
        Reason::kInvalidUtf8, Disposition::kRepaired,
        absl::StrCat(faults.count, " sequences that are not UTF-8, the first at byte ",
                     faults.first,
                     " of the record: ", EscapeBytes(record.substr(faults.first, 16)))));
  }
  return WithoutForbidden(utf8, found);
}

// The tag of a record's element, if `record` lacks it: framing found its leader alone.
std::string MissingTag(const Reader& reader, absl::string_view record) {
  const Token token = ReadMarkup(record);
  const bool lacks = LocalName(token.name) == reader.dialect->leader;
  return lacks ? absl::StrCat("<", reader.dialect->record, ">") : "";
}

}  // namespace

Fault Decode(const Reader& reader, absl::string_view record, const DecodeOptions& options,
             std::string* frames, std::vector<Finding>* notes) {
  if (options.context.empty()) {
    LooseRecord loose(options);
    RecordHandler handler(reader, options, &loose);
    if (ParsePlain(record, &handler) && !handler.too_large()) {
      handler.Finish();
      return loose.Decode(frames, notes);
    }
  }
  LooseRecord loose(options);
  RecordHandler handler(reader, options, &loose);
  const auto error = ParseByExpat(record, Context(options.context), "", &handler, &loose);
  if (Fault fault = FaultOf(error, handler, record)) {
    fault->disposition = Disposition::kSkipped;
    return fault;
  }
  handler.Finish();
  return loose.Decode(frames, notes);
}

bool Mend(const Reader& reader, absl::string_view record, const DecodeOptions& options,
          std::string* frames, std::vector<Finding>* findings) {
  LooseRecord loose(options);
  RecordHandler handler(reader, options, &loose);
  const Context context(options.context);
  const std::string text =
      context.encoding.empty() ? WithXmlCharacters(record, &loose) : std::string(record);
  const auto error = ParseByExpat(text, context, MissingTag(reader, record), &handler, &loose);
  handler.Finish();
  if (Fault fault = FaultOf(error, handler, text)) {
    if (fault->disposition == Disposition::kSkipped || handler.empty()) {
      fault->disposition = Disposition::kSkipped;
      findings->push_back(*std::move(fault));
      return false;
    }
    loose.Add(*std::move(fault));
  }
  return loose.Mend(record, frames, findings);
}

Finding DescribeDamage(Reason damage, absl::string_view record, uint64_t offset) {
  std::string message;
  switch (damage) {
    case Reason::kTruncatedRecord:
      message = absl::StrCat("Unexpected EOF: the source ends ", record.size(),
                             " bytes into the record at offset ", offset);
      break;
    case Reason::kNotWellFormed:
      message = absl::StrCat("The record at offset ", offset,
                             " has no start tag or no end tag of its own; what there is of it has ",
                             record.size(), " bytes");
      break;
    default:
      message = absl::StrCat(RowOf(damage).what, " It has more than ", record.size() - 1,
                             " bytes at offset ", offset);
  }
  Finding finding = MakeFinding(damage, Disposition::kSkipped, std::move(message));
  finding.variables = {{"actual", absl::StrCat(record.size())}};
  return finding;
}

}  // namespace marcd::xml
