#include "core/formats/iso2709/encode_marc8.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/record/frame.h"
#include "core/text/marc8/encode.h"
#include "core/text/marc8/marc8.h"

namespace marcd::iso2709 {
namespace {

constexpr absl::string_view kSetsTag = "066";

// Appends the field's payload, each subfield's value by itself.
void EncodePayload(const FieldView& field, bool half_marks, std::string* out, Marc8Use* use) {
  if (field.is_control()) return EncodeMarc8(field.payload(), half_marks, out, use);
  out->append(field.payload().data(), 2);
  absl::string_view rest = field.subfields();
  for (SubfieldView subfield; FieldView::NextSubfield(&rest, &subfield);) {
    out->push_back(kSubfieldDelimiter);
    out->push_back(subfield.code);
    EncodeMarc8(subfield.value, half_marks, out, use);
  }
}

// What is said of all fields of a record: about the first one, and how many more there are.
class Said {
 public:
  Said(Reason reason, Disposition disposition) : reason_(reason), disposition_(disposition) {}

  template <typename Message>
  void Add(const FieldView& field, size_t count, Message message) {
    if (count == 0) return;
    if (count_ == 0) {
      first_ = MakeFinding(reason_, disposition_,
                           absl::StrCat("Field ", field.tag(), " holds ", message()));
      first_.tag = std::string(field.tag());
    }
    count_ += count;
  }

  // The finding; meaningless when nothing was added.
  Finding Take() {
    if (count_ > 1) absl::StrAppend(&first_.message, " (and ", count_ - 1, " more like it)");
    first_.variables.emplace_back("count", absl::StrCat(count_));
    return std::move(first_);
  }

  bool empty() const { return count_ == 0; }

 private:
  const Reason reason_;
  const Disposition disposition_;
  Finding first_;
  size_t count_ = 0;
};

// Puts the 066 of `sets`, as Marc8SetsPresent() gives them, into `fields`.
void PutSets(absl::string_view payload, std::vector<OutField>* fields) {
  const auto is_sets = [](const OutField& field) { return field.tag == kSetsTag; };
  const auto comes_behind = [](const OutField& field) {
    return std::all_of(field.tag.begin(), field.tag.end(),
                       [](char c) { return c >= '0' && c <= '9'; }) &&
           field.tag > kSetsTag;
  };
  auto place = std::find_if(fields->begin(), fields->end(), is_sets);
  if (place == fields->end()) {
    place = std::find_if(fields->begin(), fields->end(), comes_behind);
  }
  const auto at = place - fields->begin();
  fields->erase(std::remove_if(fields->begin(), fields->end(), is_sets), fields->end());
  if (!payload.empty()) fields->insert(fields->begin() + at, {kSetsTag, payload});
}

}  // namespace

std::optional<Finding> EncodeFieldsInMarc8(const RecordView& record, const EncodeOptions& options,
                                           std::string* text, std::vector<OutField>* fields,
                                           std::vector<Finding>* notes) {
  const bool refuse = options.unmappable == Unmappable::kError;
  Said unmappable(Reason::kCharacterUnmappable,
                  refuse ? Disposition::kSkipped : Disposition::kNoted);
  Said escapes(Reason::kCharacterNotAllowed, Disposition::kRepaired);
  uint32_t sets = 0;
  std::vector<size_t> ends;
  for (uint32_t i = 0; i < record.size(); ++i) {
    const FieldView field = record.field(i);
    Marc8Use use;
    // A 066 that is there will be replaced.
    if (field.tag() != kSetsTag && !IsPlainInMarc8(field.payload())) {
      EncodePayload(field, options.half_marks, text, &use);
    }
    ends.push_back(text->size());
    sets |= use.sets;
    escapes.Add(field, use.escapes, [] {
      return "the control character ESC, which begins another character set in MARC-8: it was "
             "replaced by a blank";
    });
    unmappable.Add(field, use.references, [&] {
      return absl::StrFormat("U+%04X, for which MARC-8 has no code%s",
                             static_cast<uint32_t>(use.first_reference),
                             refuse ? "" : ": it was written as a reference");
    });
    if (refuse && !unmappable.empty()) return unmappable.Take();
  }
  const size_t sets_begin = text->size();
  const std::string present = Marc8SetsPresent(sets);
  if (!present.empty()) absl::StrAppend(text, "  ", present);
  size_t begin = 0;
  for (uint32_t i = 0; i < record.size(); ++i) {
    const FieldView field = record.field(i);
    const auto encoded = absl::string_view(*text).substr(begin, ends[i] - begin);
    fields->push_back({field.tag(), encoded.empty() ? field.payload() : encoded});
    begin = ends[i];
  }
  PutSets(absl::string_view(*text).substr(sets_begin), fields);
  if (!unmappable.empty()) notes->push_back(unmappable.Take());
  if (!escapes.empty()) notes->push_back(escapes.Take());
  return std::nullopt;
}

}  // namespace marcd::iso2709
