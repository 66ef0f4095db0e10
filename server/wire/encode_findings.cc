#include "server/wire/encode_findings.h"

#include <string>

namespace marcd {

void SetDiagnostic(const Diagnostic& from, v1::Diagnostic* to) {
  const Finding& finding = from.finding;
  to->set_reason(std::string(RowOf(finding.reason).name));
  to->set_disposition(static_cast<v1::Disposition>(finding.disposition));
  to->set_index(from.index);
  to->set_ordinal(from.ordinal);
  to->set_offset(from.offset);
  to->set_length(from.length);
  to->set_tag(finding.tag);
  to->set_message(finding.message);
  for (const auto& [name, value] : finding.variables) (*to->mutable_variables())[name] = value;
  to->set_source(from.source);
}

void SetGap(const Gap& from, v1::Gap* to) {
  to->set_offset(from.offset);
  to->set_length(from.length);
  to->set_reason(std::string(RowOf(from.reason).name));
  to->set_message(MessageOf(from));
}

}  // namespace marcd
