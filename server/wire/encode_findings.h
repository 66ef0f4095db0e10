// Diagnostic, Gap → their messages.
#ifndef MARCD_SERVER_WIRE_ENCODE_FINDINGS_H_
#define MARCD_SERVER_WIRE_ENCODE_FINDINGS_H_

#include "core/diagnostics/diagnostic.h"
#include "marcd/v1/batch.pb.h"

namespace marcd {

void SetDiagnostic(const Diagnostic& from, v1::Diagnostic* to);
void SetGap(const Gap& from, v1::Gap* to);

}  // namespace marcd

#endif  // MARCD_SERVER_WIRE_ENCODE_FINDINGS_H_
