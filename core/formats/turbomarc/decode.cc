#include "core/formats/turbomarc/decode.h"

#include "core/formats/xml/context.h"
#include "core/formats/xml/decode.h"
#include "core/formats/xml/element.h"
#include "core/framing/xml_framer.h"

namespace marcd {
namespace {

using xml::Attribute;
using xml::Element;

Element::Kind KindOf(absl::string_view name) {
  if (name == "r") return Element::kRecord;
  if (name == "l") return Element::kLeader;
  switch (name.empty() ? '\0' : name[0]) {
    case 's':
      return Element::kSubfield;
    case 'd':
      return Element::kDataField;
    case 'c':
      return Element::kControlField;
    default:
      return Element::kUnknown;
  }
}

Element Read(absl::string_view name, absl::Span<const Attribute> attributes) {
  Element element;
  element.kind = KindOf(name);
  const bool field = element.kind == Element::kControlField || element.kind == Element::kDataField;
  if (field || element.kind == Element::kSubfield) element.value = name.substr(1);
  // What the name has no room for is an attribute.
  const absl::string_view in_attribute = !element.value.empty()               ? ""
                                         : field                              ? "tag"
                                         : element.kind == Element::kSubfield ? "code"
                                                                              : "";
  for (const Attribute& attribute : attributes) {
    if (!in_attribute.empty() && attribute.name == in_attribute) {
      element.value = attribute.value;
    } else if (attribute.name == "i1" && element.kind == Element::kDataField) {
      element.indicator1 = attribute.value;
    } else if (attribute.name == "i2" && element.kind == Element::kDataField) {
      element.indicator2 = attribute.value;
    } else if (!xml::IsSilent(attribute.name)) {
      element.unknown_attribute = attribute.name;
    }
  }
  return element;
}

constexpr xml::Reader kReader = {&xml::kTurbomarc, Read};

}  // namespace

bool SniffTurbomarc(absl::string_view head) {
  return xml::HasSigns(head, xml::kTurbomarc) && !xml::HasSigns(head, xml::kMarcXml);
}

std::unique_ptr<Framer> MakeTurbomarcFramer(const FramerOptions& options) {
  return std::make_unique<XmlFramer>(xml::kTurbomarc, options);
}

std::optional<Finding> DecodeTurbomarc(absl::string_view record, const DecodeOptions& options,
                                       std::string* frames, std::vector<Finding>* notes) {
  return xml::Decode(kReader, record, options, frames, notes);
}

bool MendTurbomarc(absl::string_view record, const DecodeOptions& options, std::string* frames,
                   std::vector<Finding>* findings) {
  return xml::Mend(kReader, record, options, frames, findings);
}

}  // namespace marcd
