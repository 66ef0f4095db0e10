// What tests ask of a status.
#ifndef MARCD_TESTS_CORE_SOURCE_VERDICT_H_
#define MARCD_TESTS_CORE_SOURCE_VERDICT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/base/status.h"

namespace marcd {

// "CODE REASON", or "OK": one line to compare.
inline std::string Verdict(const absl::Status& status) {
  if (status.ok()) return "OK";
  return absl::StrCat(absl::StatusCodeToString(status.code()), " ", ErrorReason(status));
}

// The metadata under `key`, or "(none)".
inline std::string MetadataOf(const absl::Status& status, const std::string& key) {
  for (const auto& [name, value] : GetErrorMetadata(status)) {
    if (name == key) return value;
  }
  return "(none)";
}

}  // namespace marcd

#endif  // MARCD_TESTS_CORE_SOURCE_VERDICT_H_
