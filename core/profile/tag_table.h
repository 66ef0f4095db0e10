// Which fields there are: for each tag how often it occurs, with which indicators
// and which subfield codes.
//
// Bounded: the thousand tags of three digits have a place each; of others the first
// thousand in the order of their bytes do, and the fields of the rest are counted
// together. So which tags have a place depends on what was counted, never on the
// order, and tables merge into what one table over all would be.
//
// A table takes some 5 KB for each tag. Not thread-safe.
#ifndef MARCD_CORE_PROFILE_TAG_TABLE_H_
#define MARCD_CORE_PROFILE_TAG_TABLE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/record/frame.h"

namespace marcd {

// Subfield codes and indicators are printable ASCII: 0x20 to 0x7E.
constexpr size_t kCharacters = 0x7F - 0x20;

// How often one subfield code occurs.
struct CodeTally {
  uint64_t occurrences = 0;
  uint64_t records = 0;
  uint64_t last_record = 0;  // the number of the last one counted
};

// How often one tag occurs. `indicators` and `codes` are indexed by the character
// less 0x20; the element behind the last counts what is none.
struct TagTally {
  uint64_t occurrences = 0;
  uint64_t records = 0;
  uint64_t last_record = 0;
  std::array<std::array<uint64_t, kCharacters + 1>, 2> indicators{};
  std::array<CodeTally, kCharacters + 1> codes{};

  static size_t Index(char c) {
    return std::min<size_t>(static_cast<unsigned char>(c - 0x20), kCharacters);
  }

  // Counts an occurrence in the record of that number, which is not 0 and not
  // smaller than the last one.
  void AddField(uint64_t record) {
    ++occurrences;
    records += last_record != record;
    last_record = record;
  }

  void AddCode(char code, uint64_t record) {
    CodeTally& tally = codes[Index(code)];
    ++tally.occurrences;
    tally.records += tally.last_record != record;
    tally.last_record = record;
  }

  void Merge(const TagTally& other);
};

class TagTable {
 public:
  static constexpr size_t kDigitTags = 1000;
  static constexpr size_t kMaxOtherTags = 1000;

  // What counts the fields under `tag`, three bytes; valid until the next call.
  TagTally& Find(const char* tag) {
    const unsigned a = tag[0] - '0', b = tag[1] - '0', c = tag[2] - '0';
    if (a > 9 || b > 9 || c > 9) return FindOther(tag);
    std::unique_ptr<TagTally>& tally = digit_tags_[100 * a + 10 * b + c];
    if (tally == nullptr) tally = std::make_unique<TagTally>();
    return *tally;
  }

  void Merge(const TagTable& other);

  // Calls `use(tag, tally)` for each tag that has a place: those of three digits,
  // then the others, each in order.
  template <typename Use>
  void ForEach(Use use) const {
    for (size_t i = 0; i < kDigitTags; ++i) {
      if (digit_tags_[i] == nullptr) continue;
      const char tag[kTagSize] = {static_cast<char>('0' + i / 100),
                                  static_cast<char>('0' + i / 10 % 10),
                                  static_cast<char>('0' + i % 10)};
      use(absl::string_view(tag, kTagSize), *digit_tags_[i]);
    }
    for (const auto& [tag, tally] : other_tags_) {
      use(absl::string_view(tag.data(), kTagSize), tally);
    }
  }

  // How many fields have a tag without a place.
  uint64_t unplaced_fields() const { return unplaced_.occurrences; }

 private:
  using Tag = std::array<char, kTagSize>;

  TagTally& FindOther(const char* tag);

  std::vector<std::unique_ptr<TagTally>> digit_tags_{kDigitTags};
  std::map<Tag, TagTally> other_tags_;
  TagTally unplaced_;
};

}  // namespace marcd

#endif  // MARCD_CORE_PROFILE_TAG_TABLE_H_
