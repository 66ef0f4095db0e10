// Prints docs/diagnostics.md from the table of reasons.
#include <cstdio>

#include "core/diagnostics/reason.h"

namespace {

void PrintTable(bool of_gap) {
  std::puts("| reason | what was found | what to do |\n|---|---|---|");
  for (const marcd::ReasonRow& row : marcd::AllReasons()) {
    if (row.of_gap != of_gap) continue;
    std::printf("| `%.*s` | %.*s | %.*s |\n", static_cast<int>(row.name.size()), row.name.data(),
                static_cast<int>(row.what.size()), row.what.data(),
                static_cast<int>(row.advice.size()), row.advice.data());
  }
}

}  // namespace

int main() {
  std::puts(
      "# Diagnostics\n\n"
      "What can be said of a record, or of bytes that belong to none. This page is made from\n"
      "the table in `core/diagnostics/reason.cc` by\n"
      "`bazel run //core/diagnostics:reasons_page > docs/diagnostics.md`.\n\n"
      "A diagnostic names its reason, what was done (NOTED: delivered as it stands; REPAIRED:\n"
      "delivered, and mended where it says; SKIPPED: not delivered), the record's ordinal,\n"
      "offset and length, the tag where one field is at fault, and a sentence. A gap is bytes\n"
      "of no record, with offset, length and reason. The lengths of all records, skipped ones\n"
      "included, and of all gaps add up to the size of the source.\n\n"
      "In the mode STRICT the first diagnostic of a damaged record ends the stream with\n"
      "DATA_LOSS and the reason in `google.rpc.ErrorInfo`.\n\n"
      "## Of records\n");
  PrintTable(false);
  std::puts("\n## Of gaps\n");
  PrintTable(true);
  return 0;
}
