// The numbers are those of docs/formats.md, "MARCXML", which record is one and where it ends.
#include "core/framing/xml_framer.h"

#include <algorithm>

#include "absl/strings/strip.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace marcd {
namespace {

using xml::LocalName;
using xml::Markup;
using xml::Token;

// How far behind an element's start tag is looked for what tells that it is a record.
constexpr size_t kReach = 256 * 1024;
// What is not closed within so much around records is not taken for a comment any more
// that the source's end alone ends: else one damaged byte would cost all records behind it.
constexpr size_t kLongestHeld = 1024 * 1024;
// Blanks behind a record that belong to it.
constexpr size_t kMostBlanks = 4096;

constexpr absl::string_view kCollection = "collection";

// Of a reference around records no more is looked at, nor of a tag behind it.
constexpr size_t kLongestReference = 64;

Piece Around(size_t length) { return Piece::GapOf(length, Reason::kMarkup); }

// Records that are not markup but text.
Piece AsText(size_t length) {
  return Piece::GapOf(length, Reason::kNotARecord, GapNote::kRecordsAsText);
}

size_t ClearIndex(Markup markup) {
  return markup == Markup::kComment ? 0 : markup == Markup::kCdata ? 1 : 2;
}

bool HasCloser(Markup markup) {
  return markup == Markup::kComment || markup == Markup::kCdata || markup == Markup::kInstruction;
}

// Whether the tag binds its own prefix, or the namespace without one, to `xmlns`.
bool BindsItself(const Token& tag, absl::string_view xmlns) {
  const size_t colon = tag.name.find(':');
  absl::string_view rest = tag.attributes, name, value;
  while (xml::NextAttribute(&rest, &name, &value)) {
    if (value != xmlns) continue;
    if (colon == tag.name.npos
            ? name == "xmlns"
            : absl::ConsumePrefix(&name, "xmlns:") && name == tag.name.substr(0, colon)) {
      return true;
    }
  }
  return false;
}

bool IsUtf16(absl::string_view text) {
  const absl::string_view begin = text.substr(0, 2);
  return begin == "\xFF\xFE" || begin == "\xFE\xFF" || begin == absl::string_view("<\0", 2) ||
         begin == absl::string_view("\0<", 2);
}

// What stands behind a `<` ends a name.
bool EndsName(char c) {
  return static_cast<uint8_t>(c) <= ' ' || c == '>' || c == '/' || c == '<' || c == '=';
}

// The local name that begins `text`, as far as it is in view.
absl::string_view NameInView(absl::string_view text) {
  size_t begin = 0, end = 0;
  while (end < text.size() && !EndsName(text[end])) {
    if (text[end++] == ':') begin = end;
  }
  return text.substr(begin, end - begin);
}

// Whether a record's tag is in `text`, which a CDATA section hides.
bool HoldsTag(absl::string_view text, absl::string_view record) {
  for (size_t at = 0; (at = text.find('<', at)) != text.npos;) {
    if (NameInView(text.substr(++at)) == record) return true;
  }
  return false;
}

// Whether `text` begins with a reference to `<`, and a record's name behind that.
bool BeginsEscapedTag(absl::string_view text, absl::string_view record) {
  for (const absl::string_view sign : {"&lt;", "&#60;", "&#x3C;", "&#x3c;"}) {
    if (absl::ConsumePrefix(&text, sign)) {
      return NameInView(text.substr(0, text.find('&'))) == record;
    }
  }
  return false;
}

// The length of the reference that begins `text`, if it is one to an entity of the
// document's own; else 0.
size_t EntityLength(absl::string_view text) {
  const size_t end = text.find(';');
  if (end == text.npos) return 0;
  const absl::string_view name = text.substr(1, end - 1);
  constexpr absl::string_view kPredefined[] = {"lt", "gt", "amp", "quot", "apos"};
  const bool named =
      !name.empty() && name[0] != '#' &&
      std::none_of(name.begin(), name.end(), [](char c) { return c == '&' || EndsName(c); }) &&
      std::find(std::begin(kPredefined), std::end(kPredefined), name) == std::end(kPredefined);
  return named ? end + 1 : 0;
}

// Whether the `<` at the front of `text`, with kTagSeen bytes in view, begins a tag that
// tells nothing of where records begin and end.
constexpr size_t kTagSeen = 18;
bool IsOfNoInterest(const char* text, absl::string_view record) {
  const bool end_tag = text[1] == '/';
  const char* const name = text + (end_tag ? 2 : 1);
  if (*name == '!' || *name == '?') return false;
#if defined(__SSE2__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(name));
  const auto is = [&](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
  const __m128i blank = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(' ')), bytes);
  const __m128i sign = _mm_or_si128(_mm_or_si128(is('>'), is('/')), _mm_or_si128(is('<'), is('=')));
  const auto ends = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(blank, sign)));
  if (ends == 0) return false;  // to be looked at closely
  const auto size = static_cast<size_t>(__builtin_ctz(ends));
  const auto colons = static_cast<unsigned>(_mm_movemask_epi8(is(':'))) & ((1U << size) - 1);
  const size_t begin = colons == 0 ? 0 : 32 - static_cast<size_t>(__builtin_clz(colons));
#else
  const absl::string_view local = NameInView({name, kTagSeen - 2});
  const auto begin = static_cast<size_t>(local.data() - name), size = begin + local.size();
  if (size == kTagSeen - 2) return false;
#endif
  const char first = name[begin];
  return !((size - begin == record.size() && first == record[0]) ||
           (end_tag && size - begin == kCollection.size() && first == kCollection[0]));
}

// The first `<` from `at` on that may tell something; text.size() if there is none.
size_t FindTagOfInterest(absl::string_view text, size_t at, absl::string_view record) {
#if defined(__SSE2__)
  // Thirty-two at once, and what a tag needs behind each.
  for (; text.size() - at >= 32 + kTagSeen; at += 32) {
    const auto* const chunk = reinterpret_cast<const __m128i*>(text.data() + at);
    const __m128i sign = _mm_set1_epi8('<');
    const int low = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(chunk), sign));
    const int high = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(chunk + 1), sign));
    auto tags = static_cast<unsigned>(low) | static_cast<unsigned>(high) << 16;
    for (; tags != 0; tags &= tags - 1) {
      const size_t tag = at + static_cast<size_t>(__builtin_ctz(tags));
      if (!IsOfNoInterest(text.data() + tag, record)) return tag;
    }
  }
#endif
  return std::min(text.find('<', at), text.size());
}

}  // namespace

size_t XmlFramer::FindEnd(const View& view, size_t at, const Token& opening, size_t limit) {
  const absl::string_view closer = xml::Closer(opening.markup);
  const absl::string_view text = view.text.substr(0, limit);
  const size_t begin = std::min(at + opening.length, text.size());
  Clear& clear = clear_[ClearIndex(opening.markup)];
  size_t from = begin;
  if (view.offset + begin >= clear.from && view.offset + begin <= clear.to) {
    from = std::max<uint64_t>(begin, clear.to - view.offset);
  } else {
    clear.from = view.offset + begin;
  }
  const size_t found = from < text.size() ? text.find(closer, from) : text.npos;
  const size_t seen = text.size() < closer.size() ? 0 : text.size() - closer.size() + 1;
  clear.to = view.offset + std::max(from, std::min(found, seen));
  return found == text.npos ? 0 : found + closer.size();
}

Piece XmlFramer::Look(absl::string_view window, uint64_t offset, bool at_end,
                      std::vector<uint32_t>*) {
  const View view = {window, offset, at_end};
  if (offset == 0) {
    if (window.size() < 2 && !at_end) return Piece::NeedMore();
    utf16_ = IsUtf16(window);
  }
  if (utf16_) return Piece::GapOf(window.size(), Reason::kUtf16);
  if (inside_ != Markup::kStray) return LookInside(view);
  if (window[0] != '<') return LookAtText(view);
  as_text_ = false;
  return LookAround(view);
}

// Up to the tag that follows, or a reference.
Piece XmlFramer::LookAtText(const View& view) {
  const absl::string_view text = view.text;
  if (orphans_ || as_text_) {
    const size_t end = std::min(text.find('<'), text.size());
    return orphans_ ? Piece::GapOf(end, Reason::kNotARecord) : AsText(end);
  }
  if (text[0] != '&') {
    const auto* const end =
        std::find_if(text.begin(), text.end(), [](char c) { return c == '<' || c == '&'; });
    return Around(static_cast<size_t>(end - text.begin()));
  }
  const absl::string_view sight = text.substr(0, kLongestReference);
  const size_t tag = sight.find('<');
  if (tag == sight.npos && sight.size() < kLongestReference && !view.at_end) {
    return Piece::NeedMore();
  }
  as_text_ = BeginsEscapedTag(sight.substr(0, tag), dialect_.record);
  if (as_text_) return AsText(1);
  const size_t entity = EntityLength(sight.substr(0, tag));
  return entity == 0 ? Around(1) : Piece::GapOf(entity, Reason::kNotARecord, GapNote::kEntity);
}

Piece XmlFramer::LookAround(const View& view) {
  const Token token = xml::ReadMarkup(view.text);
  switch (token.markup) {
    case Markup::kIncomplete:
      return view.at_end ? Around(1) : Piece::NeedMore();
    case Markup::kStray:
      return Around(token.length);
    case Markup::kDoctype:
      return LookAtDoctype(view);
    case Markup::kComment:
    case Markup::kCdata:
    case Markup::kInstruction:
      return LookAtClosed(view, token);
    case Markup::kStartTag:
    case Markup::kEmptyTag:
    case Markup::kEndTag:
      break;
  }
  return LookAtTag(view, token);
}

Piece XmlFramer::LookAtClosed(const View& view, const Token& opening) {
  const size_t end = FindEnd(view, 0, opening, view.text.size());
  const auto as_text = [&](size_t length) {
    return opening.markup == Markup::kCdata &&
           HoldsTag(view.text.substr(opening.length, std::min(length, kLongestHeld)),
                    dialect_.record);
  };
  if (end > 0) return as_text(end - opening.length) ? AsText(end) : Around(end);
  if (view.text.size() > kLongestHeld) {
    inside_ = opening.markup;
    as_text_ = as_text(kLongestHeld);
    return LookInside(view);
  }
  return view.at_end ? Around(1) : Piece::NeedMore();
}

Piece XmlFramer::LookAtDoctype(const View& view) {
  const size_t length = doctype_ ? absl::string_view::npos : xml::DoctypeLength(view.text);
  if (length == 0 && !view.at_end) return Piece::NeedMore();
  doctype_ = true;
  return Around(length == 0 || length == absl::string_view::npos ? 1 : length);
}

Piece XmlFramer::LookInside(const View& view) {
  const absl::string_view closer = xml::Closer(inside_);
  const auto around = [&](size_t length) { return as_text_ ? AsText(length) : Around(length); };
  const size_t found = view.text.find(closer);
  if (found != view.text.npos) {
    inside_ = Markup::kStray;
    return around(found + closer.size());
  }
  if (view.at_end) return around(view.text.size());
  const size_t held = closer.size() - 1;  // the closer may have begun
  return view.text.size() > held ? around(view.text.size() - held) : Piece::NeedMore();
}

Piece XmlFramer::LookAtTag(const View& view, const Token& tag) {
  const absl::string_view name = LocalName(tag.name);
  if (tag.markup == Markup::kEndTag) {
    const bool orphan = orphans_;
    if (name == dialect_.record || name == kCollection) orphans_ = false;
    return orphan && name != kCollection ? Piece::GapOf(tag.length, Reason::kNotARecord)
                                         : Around(tag.length);
  }
  bool begins = name == dialect_.leader && tag.markup == Markup::kStartTag;  // 3
  if (name == dialect_.record) {
    const std::optional<bool> is_record = record_ == view.offset ? true : IsRecord(view, tag);
    if (!is_record.has_value()) return Piece::NeedMore();
    begins = *is_record;
  }
  if (begins) {
    orphans_ = false;
    return LookAtRecord(view, tag);
  }
  if (dialect_.is_part(name)) orphans_ = true;
  return orphans_ ? Piece::GapOf(tag.length, Reason::kNotARecord) : Around(tag.length);
}

std::optional<bool> XmlFramer::IsRecord(const View& view, const Token& start) {
  if (start.markup == Markup::kEmptyTag || BindsItself(start, dialect_.xmlns)) return true;  // 1
  const absl::string_view text = view.text;
  const size_t limit = start.length + kReach;
  const bool more = !view.at_end && text.size() < limit;
  bool others = false;  // elements that a record has not
  for (size_t at = start.length;;) {
    at = std::min(text.find('<', at), text.size());
    if (at >= limit) return false;
    if (at == text.size()) break;
    const Token token = xml::ReadMarkup(text.substr(at));
    const absl::string_view name = LocalName(token.name);
    if (token.markup == Markup::kIncomplete) break;
    if (token.markup == Markup::kStartTag || token.markup == Markup::kEmptyTag) {
      if (dialect_.is_part(name)) return true;    // 1
      if (name == dialect_.record) return false;  // 2
      others = true;
    } else if (token.markup == Markup::kEndTag && name == dialect_.record) {
      return !others;
    }
    size_t end = 0;
    if (HasCloser(token.markup)) {
      end = FindEnd(view, at, token, limit);
      if (end == 0 && more) return std::nullopt;
    }
    at = std::max(end, at + token.length);
  }
  if (!view.at_end) return std::nullopt;
  return !others;  // what there is of it
}

Piece XmlFramer::LookAtRecord(const View& view, const Token& start) {
  const absl::string_view text = view.text;
  if (start.markup == Markup::kEmptyTag) return EndRecord(view, start.length, /*damaged=*/false);
  if (record_ != view.offset) {
    record_ = view.offset;
    looked_ = start.length;
    depth_ = 0;
  }
  const bool orphan = LocalName(start.name) != dialect_.record;
  const size_t limit = std::max(options().max_record_bytes, start.length);
  for (;;) {
    const size_t at = FindTagOfInterest(text, looked_, dialect_.record);
    if (at >= limit) return Piece::Damaged(limit, Reason::kRecordTooLarge);  // 8
    looked_ = at;
    const absl::string_view rest = text.substr(at);
    if (rest.size() >= 2 && rest[1] != '!' && rest[1] != '?') {
      const bool end_tag = rest[1] == '/';
      const absl::string_view name = NameInView(rest.substr(end_tag ? 2 : 1));
      const bool whole = name.end() != rest.end() || rest.size() > xml::kLongestTag;
      if (whole && name != dialect_.record && !(end_tag && name == kCollection)) {
        ++looked_;
        continue;
      }
    }
    const Token token = xml::ReadMarkup(rest);
    const absl::string_view name = LocalName(token.name);
    const bool record = name == dialect_.record;
    switch (token.markup) {
      case Markup::kIncomplete:
        if (!view.at_end) return Piece::NeedMore();
        return Piece::Truncated(text.size(), Reason::kTruncatedRecord);  // 7
      case Markup::kComment:
      case Markup::kCdata:
      case Markup::kInstruction: {
        const size_t end = FindEnd(view, at, token, limit);
        if (end == 0 && !view.at_end && text.size() < limit) return Piece::NeedMore();
        looked_ = std::max(end, at + token.length);
        continue;
      }
      case Markup::kStartTag:
        if (record) {
          const View inner = {rest, view.offset + at, view.at_end};
          const std::optional<bool> is_record = IsRecord(inner, token);
          if (!is_record.has_value()) return Piece::NeedMore();
          if (*is_record) return Piece::Damaged(at, Reason::kNotWellFormed);  // 6
          ++depth_;
        }
        break;
      case Markup::kEndTag:
        if (name == kCollection) return Piece::Damaged(at, Reason::kNotWellFormed);  // 6
        if (!record) break;
        if (depth_ > 0) {
          --depth_;
          break;
        }
        if (!orphan && token.name != start.name) {
          return Piece::Damaged(at, Reason::kNotWellFormed);  // 5
        }
        return EndRecord(view, at + token.length, orphan);  // 4
      case Markup::kStray:
      case Markup::kEmptyTag:
      case Markup::kDoctype:
        break;
    }
    looked_ = at + token.length;
  }
}

Piece XmlFramer::EndRecord(const View& view, size_t end, bool damaged) const {
  const absl::string_view behind = view.text.substr(end);
  const size_t blanks = xml::BlanksLength(behind.substr(0, kMostBlanks));
  if (blanks == behind.size() && blanks < kMostBlanks && !view.at_end) return Piece::NeedMore();
  return damaged ? Piece::Damaged(end + blanks, Reason::kNotWellFormed)
                 : Piece::Record(end + blanks);
}

}  // namespace marcd
