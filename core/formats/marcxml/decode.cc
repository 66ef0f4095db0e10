#include "core/formats/marcxml/decode.h"

#include <array>

#include "core/formats/xml/context.h"
#include "core/formats/xml/decode.h"
#include "core/formats/xml/element.h"
#include "core/framing/xml_framer.h"

namespace marcd {
namespace {

using xml::Attribute;
using xml::Element;

Element::Kind KindOf(absl::string_view name) {
  if (name == "subfield") return Element::kSubfield;
  if (name == "datafield") return Element::kDataField;
  if (name == "controlfield") return Element::kControlField;
  if (name == "leader") return Element::kLeader;
  if (name == "record") return Element::kRecord;
  return Element::kUnknown;
}

Element Read(absl::string_view name, absl::Span<const Attribute> attributes) {
  Element element;
  element.kind = KindOf(name);
  const bool tagged = element.kind == Element::kControlField || element.kind == Element::kDataField;
  const absl::string_view named = element.kind == Element::kSubfield ? "code" : tagged ? "tag" : "";
  for (const Attribute& attribute : attributes) {
    if (attribute.name == named) {
      element.value = attribute.value;
    } else if (attribute.name == "ind1" && element.kind == Element::kDataField) {
      element.indicator1 = attribute.value;
    } else if (attribute.name == "ind2" && element.kind == Element::kDataField) {
      element.indicator2 = attribute.value;
    } else if (!xml::IsSilent(attribute.name)) {
      element.unknown_attribute = attribute.name;
    }
  }
  return element;
}

constexpr xml::Reader kReader = {&xml::kMarcXml, Read};

// The roots of documents whose records may be too far off to be seen.
bool IsRoot(absl::string_view name) {
  constexpr std::array<absl::string_view, 4> kRoots = {"collection", "record", "OAI-PMH",
                                                       "searchRetrieveResponse"};
  for (const absl::string_view root : kRoots) {
    if (name == root) return true;
  }
  return false;
}

}  // namespace

bool SniffMarcXml(absl::string_view head) {
  return xml::HasSigns(head, xml::kMarcXml) ||
         (IsRoot(xml::RootName(head)) && !xml::HasSigns(head, xml::kTurbomarc));
}

std::unique_ptr<Framer> MakeMarcXmlFramer(const FramerOptions& options) {
  return std::make_unique<XmlFramer>(xml::kMarcXml, options);
}

std::optional<Finding> DecodeMarcXml(absl::string_view record, const DecodeOptions& options,
                                     std::string* frames, std::vector<Finding>* notes) {
  return xml::Decode(kReader, record, options, frames, notes);
}

bool MendMarcXml(absl::string_view record, const DecodeOptions& options, std::string* frames,
                 std::vector<Finding>* findings) {
  return xml::Mend(kReader, record, options, frames, findings);
}

}  // namespace marcd
