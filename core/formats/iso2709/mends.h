// The findings of one record that is being mended: one for each reason.
#ifndef MARCD_CORE_FORMATS_ISO2709_MENDS_H_
#define MARCD_CORE_FORMATS_ISO2709_MENDS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/diagnostics/diagnostic.h"

namespace marcd::iso2709 {

// A record in which everything is wrong must not have a finding for every byte:
// of each reason the first stands for all, and says how many more there were.
class Mends {
 public:
  void Add(Reason reason, absl::string_view tag, absl::string_view message) {
    Finding finding = MakeFinding(reason, Disposition::kRepaired, std::string(message));
    finding.tag = std::string(tag);
    Add(std::move(finding));
  }

  void Add(Finding finding) {
    for (auto& [first, count] : findings_) {
      if (first.reason != finding.reason) continue;
      ++count;
      return;
    }
    finding.disposition = Disposition::kRepaired;
    findings_.emplace_back(std::move(finding), 1);
  }

  bool empty() const { return findings_.empty(); }

  void MoveTo(std::vector<Finding>* findings) {
    for (auto& [finding, count] : findings_) {
      if (count > 1) absl::StrAppend(&finding.message, " (and ", count - 1, " more like it)");
      finding.variables.emplace_back("count", absl::StrCat(count));
      findings->push_back(std::move(finding));
    }
    findings_.clear();
  }

 private:
  std::vector<std::pair<Finding, size_t>> findings_;
};

}  // namespace marcd::iso2709

#endif  // MARCD_CORE_FORMATS_ISO2709_MENDS_H_
