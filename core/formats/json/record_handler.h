// JSON's events → the record that they tell of, in any of the shapes of docs/formats.md,
// "JSON".
//
// The events are RapidJSON's; strings stay where they are until Finish(), because they are
// decoded in place. Not thread-safe.
#ifndef MARCD_CORE_FORMATS_JSON_RECORD_HANDLER_H_
#define MARCD_CORE_FORMATS_JSON_RECORD_HANDLER_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/formats/decode_options.h"
#include "core/formats/loose_record.h"

namespace marcd::json {

class RecordHandler {
 public:
  // The arguments must outlive it.
  RecordHandler(const DecodeOptions& options, LooseRecord* record)
      : options_(options), record_(*record) {}

  // What RapidJSON calls a handler, each of which says whether to go on: not, if values are
  // in each other too deeply.
  bool Null() { return Scalar("", Type::kOther); }
  bool Bool(bool value) { return Scalar(value ? "true" : "false", Type::kOther); }
  bool Int(int) { return false; }  // numbers come as text
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }
  bool RawNumber(const char* text, size_t size, bool) {
    return Scalar({text, size}, Type::kNumber);
  }
  bool String(const char* text, size_t size, bool) { return Scalar({text, size}, Type::kString); }
  bool Key(const char* text, size_t size, bool);
  bool StartObject() { return Start(/*array=*/false); }
  bool EndObject(size_t) { return End(); }
  bool StartArray() { return Start(/*array=*/true); }
  bool EndArray(size_t) { return End(); }

  // Numbers come as strings, because they are too large.
  void NoteLargeNumbers();

  // No event comes any more, be what is open closed or not.
  void Finish();
  // The record's JSON as a string, as FOLIO may have it in `parsedRecord.content`: it is to
  // be parsed next. Empty if there is none, and when it has been asked for.
  absl::string_view TakeContent() { return std::exchange(content_, absl::string_view()); }
  // Whether there was anything of a record.
  bool empty() const { return !has_leader_ && !has_fields_; }

 private:
  enum class Type : uint8_t { kString, kNumber, kOther };
  // What a value is, by where it stands.
  enum class Role : uint8_t {
    kSkipped,  // of no meaning, and all that is in it
    kExtra,    // likewise, in a field: there is a finding
    kRecord,   // the object of a record, or around it
    kLeader,   // 24 characters
    kFields,   // the array of fields; an object of fields by their tags
    kField,    // an object of fields by their tags; or an array: tag, text, ...
    kBody,     // what a tag stands for: text, or an object of indicators and subfields
    kTagged,   // the array of fields that are objects with a tag; or one such object
    kTag,
    kIndicator1,
    kIndicator2,
    kIndicators,
    kData,       // of a field
    kSubfields,  // the array of subfields; or an object of them by their codes
    kSubfield,   // an object: code and text; or an array of both
    kCode,       // of a subfield
    kText,       // of a subfield by its code
    kValue,      // of a subfield with a code of its own
  };
  // An object or array that is open.
  struct Level {
    Role role = Role::kSkipped;
    bool array = false;
    bool of_field = false;       // a field ends with it
    bool of_subfield = false;    // a subfield ends with it
    bool has_marc = false;       // of kRecord
    Role next = Role::kSkipped;  // of an object: of the member that was named last
    uint32_t count = 0;          // of an array: elements so far
    uint32_t unknown = 0;        // of kRecord: members
    absl::string_view name;      // of the first of them
  };
  // Of a value that has not been given data() is null.
  struct Subfield {
    absl::string_view code;
    absl::string_view text;
  };
  struct Field {
    absl::string_view tag, indicator1, indicator2, text;
    bool has_text = false;
    bool has_indicators = false;
    bool has_subfields = false;
    bool odd = false;  // something stood where it has no meaning
    bool number = false;
  };

  static constexpr size_t kMostLevels = 64;

  bool Scalar(absl::string_view text, Type type);
  bool Start(bool array);
  bool End();
  // The role of the value that comes now.
  Role NextRole();
  Role ElementRole(const Level& level) const;
  Role MemberRole(Level* level, absl::string_view name);
  Role RecordMember(Level* level, absl::string_view name);
  Role FieldMember(absl::string_view name);
  void BeginField(absl::string_view tag);
  void BeginSubfield(absl::string_view code);
  // Gives the field's value `name`, of which there is one, the text.
  void Put(absl::string_view name, absl::string_view text, absl::string_view* value);
  void EndField();
  void EndLevel(const Level& level);
  void Odd(absl::string_view what);

  const DecodeOptions& options_;
  LooseRecord& record_;
  Level levels_[kMostLevels];
  size_t depth_ = 0;
  size_t skipped_ = 0;  // levels within one that is skipped
  Field field_;
  bool field_open_ = false;
  std::vector<Subfield> subfields_;
  absl::string_view content_;
  bool has_leader_ = false;
  bool has_fields_ = false;
};

}  // namespace marcd::json

#endif  // MARCD_CORE_FORMATS_JSON_RECORD_HANDLER_H_
