// How a record's text is decoded; marcd.v1.TextOptions says the same.
#ifndef MARCD_CORE_TEXT_TEXT_OPTIONS_H_
#define MARCD_CORE_TEXT_TEXT_OPTIONS_H_

namespace marcd {

class Charset;  // core/text/charset.h

// What decides on a record's encoding; the values are those of the API.
enum class TextPolicy { kTrust = 1, kDetect = 2, kForce = 3 };

// What records are encoded in.
enum class Encoding { kUtf8, kMarc8, kSingleByte };

struct TextOptions {
  TextPolicy policy = TextPolicy::kTrust;
  // kForce: of all records; else of those whose leader/09 does not say UTF-8.
  Encoding encoding = Encoding::kMarc8;
  // The table of a single-byte encoding; null for the other two.
  const Charset* charset = nullptr;
  // Unicode's normal form C.
  bool nfc = false;
  // MARC-8's double-width marks as two halves each.
  bool half_marks = false;
  // Nothing is decoded.
  bool raw = false;
  // MARC-8 is decoded to what pymarc 5.4 makes of it, where it makes it in silence.
  bool pymarc = false;
};

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_TEXT_OPTIONS_H_
