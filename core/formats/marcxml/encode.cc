#include "core/formats/marcxml/encode.h"

#include "core/formats/xml/escape.h"

namespace marcd {
namespace {

constexpr absl::string_view kBegin = R"(<?xml version="1.0" encoding="UTF-8"?>)"
                                     R"(<collection xmlns="http://www.loc.gov/MARC21/slim">)";
constexpr absl::string_view kSingleBegin = R"(<?xml version="1.0" encoding="UTF-8"?>)";

// An element's end where it has no content is ` />`, as xml.etree writes it.
void EncodeControlField(const FieldView& field, xml::Escaper* escaper, std::string* out) {
  out->append("<controlfield tag=\"");
  escaper->AppendValue(field.tag());
  if (field.payload().empty()) {
    out->append("\" />");
    return;
  }
  out->append("\">");
  escaper->AppendText(field.payload());
  out->append("</controlfield>");
}

void EncodeDataField(const FieldView& field, xml::Escaper* escaper, std::string* out) {
  out->append("<datafield ind1=\"");
  escaper->AppendValue(field.payload().substr(0, 1));
  out->append("\" ind2=\"");
  escaper->AppendValue(field.payload().substr(1, 1));
  out->append("\" tag=\"");
  escaper->AppendValue(field.tag());
  absl::string_view rest = field.subfields();
  if (rest.empty()) {
    out->append("\" />");
    return;
  }
  out->append("\">");
  for (SubfieldView subfield; FieldView::NextSubfield(&rest, &subfield);) {
    out->append("<subfield code=\"");
    escaper->AppendValue({&subfield.code, 1});
    if (subfield.value.empty()) {
      out->append("\" />");
      continue;
    }
    out->append("\">");
    escaper->AppendText(subfield.value);
    out->append("</subfield>");
  }
  out->append("</datafield>");
}

}  // namespace

Document MarcXmlDocument(const EncodeOptions& options) {
  if (options.single) return {kSingleBegin, "", ""};
  return {kBegin, "", "</collection>"};
}

std::optional<Finding> EncodeMarcXml(const RecordView& record, const EncodeOptions& options,
                                     std::string* out, std::vector<Finding>* notes) {
  xml::Escaper escaper(out);
  out->append(options.single ? R"(<record xmlns="http://www.loc.gov/MARC21/slim"><leader>)"
                             : "<record><leader>");
  escaper.AppendText(record.leader());
  out->append("</leader>");
  for (uint32_t i = 0; i < record.size(); ++i) {
    const FieldView field = record.field(i);
    field.is_control() ? EncodeControlField(field, &escaper, out)
                       : EncodeDataField(field, &escaper, out);
  }
  out->append("</record>");
  if (escaper.replaced() > 0) notes->push_back(xml::NotAllowed(escaper.replaced()));
  return std::nullopt;
}

}  // namespace marcd
