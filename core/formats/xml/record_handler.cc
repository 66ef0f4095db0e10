#include "core/formats/xml/record_handler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/framing/xml_markup.h"
#include "core/record/frame.h"
#include "core/record/leader_values.h"

namespace marcd::xml {
namespace {

bool AreBlanks(absl::string_view text) { return BlanksLength(text) == text.size(); }

// What a person is shown of a name or text that can be of any length.
std::string Shown(absl::string_view text) {
  constexpr size_t kShown = 32;
  return absl::StrCat(EscapeBytes(text.substr(0, kShown)), text.size() > kShown ? "..." : "");
}

absl::string_view WithoutBlanks(absl::string_view text) {
  text.remove_prefix(BlanksLength(text));
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

bool RecordHandler::too_large() const {
  return text_size_ > std::min<size_t>(options_.max_payload, kMaxFramePayload);
}

void RecordHandler::Note(Reason reason, std::string message) {
  if (options_.notes) record_.Add(MakeFinding(reason, Disposition::kNoted, std::move(message)));
}

void RecordHandler::Start(absl::string_view name, absl::Span<const Attribute> attributes) {
  if (unknown_depth_ > 0) {
    ++unknown_depth_;
    return;
  }
  const Element element = reader_.read(name, attributes);
  if (level_ == kDataField && element.kind == Element::kSubfield) {
    if (!stray_.empty()) TakeStray();
    record_.BeginSubfield(element.value);
    level_ = kSubfield;
  } else if (level_ == kRecord) {
    if (!stray_.empty()) TakeStray();
    StartInRecord(name, element);
  } else if (level_ == kOutside && element.kind == Element::kRecord) {
    level_ = kRecord;
  } else {
    StartUnknown(name);
    return;
  }
  if (!element.unknown_attribute.empty()) {
    Note(Reason::kNotMarcShaped,
         absl::StrCat("Element ", Shown(name), " has an attribute ",
                      Shown(element.unknown_attribute), ", which is left out"));
  }
}

void RecordHandler::StartInRecord(absl::string_view name, const Element& element) {
  switch (element.kind) {
    case Element::kLeader:
      level_ = kLeader;
      leader_.clear();
      return;
    case Element::kControlField:
      level_ = kControlField;
      ++fields_;
      record_.BeginControlField(element.value);
      return;
    case Element::kDataField:
      level_ = kDataField;
      ++fields_;
      record_.BeginDataField(element.value, element.indicator1, element.indicator2);
      return;
    default:
      StartUnknown(name);
  }
}

void RecordHandler::StartUnknown(absl::string_view name) {
  unknown_depth_ = 1;
  const bool in_field = level_ != kRecord && level_ != kLeader && level_ != kOutside;
  std::string message =
      absl::StrCat("An element ", Shown(name), " stands where there is none in a MARC record; ",
                   level_ == kRecord ? "it is left out" : "its text is kept");
  if (in_field) {
    record_.AddToField(Reason::kNotMarcShaped, std::move(message));
  } else {
    record_.Add(MakeFinding(Reason::kNotMarcShaped, Disposition::kRepaired, std::move(message)));
  }
}

void RecordHandler::End() {
  if (unknown_depth_ > 0) {
    --unknown_depth_;
    return;
  }
  if (!stray_.empty()) TakeStray();
  switch (level_) {
    case kSubfield:
      level_ = kDataField;
      return;
    case kControlField:
    case kDataField:
      record_.EndField();
      level_ = kRecord;
      return;
    case kLeader:
      SetLeader();
      level_ = kRecord;
      return;
    default:
      level_ = kOutside;
  }
}

void RecordHandler::Text(absl::string_view text) {
  text_size_ += text.size();
  switch (level_) {
    case kControlField:
    case kSubfield:
      record_.AppendText(text);
      return;
    case kLeader:
      leader_.append(text.data(), text.size());
      return;
    case kRecord:
      if (unknown_depth_ > 0) return;
      break;
    default:
      break;
  }
  if (stray_.empty() && AreBlanks(text)) return;
  stray_.append(text.data(), text.size());
}

void RecordHandler::TakeStray() {
  const absl::string_view text = WithoutBlanks(stray_);
  if (level_ == kDataField) {
    record_.AddToField(Reason::kNotMarcShaped,
                       absl::StrCat("Text stands outside of the field's subfields: ", Shown(text),
                                    "; it is kept as a subfield with a blank for its code"));
    record_.BeginSubfield(" ");
    record_.AppendText(text);
  } else {
    record_.Add(MakeFinding(
        Reason::kNotMarcShaped, Disposition::kRepaired,
        absl::StrCat("Text stands outside of the record's fields and is left out: ", Shown(text))));
  }
  stray_.clear();
}

// Blanks around a leader that are the document's indentation do not belong to it.
void RecordHandler::SetLeader() {
  absl::string_view leader = leader_;
  if (leader.size() != kLeaderSize) {
    const absl::string_view inner = WithoutBlanks(leader);
    if (inner.size() == kLeaderSize) leader = inner;
  }
  if (!has_leader_ && leader.size() == kLeaderSize && options_.notes && !HasDefinedValues(leader)) {
    Note(Reason::kLeaderValue,
         absl::StrCat("Leader has undefined values: ", DescribeLeaderValues(leader)));
  }
  has_leader_ = true;
  record_.SetLeader(leader);
}

void RecordHandler::Finish() {
  if (level_ != kRecord && level_ != kOutside) {
    unknown_depth_ = 0;
    if (level_ == kSubfield) End();
    End();
  }
  if (fields_ == 0) Note(Reason::kNoFields, std::string(RowOf(Reason::kNoFields).what));
}

}  // namespace marcd::xml
