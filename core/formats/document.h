// What stands in a file around its records.
#ifndef MARCD_CORE_FORMATS_DOCUMENT_H_
#define MARCD_CORE_FORMATS_DOCUMENT_H_

#include "absl/strings/string_view.h"

namespace marcd {

// What stands in a file around its records and between two of them.
struct Document {
  absl::string_view begin;
  absl::string_view between;
  absl::string_view end;
};

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_DOCUMENT_H_
