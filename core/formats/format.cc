#include "core/formats/format.h"

#include "core/formats/iso2709/damage.h"
#include "core/formats/iso2709/decode.h"
#include "core/formats/iso2709/mend.h"
#include "core/formats/iso2709/sniff.h"
#include "core/formats/json/decode.h"
#include "core/formats/json/encode.h"
#include "core/formats/json/sniff.h"
#include "core/formats/marcxml/decode.h"
#include "core/formats/marcxml/encode.h"
#include "core/formats/turbomarc/decode.h"
#include "core/formats/turbomarc/encode.h"
#include "core/formats/xml/context.h"
#include "core/formats/xml/decode.h"
#include "core/framing/iso2709_framer.h"
#include "core/framing/json_framer.h"
#include "core/framing/pymarc_framer.h"

namespace marcd {
namespace {

std::unique_ptr<Framer> MakeIso2709Framer(const FramerOptions& options) {
  return std::make_unique<Iso2709Framer>(options);
}

std::unique_ptr<Framer> MakePymarcFramer(const FramerOptions& options) {
  return std::make_unique<PymarcFramer>(options);
}

std::unique_ptr<Framer> MakeJsonFramer(const FramerOptions& options) {
  return std::make_unique<JsonFramer>(options);
}

constexpr Format kFormats[] = {
    {1, "iso2709", SniffIso2709, nullptr, MakeIso2709Framer, MakePymarcFramer, DecodeIso2709,
     MendIso2709, DescribeIso2709Damage, nullptr, nullptr},
    {2, "marcxml", SniffMarcXml, xml::ReadContext, MakeMarcXmlFramer, nullptr, DecodeMarcXml,
     MendMarcXml, xml::DescribeDamage, MarcXmlDocument, EncodeMarcXml},
    {3, "json", SniffJson, nullptr, MakeJsonFramer, nullptr, DecodeJson, MendJson,
     DescribeJsonDamage, JsonDocument, EncodeJson},
    {4, "jsonl", SniffJsonLines, nullptr, MakeJsonFramer, nullptr, DecodeJson, MendJson,
     DescribeJsonDamage, JsonLinesDocument, EncodeJsonLine},
    {8, "turbomarc", SniffTurbomarc, xml::ReadContext, MakeTurbomarcFramer, nullptr,
     DecodeTurbomarc, MendTurbomarc, xml::DescribeDamage, TurbomarcDocument, EncodeTurbomarc},
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

const Format& FallbackFormat() { return kFormats[0]; }

}  // namespace marcd
