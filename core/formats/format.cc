#include "core/formats/format.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "core/formats/alephseq/alephseq.h"
#include "core/formats/iso2709/damage.h"
#include "core/formats/iso2709/decode.h"
#include "core/formats/iso2709/encode.h"
#include "core/formats/iso2709/mend.h"
#include "core/formats/iso2709/sniff.h"
#include "core/formats/json/decode.h"
#include "core/formats/json/encode.h"
#include "core/formats/json/sniff.h"
#include "core/formats/line/line.h"
#include "core/formats/lines/lines.h"
#include "core/formats/marcxml/decode.h"
#include "core/formats/marcxml/encode.h"
#include "core/formats/mrk/mrk.h"
#include "core/formats/text/text.h"
#include "core/formats/turbomarc/decode.h"
#include "core/formats/turbomarc/encode.h"
#include "core/formats/xml/context.h"
#include "core/formats/xml/decode.h"
#include "core/framing/iso2709_framer.h"
#include "core/framing/json_framer.h"
#include "core/framing/line_framer.h"
#include "core/framing/pymarc_framer.h"

namespace marcd {
namespace {

template <typename FramerType>
std::unique_ptr<Framer> MakeFramer(const FramerOptions& options) {
  return std::make_unique<FramerType>(options);
}

template <LineDialect dialect>
std::unique_ptr<Framer> MakeLineFramer(const FramerOptions& options) {
  return std::make_unique<LineFramer>(dialect, options);
}

// Records stand end to end.
Document NothingAround(const EncodeOptions&) { return {}; }

Document TextDocument(const EncodeOptions&) { return {"", "\n", ""}; }

constexpr Format kFormats[] = {
    {1, "iso2709", SniffIso2709, nullptr, MakeFramer<Iso2709Framer>, MakeFramer<PymarcFramer>,
     DecodeIso2709, MendIso2709, DescribeIso2709Damage, NothingAround, EncodeIso2709,
     ".mrc .marc .dat .marc21 .usmarc"},
    {2, "marcxml", SniffMarcXml, xml::ReadContext, MakeMarcXmlFramer, nullptr, DecodeMarcXml,
     MendMarcXml, xml::DescribeDamage, MarcXmlDocument, EncodeMarcXml, ".xml .marcxml .mrx"},
    {3, "json", SniffJson, nullptr, MakeFramer<JsonFramer>, nullptr, DecodeJson, MendJson,
     DescribeJsonDamage, JsonDocument, EncodeJson, ".json"},
    {4, "jsonl", SniffJsonLines, nullptr, MakeFramer<JsonFramer>, nullptr, DecodeJson, MendJson,
     DescribeJsonDamage, JsonLinesDocument, EncodeJsonLine, ".jsonl .ndjson .ndj"},
    {5, "mrk", SniffMrk, nullptr, MakeLineFramer<LineDialect::kMrk>, nullptr, DecodeMrk, MendMrk,
     lines::DescribeDamage, NothingAround, EncodeMrk, ".mrk .mrk8"},
    {6, "alephseq", SniffAlephSequential, nullptr, MakeLineFramer<LineDialect::kAlephSequential>,
     nullptr, DecodeAlephSequential, MendAlephSequential, lines::DescribeDamage, NothingAround,
     EncodeAlephSequential, ".seq .alephseq .aleph"},
    {7, "line", SniffLine, nullptr, MakeLineFramer<LineDialect::kYazLine>, nullptr, DecodeLine,
     MendLine, lines::DescribeDamage, NothingAround, EncodeLine, ".line .mrctxt"},
    {8, "turbomarc", SniffTurbomarc, xml::ReadContext, MakeTurbomarcFramer, nullptr,
     DecodeTurbomarc, MendTurbomarc, xml::DescribeDamage, TurbomarcDocument, EncodeTurbomarc,
     ".turbomarc"},
    {9, "text", nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, TextDocument,
     EncodeText, ".txt"},
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
