// How records are written, whatever the format; marcd.v1.WriteOptions says the same.
#ifndef MARCD_CORE_FORMATS_ENCODE_OPTIONS_H_
#define MARCD_CORE_FORMATS_ENCODE_OPTIONS_H_

namespace marcd {

// What becomes of a record that ISO 2709's digits do not suffice for; the values are
// those of the API.
enum class TooLong {
  kError = 1,  // it cannot be written
  kSplit = 2,  // several records with the same 001
  kZeros = 3,  // its lengths are written as zeros
};

// What becomes of a character that MARC-8 does not have; the values are those of the API.
enum class Unmappable {
  kReference = 1,  // a numeric character reference, &#x1F600;
  kError = 2,      // the record cannot be written
};

struct EncodeOptions {
  // MARC-8, of the formats that know it (ISO 2709, mrk): else text is UTF-8.
  bool marc8 = false;
  TooLong too_long = TooLong::kError;
  Unmappable unmappable = Unmappable::kReference;
  // MARC-8 alone: U+FE20 to U+FE23 are its double-width marks, as TextOptions::half_marks
  // reads them; else U+0360 and U+0361 are.
  bool half_marks = false;
  // The document is one record, not a collection of them: MARCXML and turbomarc.
  bool single = false;
};

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_ENCODE_OPTIONS_H_
