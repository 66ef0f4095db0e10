#include "core/record/leader_values.h"

#include <array>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/record/frame.h"

namespace marcd {
namespace {

// What each position of a kind of record may hold; what the kinds have in common
// is in CommonValues(). Obsolete values are among them: they were right when the
// record was written.
struct Kind {
  const char* name;
  const char* values_05;
  const char* types;  // leader/06
  const char *values_07, *values_08, *values_17, *values_18, *values_19;
};

constexpr Kind kKinds[] = {
    {"bibliographic", "acdnp", "abcdefgijkmnoprt", "abcdims", " a", " 12345678uzIJKLM", " acinu",
     " abcr"},
    {"authority", "acdnosx", "z", " ", " ", "no", " ciu", " "},
    {"holdings", "cdn", "uvxy", " ", " ", "12345muz", " in", " "},
    {"classification", "acdn", "w", " ", " ", "no", " ", " "},
    {"community", "cdn", "q", "nopqegs", " ", " ", " ", " "},
};
constexpr size_t kKindCount = sizeof kKinds / sizeof kKinds[0];

constexpr const char* ValuesAt(const Kind& kind, size_t at) {
  switch (at) {
    case 5:
      return kind.values_05;
    case 6:
      return kind.types;
    case 7:
      return kind.values_07;
    case 8:
      return kind.values_08;
    case 9:
      return " a";
    case 10:
    case 11:
      return "2";
    case 17:
      return kind.values_17;
    case 18:
      return kind.values_18;
    case 19:
      return kind.values_19;
    case 20:
      return "4";
    case 21:
      return "5";
    case 22:
    case 23:
      return "0";
    default:
      return nullptr;  // the lengths: any
  }
}

constexpr bool Holds(const char* values, char c) {
  if (values == nullptr) return true;
  for (; *values != '\0'; ++values) {
    if (*values == c) return true;
  }
  return false;
}

// For each position and byte, the kinds of record that may have it there: bit i is
// kKinds[i]'s. A leader is looked up for every record that is read.
using Table = std::array<std::array<uint8_t, 256>, kLeaderSize>;

Table MakeTable() {
  Table table{};
  for (size_t at = 0; at < kLeaderSize; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      for (size_t kind = 0; kind < kKindCount; ++kind) {
        const bool holds = Holds(ValuesAt(kKinds[kind], at), static_cast<char>(byte));
        table[at][byte] |= static_cast<uint8_t>(holds ? 1 << kind : 0);
      }
    }
  }
  return table;
}

const Kind& KindOf(char type) {
  for (const Kind& kind : kKinds) {
    if (Holds(kind.types, type)) return kind;
  }
  return kKinds[0];
}

}  // namespace

bool HasDefinedValues(absl::string_view leader) {
  static const Table& table = *new Table(MakeTable());
  uint8_t kinds = 0xFF;
  for (size_t at = 0; at < kLeaderSize; ++at) {
    kinds &= table[at][static_cast<uint8_t>(leader[at])];
  }
  return kinds != 0;
}

std::string DescribeLeaderValues(absl::string_view leader) {
  const Kind& kind = KindOf(leader[6]);
  std::string text;
  for (size_t at = 0; at < kLeaderSize; ++at) {
    const char* const values = ValuesAt(kind, at);
    if (Holds(values, leader[at])) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", at < 10 ? "0" : "", at, " is '",
                    EscapeBytes(leader.substr(at, 1)), "' (", kind.name, ": '", values, "')");
  }
  return text;
}

}  // namespace marcd
