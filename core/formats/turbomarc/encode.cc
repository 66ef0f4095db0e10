#include "core/formats/turbomarc/encode.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "core/formats/xml/escape.h"

namespace marcd {
namespace {

constexpr absl::string_view kBegin =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<collection xmlns=\"http://www.indexdata.com/turbomarc\">\n";
constexpr absl::string_view kSingleBegin = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

// Of an element whose name begins with `letter` and goes on with a tag or a code: what a
// name cannot hold is in the attribute `in_attribute`, as YAZ has it.
class Name {
 public:
  Name(char letter, absl::string_view value, absl::string_view in_attribute)
      : letter_(letter), value_(value), in_attribute_(in_attribute) {
    fits_ = std::all_of(value.begin(), value.end(),
                        [](unsigned char c) { return absl::ascii_isalnum(c); });
  }

  // Up to where other attributes may stand.
  void AppendStart(xml::Escaper* escaper, std::string* out) const {
    out->push_back('<');
    AppendName(out);
    if (fits_) return;
    out->push_back(' ');
    out->append(in_attribute_.data(), in_attribute_.size());
    out->append("=\"");
    escaper->AppendValue(value_);
    out->push_back('"');
  }

  void AppendEnd(std::string* out) const {
    out->append("</");
    AppendName(out);
    out->append(">\n");
  }

 private:
  void AppendName(std::string* out) const {
    out->push_back(letter_);
    if (fits_) out->append(value_.data(), value_.size());
  }

  const char letter_;
  const absl::string_view value_;
  const absl::string_view in_attribute_;
  bool fits_;
};

void EncodeControlField(const FieldView& field, xml::Escaper* escaper, std::string* out) {
  const Name name('c', field.tag(), "tag");
  out->append("  ");
  name.AppendStart(escaper, out);
  out->push_back('>');
  escaper->AppendText(field.payload());
  name.AppendEnd(out);
}

void EncodeDataField(const FieldView& field, xml::Escaper* escaper, std::string* out) {
  const Name name('d', field.tag(), "tag");
  out->append("  ");
  name.AppendStart(escaper, out);
  out->append(" i1=\"");
  escaper->AppendValue(field.payload().substr(0, 1));
  out->append("\" i2=\"");
  escaper->AppendValue(field.payload().substr(1, 1));
  out->append("\">\n");
  absl::string_view rest = field.subfields();
  for (SubfieldView subfield; FieldView::NextSubfield(&rest, &subfield);) {
    const Name subname('s', {&subfield.code, 1}, "code");
    out->append("    ");
    subname.AppendStart(escaper, out);
    out->push_back('>');
    escaper->AppendText(subfield.value);
    subname.AppendEnd(out);
  }
  out->append("  ");
  name.AppendEnd(out);
}

}  // namespace

Document TurbomarcDocument(const EncodeOptions& options) {
  if (options.single) return {kSingleBegin, "", ""};
  return {kBegin, "", "</collection>\n"};
}

std::optional<Finding> EncodeTurbomarc(const RecordView& record, const EncodeOptions& options,
                                       std::string* out, std::vector<Finding>* notes) {
  xml::Escaper escaper(out);
  out->append(options.single ? "<r xmlns=\"http://www.indexdata.com/turbomarc\">\n" : "<r>\n");
  out->append("  <l>");
  escaper.AppendText(record.leader());
  out->append("</l>\n");
  for (uint32_t i = 0; i < record.size(); ++i) {
    const FieldView field = record.field(i);
    field.is_control() ? EncodeControlField(field, &escaper, out)
                       : EncodeDataField(field, &escaper, out);
  }
  out->append("</r>\n");
  if (escaper.replaced() > 0) notes->push_back(xml::NotAllowed(escaper.replaced()));
  return std::nullopt;
}

}  // namespace marcd
