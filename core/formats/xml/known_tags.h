// Start tags that have been read before: a file of a million records has a few hundred.
#ifndef MARCD_CORE_FORMATS_XML_KNOWN_TAGS_H_
#define MARCD_CORE_FORMATS_XML_KNOWN_TAGS_H_

#include <array>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"
#include "core/formats/xml/element.h"

namespace marcd::xml {

// What a tag says, by its very bytes. Not thread-safe: each thread has one.
class KnownTags {
 public:
  struct Tag {
    const Dialect* dialect = nullptr;
    size_t size = 0;
    char bytes[48];
    // Without its prefix; it and the element's texts point into `bytes`.
    absl::string_view local_name;
    size_t name_size = 0;  // with the prefix
    Element element;
  };

  // Tags of other lengths are not kept.
  static bool Fits(absl::string_view tag) {
    return tag.size() >= 8 && tag.size() <= sizeof Tag::bytes;
  }

  // What is known of a tag that fits, or null.
  const Tag* Find(const Dialect* dialect, absl::string_view tag) const {
    const Tag& known = tags_[SlotOf(tag)];
    const bool same = known.size == tag.size() && known.dialect == dialect &&
                      std::memcmp(known.bytes, tag.data(), tag.size()) == 0;
    return same ? &known : nullptr;
  }

  // Keeps a tag that fits. The texts lie in `tag`, or are empty.
  void Keep(const Dialect* dialect, absl::string_view tag, absl::string_view name,
            absl::string_view local_name, const Element& element) {
    Tag& known = tags_[SlotOf(tag)];
    known.dialect = dialect;
    known.size = tag.size();
    std::memcpy(known.bytes, tag.data(), tag.size());
    const auto moved = [&](absl::string_view text) {
      return text.empty()
                 ? absl::string_view()
                 : absl::string_view(known.bytes + (text.data() - tag.data()), text.size());
    };
    known.local_name = moved(local_name);
    known.name_size = name.size();
    known.element = element;
    known.element.value = moved(element.value);
    known.element.indicator1 = moved(element.indicator1);
    known.element.indicator2 = moved(element.indicator2);
    known.element.unknown_attribute = moved(element.unknown_attribute);
  }

 private:
  static constexpr int kSlotBits = 9;

  // Tags differ in their last bytes: a code, a tag, indicators.
  static size_t SlotOf(absl::string_view tag) {
    uint64_t last, before;
    std::memcpy(&last, tag.data() + tag.size() - 8, 8);
    std::memcpy(&before, tag.data() + (tag.size() < 24 ? 0 : tag.size() - 24), 8);
    uint64_t middle;
    std::memcpy(&middle, tag.data() + (tag.size() < 16 ? 0 : tag.size() - 16), 8);
    const uint64_t mixed =
        (last ^ (before << 7 | before >> 57) ^ (middle << 23 | middle >> 41)) * 0x9E3779B97F4A7C15;
    return mixed >> (64 - kSlotBits);
  }

  std::array<Tag, size_t{1} << kSlotBits> tags_;
};

}  // namespace marcd::xml

#endif  // MARCD_CORE_FORMATS_XML_KNOWN_TAGS_H_
