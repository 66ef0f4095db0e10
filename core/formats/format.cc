#include "core/formats/format.h"

#include "core/formats/alephseq/alephseq.h"
#include "core/formats/iso2709/damage.h"
#include "core/formats/iso2709/decode.h"
#include "core/formats/iso2709/mend.h"
#include "core/formats/iso2709/sniff.h"
#include "core/formats/line/line.h"
#include "core/formats/lines/lines.h"
#include "core/formats/mrk/mrk.h"
#include "core/formats/text/text.h"
#include "core/framing/iso2709_framer.h"
#include "core/framing/line_framer.h"
#include "core/framing/pymarc_framer.h"

namespace marcd {
namespace {

std::unique_ptr<Framer> MakeIso2709Framer(const FramerOptions& options) {
  return std::make_unique<Iso2709Framer>(options);
}

std::unique_ptr<Framer> MakePymarcFramer(const FramerOptions& options) {
  return std::make_unique<PymarcFramer>(options);
}

template <LineDialect dialect>
std::unique_ptr<Framer> MakeLineFramer(const FramerOptions& options) {
  return std::make_unique<LineFramer>(dialect, options);
}

Document NoDocument(const EncodeOptions& options) {
  (void)options;
  return {};
}

Document TextDocument(const EncodeOptions& options) {
  (void)options;
  return {"", "\n", ""};
}

constexpr Format kFormats[] = {
    {1, "iso2709", SniffIso2709, nullptr, MakeIso2709Framer, MakePymarcFramer, DecodeIso2709,
     MendIso2709, DescribeIso2709Damage, nullptr, nullptr},
    {5, "mrk", SniffMrk, nullptr, MakeLineFramer<LineDialect::kMrk>, nullptr, DecodeMrk, MendMrk,
     lines::DescribeDamage, NoDocument, EncodeMrk},
    {6, "alephseq", SniffAlephSequential, nullptr, MakeLineFramer<LineDialect::kAlephSequential>,
     nullptr, DecodeAlephSequential, MendAlephSequential, lines::DescribeDamage, NoDocument,
     EncodeAlephSequential},
    {7, "line", SniffLine, nullptr, MakeLineFramer<LineDialect::kYazLine>, nullptr, DecodeLine,
     MendLine, lines::DescribeDamage, NoDocument, EncodeLine},
    {9, "text", nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, TextDocument,
     EncodeText},
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
