#include "core/formats/xml/parse_expat.h"

#include <expat.h>

#include <algorithm>
#include <climits>
#include <memory>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/framing/xml_markup.h"
#include "core/text/charset.h"

namespace marcd::xml {
namespace {

// A thread keeps its parser: to make one takes as long as to read a short record. What
// a record leaves in it is gone with XML_ParserReset; one that has grown is let go.
constexpr size_t kKeptRecord = 1024 * 1024;

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using ParserPtr = std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser>;

struct Events {
  XML_Parser parser;
  RecordHandler* handler;
  LooseRecord* found;
  std::vector<Attribute> attributes;
};

Events& Of(void* user) { return *static_cast<Events*>(user); }

void StopIfEnough(const Events& events) {
  if (events.handler->too_deep() || events.handler->too_large()) {
    XML_StopParser(events.parser, XML_FALSE);
  }
}

void XMLCALL OnStart(void* user, const char* name, const char** attributes) {
  Events& events = Of(user);
  events.attributes.clear();
  for (; attributes[0] != nullptr; attributes += 2) {
    events.attributes.push_back({attributes[0], attributes[1]});
  }
  events.handler->Start(LocalName(name), events.attributes);
  StopIfEnough(events);
}

void XMLCALL OnEnd(void* user, const char*) { Of(user).handler->End(); }

void XMLCALL OnText(void* user, const char* text, int size) {
  Events& events = Of(user);
  events.handler->Text({text, static_cast<size_t>(size)});
  StopIfEnough(events);
}

void LeaveOut(const Events& events, absl::string_view entity, absl::string_view why) {
  events.found->Add(MakeFinding(
      Reason::kNotWellFormed, Disposition::kRepaired,
      absl::StrCat("Entity ", EscapeBytes(entity.substr(0, 64)), " is left out: ", why)));
}

int XMLCALL OnExternalEntity(XML_Parser parser, const char* context, const char*, const char*,
                             const char*) {
  // Without a context it is the DTD itself.
  if (context != nullptr) {
    LeaveOut(Of(XML_GetUserData(parser)), context,
             "it lies outside of the document, where nothing is read");
  }
  return XML_STATUS_OK;
}

void XMLCALL OnSkippedEntity(void* user, const char* name, int parameter) {
  if (parameter == 0) LeaveOut(Of(user), name, "the document itself does not declare it");
}

// The character that a byte stands for; -1 if for none.
int CharacterOf(const Charset& charset, char byte) {
  std::string utf8;
  if (!charset.Decode({&byte, 1}, &utf8).ok()) return -1;
  const auto at = [&](size_t i) { return static_cast<uint8_t>(utf8[i]); };
  switch (utf8.size()) {
    case 1:
      return at(0);
    case 2:
      return (at(0) & 0x1F) << 6 | (at(1) & 0x3F);
    default:
      return (at(0) & 0x0F) << 12 | (at(1) & 0x3F) << 6 | (at(2) & 0x3F);
  }
}

int XMLCALL OnUnknownEncoding(void*, const char* name, XML_Encoding* encoding) {
  const Charset* const charset = Charset::Find(name);
  if (charset == nullptr) return XML_STATUS_ERROR;
  for (int byte = 0; byte < 256; ++byte) {
    encoding->map[byte] = CharacterOf(*charset, static_cast<char>(byte));
  }
  encoding->data = nullptr;
  encoding->convert = nullptr;
  encoding->release = nullptr;
  return XML_STATUS_OK;
}

ParserPtr& KeptParser() {
  thread_local ParserPtr parser;
  return parser;
}

// Against chosen names that all fall into one place of a hash table. Once a thread: expat
// would ask the system anew for each record.
uint32_t HashSalt() {
  thread_local const uint32_t salt = std::random_device()() | 1U;
  return salt;
}

ParserPtr TakeParser(const std::string& encoding) {
  const char* const name = encoding.empty() ? "UTF-8" : encoding.c_str();
  ParserPtr parser = std::move(KeptParser());
  if (parser == nullptr || XML_ParserReset(parser.get(), name) != XML_TRUE) {
    parser.reset(XML_ParserCreate(name));
  }
  if (parser == nullptr) return parser;
  XML_SetHashSalt(parser.get(), HashSalt());
  XML_SetElementHandler(parser.get(), OnStart, OnEnd);
  XML_SetCharacterDataHandler(parser.get(), OnText);
  XML_SetExternalEntityRefHandler(parser.get(), OnExternalEntity);
  XML_SetSkippedEntityHandler(parser.get(), OnSkippedEntity);
  XML_SetUnknownEncodingHandler(parser.get(), OnUnknownEncoding, nullptr);
  return parser;
}

// XML_Parse takes an int.
XML_Status Feed(XML_Parser parser, absl::string_view text, bool last) {
  constexpr size_t kMost = INT_MAX / 2;
  for (; text.size() > kMost; text.remove_prefix(kMost)) {
    const XML_Status status = XML_Parse(parser, text.data(), static_cast<int>(kMost), 0);
    if (status != XML_STATUS_OK) return status;
  }
  return XML_Parse(parser, text.data(), static_cast<int>(text.size()), last ? 1 : 0);
}

}  // namespace

std::optional<ParseError> ParseByExpat(absl::string_view record, const Context& context,
                                       absl::string_view before, RecordHandler* handler,
                                       LooseRecord* found) {
  ParserPtr parser = TakeParser(std::string(context.encoding));
  if (parser == nullptr) return ParseError{0, 1, "out of memory"};
  Events events = {parser.get(), handler, found, {}};
  XML_SetUserData(parser.get(), &events);
  const std::string head = absl::StrCat(context.doctype, before);
  std::optional<ParseError> error;
  if ((!head.empty() && Feed(parser.get(), head, false) != XML_STATUS_OK) ||
      Feed(parser.get(), record, true) != XML_STATUS_OK) {
    const auto lines = static_cast<uint64_t>(std::count(head.begin(), head.end(), '\n'));
    const auto byte = static_cast<int64_t>(XML_GetCurrentByteIndex(parser.get()));
    error.emplace();
    error->byte =
        static_cast<uint64_t>(std::max<int64_t>(byte - static_cast<int64_t>(head.size()), 0));
    error->line = std::max(XML_GetCurrentLineNumber(parser.get()), lines + 1) - lines;
    error->message = XML_ErrorString(XML_GetErrorCode(parser.get()));
  }
  if (record.size() <= kKeptRecord) KeptParser() = std::move(parser);
  return error;
}

}  // namespace marcd::xml
