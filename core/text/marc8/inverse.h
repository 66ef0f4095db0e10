// Which codes of MARC-8 stand for a character: the tables of sets.h, inverted.
#ifndef MARCD_CORE_TEXT_MARC8_INVERSE_H_
#define MARCD_CORE_TEXT_MARC8_INVERSE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace marcd {

// The sets, in the order in which one is chosen for a character that several have.
enum class Marc8SetId : uint8_t {
  kAscii,
  kAnsel,
  kCyrillic,
  kExtendedCyrillic,
  kGreek,
  kHebrew,
  kArabic,
  kExtendedArabic,
  kGreekSymbols,
  kSubscripts,
  kSuperscripts,
  kEacc,
  // Control characters below U+0080: they are in every set but EACC.
  kAny,
};

// A character's code in one set.
struct Marc8Code {
  Marc8SetId set;
  bool mark;  // comes before its base
  uint8_t size;
  char bytes[3];

  absl::string_view view() const { return {bytes, size}; }
};

// What is the same as one character in normal form C: a base that has a code, and the
// marks behind it, which have codes, too.
struct Marc8Expansion {
  char32_t base;
  std::vector<char32_t> marks;
};

// Made once, then only read. Thread-safe.
class Marc8Inverse {
 public:
  static const Marc8Inverse& Get();

  // The codes of `c`, which is in normal form C: at most one in each set.
  absl::Span<const Marc8Code> CodesOf(char32_t c) const {
    if (c >= kEnd) return {};
    const Range range = pages_[page_of_[c / kPage]][c % kPage];
    return absl::MakeConstSpan(codes_).subspan(range.begin, range.size);
  }

  // The expansion of `c`, which has no code of its own; null where there is none.
  const Marc8Expansion* ExpansionOf(char32_t c) const {
    if (c >= kExpandedEnd || expansion_of_[c] == 0) return nullptr;
    return &expansions_[expansion_of_[c] - 1];
  }

 private:
  static constexpr char32_t kEnd = 0x30000;  // all that EACC has is before it
  static constexpr char32_t kPage = 0x100;
  // What is composed with a mark that MARC-8 has is before it.
  static constexpr char32_t kExpandedEnd = 0x2000;

  struct Range {
    uint16_t begin = 0;  // in codes_
    uint16_t size = 0;
  };

  struct Row;

  Marc8Inverse();
  static std::vector<Row> CollectRows();
  void AddExpansions();

  std::vector<Marc8Code> codes_;
  std::vector<std::array<Range, kPage>> pages_;  // the first is empty
  std::array<uint16_t, kEnd / kPage> page_of_{};
  std::vector<Marc8Expansion> expansions_;
  std::array<uint16_t, kExpandedEnd> expansion_of_{};  // its place and 1
};

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_MARC8_INVERSE_H_
