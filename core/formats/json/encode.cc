#include "core/formats/json/encode.h"

#include "absl/strings/string_view.h"
#include "core/formats/json/escape.h"

namespace marcd {
namespace {

void AppendField(const FieldView& field, json::Writer* out) {
  out->Raw("{\"");
  out->Text(field.tag());
  if (field.is_control()) {
    out->Raw("\":\"");
    out->Text(field.payload());
    out->Raw("\"}");
    return;
  }
  const char indicators[] = {field.indicator1(), field.indicator2()};
  out->Raw("\":{\"ind1\":\"");
  out->Text({indicators, 1});
  out->Raw("\",\"ind2\":\"");
  out->Text({indicators + 1, 1});
  out->Raw("\",\"subfields\":[");
  absl::string_view rest = field.subfields();
  SubfieldView subfield;
  for (bool first = true; FieldView::NextSubfield(&rest, &subfield); first = false) {
    out->Raw(first ? "{\"" : ",{\"");
    out->Text({&subfield.code, 1});
    out->Raw("\":\"");
    out->Text(subfield.value);
    out->Raw("\"}");
  }
  out->Raw("]}}");
}

void AppendRecord(const RecordView& record, absl::string_view end, std::string* to) {
  json::Writer out(to);
  out.Raw("{\"leader\":\"");
  out.Text(record.leader());
  out.Raw("\",\"fields\":[");
  for (uint32_t i = 0; i < record.size(); ++i) {
    if (i > 0) out.Raw(",");
    AppendField(record.field(i), &out);
  }
  out.Raw("]}");
  out.Raw(end);
}

}  // namespace

Document JsonDocument(const EncodeOptions&) { return {"[", ",", "]"}; }

std::optional<Finding> EncodeJson(const RecordView& record, const EncodeOptions&, std::string* out,
                                  std::vector<Finding>*) {
  AppendRecord(record, "", out);
  return std::nullopt;
}

Document JsonLinesDocument(const EncodeOptions&) { return {"", "", ""}; }

std::optional<Finding> EncodeJsonLine(const RecordView& record, const EncodeOptions&,
                                      std::string* out, std::vector<Finding>*) {
  AppendRecord(record, "\n", out);
  return std::nullopt;
}

}  // namespace marcd
