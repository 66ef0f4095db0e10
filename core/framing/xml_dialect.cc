#include "core/framing/xml_dialect.h"

namespace marcd::xml {
namespace {

bool IsMarcXmlPart(absl::string_view name) {
  return name == "leader" || name == "controlfield" || name == "datafield";
}

// `c` and `d`: the tag is an attribute.
bool IsTurbomarcPart(absl::string_view name) {
  if (name == "l") return true;
  return !name.empty() && (name[0] == 'c' || name[0] == 'd') &&
         (name.size() == 1 || name.size() == 4);
}

}  // namespace

const Dialect kMarcXml = {"http://www.loc.gov/MARC21/slim", "record", "leader", IsMarcXmlPart};

const Dialect kTurbomarc = {"http://www.indexdata.com/turbomarc", "r", "l", IsTurbomarcPart};

}  // namespace marcd::xml
