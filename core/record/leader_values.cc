#include "core/record/leader_values.h"

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/record/frame.h"

namespace marcd {
namespace {

// What each position may hold. The last ones are the same for all types.
struct Kind {
  absl::string_view name;
  absl::string_view types;  // leader/06
  absl::string_view status, level, control, encoding, position17, position18, position19;
};

constexpr absl::string_view kBlank = " ";

// Obsolete values are among them: they were right when the record was written.
constexpr Kind kKinds[] = {
    {"bibliographic", "abcdefgijkmnoprt", "acdnp", "abcdims", " a", " a", " 12345678uzIJKLM",
     " acinu", " abcr"},
    {"authority", "z", "acdnosx", kBlank, kBlank, " a", "no", " ciu", kBlank},
    {"holdings", "uvxy", "cdn", kBlank, kBlank, " a", "12345muz", " in", kBlank},
    {"classification", "w", "acdn", kBlank, kBlank, " a", "no", kBlank, kBlank},
    {"community", "q", "cdn", "nopqegs", kBlank, " a", kBlank, kBlank, kBlank},
};

const Kind& KindOf(char type) {
  for (const Kind& kind : kKinds) {
    if (kind.types.find(type) != absl::string_view::npos) return kind;
  }
  return kKinds[0];
}

struct Position {
  size_t at;
  absl::string_view values;
};

// Calls `use` with each position whose value is not among the defined ones, until
// it returns false.
template <typename Use>
void ForEachUndefined(absl::string_view leader, Use use) {
  const Kind& kind = KindOf(leader[6]);
  const Position positions[] = {
      {5, kind.status},
      {6, kind.types},
      {7, kind.level},
      {8, kind.control},
      {9, kind.encoding},
      {10, "2"},
      {11, "2"},
      {17, kind.position17},
      {18, kind.position18},
      {19, kind.position19},
      {20, "4"},
      {21, "5"},
      {22, "0"},
      {23, "0"},
  };
  for (const Position& position : positions) {
    if (position.values.find(leader[position.at]) != absl::string_view::npos) continue;
    if (!use(kind, position)) return;
  }
}

}  // namespace

bool HasDefinedValues(absl::string_view leader) {
  bool defined = true;
  ForEachUndefined(leader, [&](const Kind&, const Position&) { return defined = false; });
  return defined;
}

std::string DescribeLeaderValues(absl::string_view leader) {
  std::string text;
  ForEachUndefined(leader, [&](const Kind& kind, const Position& position) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", position.at < 10 ? "0" : "", position.at,
                    " is '", EscapeBytes(leader.substr(position.at, 1)), "' (", kind.name, ": '",
                    position.values, "')");
    return true;
  });
  return text;
}

}  // namespace marcd
