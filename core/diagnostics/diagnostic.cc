#include "core/diagnostics/diagnostic.h"

#include "absl/strings/str_cat.h"

namespace marcd {
namespace {

std::string Packed(absl::string_view kind) {
  return absl::StrCat("No record begins there: by their first bytes these are ", kind,
                      " data, which are not unpacked there. Unpack them first.");
}

}  // namespace

std::string MessageOf(const Gap& gap) {
  switch (gap.note) {
    case GapNote::kNone:
      break;
    case GapNote::kRecordsAsText:
      return "Records stand there as text, escaped or in CDATA, and are not read: ask the server "
             "for recordPacking=xml, or unescape them.";
    case GapNote::kEntity:
      return "An entity stands there outside of any record, and records that it may hold are not "
             "read: resolve it first, for example with xmllint --noent.";
    case GapNote::kGzip:
      return Packed("gzip");
    case GapNote::kXz:
      return Packed("xz");
    case GapNote::kZstd:
      return Packed("zstd");
    case GapNote::kBzip2:
      return Packed("bzip2");
    case GapNote::kLzma:
      return Packed("LZMA");
    case GapNote::kCompress:
      return Packed("compress (.Z)");
    case GapNote::kZip:
      return Packed("zip");
  }
  return std::string(RowOf(gap.reason).what);
}

}  // namespace marcd
