#include "core/formats/format.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "core/formats/iso2709/damage.h"
#include "core/formats/iso2709/decode.h"
#include "core/formats/iso2709/encode.h"
#include "core/formats/iso2709/mend.h"
#include "core/formats/iso2709/sniff.h"
#include "core/formats/marcxml/decode.h"
#include "core/formats/marcxml/encode.h"
#include "core/formats/turbomarc/decode.h"
#include "core/formats/turbomarc/encode.h"
#include "core/formats/xml/context.h"
#include "core/formats/xml/decode.h"
#include "core/framing/iso2709_framer.h"
#include "core/framing/pymarc_framer.h"

namespace marcd {
namespace {

std::unique_ptr<Framer> MakeIso2709Framer(const FramerOptions& options) {
  return std::make_unique<Iso2709Framer>(options);
}

std::unique_ptr<Framer> MakePymarcFramer(const FramerOptions& options) {
  return std::make_unique<PymarcFramer>(options);
}

// Records of ISO 2709 stand end to end.
Document NothingAround(const EncodeOptions&) { return {}; }

constexpr Format kFormats[] = {
    {1, "iso2709", SniffIso2709, nullptr, MakeIso2709Framer, MakePymarcFramer, DecodeIso2709,
     MendIso2709, DescribeIso2709Damage, NothingAround, EncodeIso2709,
     ".mrc .marc .dat .marc21 .usmarc"},
    {2, "marcxml", SniffMarcXml, xml::ReadContext, MakeMarcXmlFramer, nullptr, DecodeMarcXml,
     MendMarcXml, xml::DescribeDamage, MarcXmlDocument, EncodeMarcXml, ".xml .marcxml .mrx"},
    {8, "turbomarc", SniffTurbomarc, xml::ReadContext, MakeTurbomarcFramer, nullptr,
     DecodeTurbomarc, MendTurbomarc, xml::DescribeDamage, TurbomarcDocument, EncodeTurbomarc,
     ".turbomarc"},
};

}  // namespace

absl::Span<const Format> AllFormats() { return kFormats; }

const Format* FindFormat(int id) {
  for (const Format& format : kFormats) {
    if (format.id == id) return &format;
  }
  return nullptr;
}

const Format* SniffFormat(absl::string_view head) {
  for (const Format& format : kFormats) {
    if (format.sniff != nullptr && format.sniff(head)) return &format;
  }
  return nullptr;
}

const Format* FormatBySuffix(absl::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == name.npos) return nullptr;
  const std::string suffix = absl::AsciiStrToLower(name.substr(dot));
  for (const Format& format : kFormats) {
    for (const absl::string_view known : absl::StrSplit(format.suffixes, ' ')) {
      if (known == suffix) return &format;
    }
  }
  return nullptr;
}

const Format& FallbackFormat() { return kFormats[0]; }

}  // namespace marcd
