#include "core/formats/json/record_handler.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/formats/json/notes.h"
#include "core/record/frame.h"

namespace marcd::json {
namespace {

// Members of records that say nothing of what is in them: `type` and `version` of
// MARC-HASH.
bool IsSilent(absl::string_view name) { return name == "type" || name == "version"; }

std::string Shown(absl::string_view text) { return EscapeBytes(text.substr(0, 32)); }

}  // namespace

void RecordHandler::Odd(absl::string_view what) {
  Finding finding = MakeFinding(Reason::kNotMarcShaped, Disposition::kRepaired, std::string(what));
  if (field_open_ && field_.tag.size() == kTagSize) finding.tag = EscapeBytes(field_.tag);
  record_.Add(std::move(finding));
}

void RecordHandler::BeginField(absl::string_view tag) {
  field_ = Field();
  field_.tag = tag;
  field_open_ = true;
  subfields_.clear();
  has_fields_ = true;
}

void RecordHandler::BeginSubfield(absl::string_view code) {
  field_.has_subfields = true;
  subfields_.push_back({code, absl::string_view()});
}

void RecordHandler::Put(absl::string_view name, absl::string_view text, absl::string_view* value) {
  if (value->data() != nullptr && *value != text) {
    Odd(absl::StrCat("A field has two values of '", name, "'; '", Shown(*value), "' is left out"));
  }
  *value = text;
}

void RecordHandler::EndField() {
  if (!field_open_) return;
  field_open_ = false;
  const Field& field = field_;
  const bool data =
      field.has_subfields || field.has_indicators || (!field.has_text && !IsControlTag(field.tag));
  if (!data) {
    record_.BeginControlField(field.tag);
    record_.AppendText(field.text);
  } else {
    record_.BeginDataField(field.tag, field.indicator1, field.indicator2);
    record_.AppendText(field.text);
    for (const Subfield& subfield : subfields_) {
      record_.BeginSubfield(subfield.code);
      record_.AppendText(subfield.text);
    }
  }
  if (field.odd) {
    record_.AddToField(Reason::kNotMarcShaped, "A value of the field is not of its type");
  }
  if (field.number) {
    Finding note = MakeFinding(Reason::kNotMarcShaped, Disposition::kNoted,
                               "A number stands where a string should; its digits are taken");
    note.tag = field.tag.size() == kTagSize ? EscapeBytes(field.tag) : "";
    record_.Add(std::move(note));
  }
  record_.EndField();
}

RecordHandler::Role RecordHandler::RecordMember(Level* level, absl::string_view name) {
  Role role = Role::kSkipped;
  if (name == "leader") {
    role = Role::kLeader;
  } else if (name == "fields") {
    role = Role::kFields;
  } else if (name == "controlfield" || name == "datafield") {
    role = Role::kTagged;
  } else if (name == "parsedRecord" || name == "content") {
    return Role::kRecord;
  } else if (!IsSilent(name)) {
    if (level->unknown++ == 0) level->name = name;
    return role;
  }
  level->has_marc = true;
  return role;
}

RecordHandler::Role RecordHandler::FieldMember(absl::string_view name) {
  if (name == "subfields" || name == "subfield") return Role::kSubfields;
  if (name == "ind1") return Role::kIndicator1;
  if (name == "ind2") return Role::kIndicator2;
  if (name == "ind") return Role::kIndicators;
  if (name == "tag") return Role::kTag;
  if (name == "data") return Role::kData;
  Odd(absl::StrCat("A field has a member '", Shown(name), "'"));
  return Role::kSkipped;
}

RecordHandler::Role RecordHandler::MemberRole(Level* level, absl::string_view name) {
  switch (level->role) {
    case Role::kRecord:
      return RecordMember(level, name);
    case Role::kFields:
    case Role::kField:
      EndField();
      BeginField(name);
      return Role::kBody;
    case Role::kBody:
    case Role::kTagged:
      return FieldMember(name);
    case Role::kSubfields:
    case Role::kSubfield:
      if (level->role == Role::kSubfield && name == "code") {
        if (!level->of_subfield) BeginSubfield(absl::string_view());
        level->of_subfield = true;
        return Role::kCode;
      }
      if (level->role == Role::kSubfield && name == "data") {
        if (!level->of_subfield) BeginSubfield(absl::string_view());
        level->of_subfield = true;
        return Role::kValue;
      }
      BeginSubfield(name);
      return Role::kText;
    default:
      return Role::kSkipped;
  }
}

// The roles of arrays' elements; MARC-HASH has arrays for fields and subfields.
RecordHandler::Role RecordHandler::ElementRole(const Level& level) const {
  switch (level.role) {
    case Role::kFields:
      return Role::kField;
    case Role::kTagged:
      return Role::kTagged;
    case Role::kField: {
      constexpr Role kRoles[] = {Role::kTag, Role::kIndicator1, Role::kIndicator2,
                                 Role::kSubfields};
      return level.count < 4 ? kRoles[level.count] : Role::kExtra;
    }
    case Role::kBody:
      return Role::kBody;
    case Role::kSubfields:
      return Role::kSubfield;
    case Role::kSubfield:
      return level.count == 0 ? Role::kCode : level.count == 1 ? Role::kValue : Role::kExtra;
    default:
      return Role::kSkipped;
  }
}

bool RecordHandler::Key(const char* text, size_t size, bool) {
  if (skipped_ > 0 || depth_ == 0) return true;
  Level& level = levels_[depth_ - 1];
  level.next = MemberRole(&level, {text, size});
  return true;
}

RecordHandler::Role RecordHandler::NextRole() {
  if (depth_ == 0) return Role::kRecord;
  Level& level = levels_[depth_ - 1];
  if (!level.array) return level.next;
  const Role role = ElementRole(level);
  ++level.count;
  return role;
}

bool RecordHandler::Scalar(absl::string_view text, Type type) {
  if (skipped_ > 0) return true;
  const Role role = NextRole();
  if (role == Role::kSkipped) return true;
  if (type == Type::kOther) field_.odd = true;
  if (type == Type::kNumber) field_.number = true;
  switch (role) {
    case Role::kLeader:
      if (!has_leader_) NoteLeader(options_, text, &record_);
      has_leader_ = true;
      record_.SetLeader(text);
      break;
    case Role::kRecord:
      if (type != Type::kString || text.empty() || !content_.empty()) {
        Odd(absl::StrCat("'", Shown(text), "' stands where a record should"));
      }
      if (type == Type::kString) content_ = text;
      break;
    case Role::kBody: {
      Level& level = levels_[depth_ - 1];
      if (level.array && level.count > 1) {
        const absl::string_view tag = field_.tag;  // it is repeated
        EndField();
        BeginField(tag);
      }
      field_.text = text;
      field_.has_text = true;
      break;
    }
    case Role::kData:
      Put("data", text, &field_.text);
      field_.has_text = true;
      break;
    case Role::kTag:
      Put("tag", text, &field_.tag);
      break;
    case Role::kIndicator1:
      // Of an array it may be a control field's text: that shows at its end.
      Put("ind1", text, &field_.indicator1);
      field_.has_indicators = true;
      break;
    case Role::kIndicator2:
      Put("ind2", text, &field_.indicator2);
      field_.has_indicators = true;
      break;
    case Role::kIndicators:
      Put("ind", text.substr(0, 1), &field_.indicator1);
      Put("ind", text.substr(std::min<size_t>(1, text.size())), &field_.indicator2);
      field_.has_indicators = true;
      break;
    case Role::kCode:
      if (subfields_.empty()) BeginSubfield(absl::string_view());
      Put("code", text, &subfields_.back().code);
      break;
    case Role::kText:
    case Role::kValue:
      if (subfields_.empty()) BeginSubfield(absl::string_view());
      Put("data", text, &subfields_.back().text);
      break;
    case Role::kExtra:
      Odd(absl::StrCat("An array of a field goes on: '", Shown(text), "' is left out"));
      break;
    case Role::kSubfield:
      BeginSubfield("");
      subfields_.back().text = text;
      field_.odd = true;
      break;
    default:
      if (field_open_) {
        field_.odd = true;
      } else {
        Odd(absl::StrCat("'", Shown(text), "' stands where a part of a record should"));
      }
  }
  return true;
}

bool RecordHandler::Start(bool array) {
  if (skipped_ > 0) return ++skipped_ < kMostLevels;
  const Role role = NextRole();
  Level level;
  level.role = role;
  level.array = array;
  switch (role) {
    case Role::kRecord:
      if (array) level.role = Role::kSkipped;
      break;
    case Role::kFields:
      if (!array) level.of_field = true;
      break;
    case Role::kField:
      level.of_field = true;
      if (array) BeginField(absl::string_view());
      break;
    case Role::kBody: {
      const Level& around = levels_[depth_ - 1];
      if (around.role == Role::kBody && around.array && around.count > 1) {
        const absl::string_view tag = field_.tag;  // it is repeated
        EndField();
        BeginField(tag);
      }
      if (!array) field_.has_indicators = true;
      break;
    }
    case Role::kTagged:
      if (array && depth_ > 0 && levels_[depth_ - 1].array) {
        level.role = Role::kSkipped;
      } else if (!array) {
        BeginField(absl::string_view());
        level.of_field = true;
      }
      break;
    case Role::kSubfields:
      field_.has_subfields = true;
      break;
    case Role::kSubfield:
      if (array) {
        BeginSubfield(absl::string_view());
        level.of_subfield = true;
      }
      break;
    default:
      if (role != Role::kSkipped) {
        Odd(role == Role::kExtra ? "An array of a field goes on; an object or array is left out"
                                 : "An object or array stands where a string should");
        level.role = Role::kSkipped;
      }
  }
  if (level.role == Role::kSkipped) {
    skipped_ = 1;
    if (role == Role::kRecord || role == Role::kTagged) {
      Odd("An array stands where an object should");
    }
    return true;
  }
  if (depth_ == kMostLevels) return false;
  levels_[depth_++] = level;
  return true;
}

void RecordHandler::EndLevel(const Level& level) {
  if (level.role == Role::kField && level.array && level.count == 2) {
    field_.text = field_.indicator1;  // of two elements: a control field
    field_.has_text = true;
    field_.has_indicators = false;
  }
  if (level.of_field) EndField();
  if (level.role == Role::kRecord && level.has_marc && level.unknown > 0) {
    record_.Add(MakeFinding(
        Reason::kNotMarcShaped, Disposition::kNoted,
        absl::StrCat("The record has ", level.unknown, " members that MARC-in-JSON has not, as '",
                     Shown(level.name), "'")));
  }
}

bool RecordHandler::End() {
  if (skipped_ > 0) {
    --skipped_;
    return true;
  }
  if (depth_ > 0) EndLevel(levels_[--depth_]);
  return true;
}

void RecordHandler::NoteLargeNumbers() {
  record_.Add(MakeFinding(Reason::kNotMarcShaped, Disposition::kNoted,
                          "Numbers stand in the record that are too large for one; their digits "
                          "are taken"));
}

void RecordHandler::Finish() {
  while (depth_ > 0) EndLevel(levels_[--depth_]);
  EndField();
  if (!content_.empty()) {
    Odd(absl::StrCat("A record in a string is left out: '", Shown(content_), "'"));
  }
  if (!has_fields_) NoteNoFields(options_, &record_);
}

}  // namespace marcd::json
