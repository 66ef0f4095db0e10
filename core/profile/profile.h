// What the records of a source look like, as counts: their fields, encodings,
// leaders and sizes. Only delivered records are counted, as they are delivered.
//
// Memory is bounded, some 10 MB at worst (see tag_table.h). It does not matter in
// which order records are counted, nor into which of several profiles that are
// merged at last: so each thread may have its own. Not thread-safe.
#ifndef MARCD_CORE_PROFILE_PROFILE_H_
#define MARCD_CORE_PROFILE_PROFILE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "core/batch/batch.h"
#include "core/profile/distribution.h"
#include "core/profile/tag_table.h"

namespace marcd {

class Profile {
 public:
  // The places in the leader whose values are counted: record status, type of record,
  // bibliographic level, type of control, character coding scheme, encoding level,
  // cataloguing form, multipart level.
  static constexpr std::array<size_t, 8> kLeaderPlaces = {5, 6, 7, 8, 9, 17, 18, 19};

  // What records are written in: what was found where it is not what leader/09 says,
  // else by what that says.
  struct Encodings {
    // Nothing but ASCII: any encoding would do.
    uint64_t ascii = 0;
    // As declared, and leader/09 says UTF-8; something else.
    uint64_t declared_utf8 = 0;
    uint64_t declared_other = 0;
    // By the name that was found.
    std::map<std::string, uint64_t> misdeclared;
  };

  // Counts the records of a batch that DecodeBlock() has made.
  void Add(const Batch& batch);

  void Merge(const Profile& other);

  uint64_t records() const { return lengths_.count; }
  const TagTable& tags() const { return tags_; }
  const Encodings& encodings() const { return encodings_; }
  // How often kLeaderPlaces[place] has each value, an ASCII character.
  const std::array<uint64_t, 128>& leader_values(size_t place) const {
    return leader_values_[place];
  }
  // In bytes of the source.
  const Distribution& lengths() const { return lengths_; }
  const Distribution& fields() const { return fields_; }

 private:
  void AddLeader(const char* leader);
  // Counts a frame's fields; whether they are all ASCII. What lies between the frame
  // and `readable_end` can be read.
  bool AddFields(absl::string_view frame, const char* readable_end);

  TagTable tags_;
  Encodings encodings_;
  std::array<std::array<uint64_t, 128>, kLeaderPlaces.size()> leader_values_{};
  Distribution lengths_;
  Distribution fields_;
};

}  // namespace marcd

#endif  // MARCD_CORE_PROFILE_PROFILE_H_
