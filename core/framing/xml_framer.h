// Framing of records in XML documents.
//
// A record is an element of the dialect's name, wherever in a document it stands and
// whatever its prefix: in a collection, alone, or in an envelope such as SRU's or
// OAI-PMH's, whose own `record` elements hold it. Which elements are records, and where
// a damaged one ends, is written out in docs/formats.md, "MARCXML"; the rule's steps are
// in xml_framer.cc. What stands around records is a gap.
//
// What surrounds a record does not matter to where it ends, so a walk may begin at any
// record. Of a record up to FramerOptions::max_record_bytes are in view at once; what stands
// around records may be of any length.
#ifndef MARCD_CORE_FRAMING_XML_FRAMER_H_
#define MARCD_CORE_FRAMING_XML_FRAMER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/framing/piece_framer.h"
#include "core/framing/xml_dialect.h"
#include "core/framing/xml_markup.h"

namespace marcd {

class XmlFramer final : public PieceFramer {
 public:
  // `dialect` must outlive it.
  XmlFramer(const xml::Dialect& dialect, const FramerOptions& options)
      : PieceFramer(options), dialect_(dialect) {}

 private:
  // A view, and where it begins in the source.
  struct View {
    absl::string_view text;
    uint64_t offset;
    bool at_end;
  };
  // There is no closer in [from, to) of the source.
  struct Clear {
    uint64_t from = 1;
    uint64_t to = 0;
  };

  Piece Look(absl::string_view window, uint64_t offset, bool at_end,
             std::vector<uint32_t>* part_lengths) override;
  Piece LookAtText(const View& view);
  Piece LookAround(const View& view);
  Piece LookAtTag(const View& view, const xml::Token& tag);
  Piece LookAtClosed(const View& view, const xml::Token& opening);
  Piece LookAtDoctype(const View& view);
  Piece LookInside(const View& view);
  Piece LookAtRecord(const View& view, const xml::Token& start);
  Piece EndRecord(const View& view, size_t end, bool damaged) const;

  // Whether the element that begins the view with `start` is a MARC record; nullopt
  // when more must be in view.
  std::optional<bool> IsRecord(const View& view, const xml::Token& start);
  // The end of what `opening` opens at `at` of the view, if it ends within `limit`;
  // else 0.
  size_t FindEnd(const View& view, size_t at, const xml::Token& opening, size_t limit);

  const xml::Dialect& dialect_;
  // A comment, CDATA section or instruction around records, too long to be in view.
  xml::Markup inside_ = xml::Markup::kStray;
  // In that, or in text, there are records as text.
  bool as_text_ = false;
  // Parts of a record were seen outside of any.
  bool orphans_ = false;
  // A document has one DOCTYPE; what looks like another is not searched for its end.
  bool doctype_ = false;
  // The document is in UTF-16.
  bool utf16_ = false;
  // How far the record that begins at `record_` has been looked at, and how deep in
  // elements of its own name that is.
  uint64_t record_ = UINT64_MAX;
  size_t looked_ = 0;
  size_t depth_ = 0;
  // By the closer's markup.
  Clear clear_[3];
};

}  // namespace marcd

#endif  // MARCD_CORE_FRAMING_XML_FRAMER_H_
