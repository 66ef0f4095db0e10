// Account and profile → Report.
#ifndef MARCD_SERVER_WIRE_ENCODE_REPORT_H_
#define MARCD_SERVER_WIRE_ENCODE_REPORT_H_

#include "core/profile/account.h"
#include "core/profile/profile.h"
#include "core/text/text_options.h"
#include "marcd/v1/report.pb.h"

namespace marcd {

// What `account` and `profile` say; the report's offsets and ordinals are the caller's
// to set. `text` is how the records were decoded: it names the encodings declared.
void SetReport(const Account& account, const Profile& profile, const TextOptions& text,
               v1::Report* to);

}  // namespace marcd

#endif  // MARCD_SERVER_WIRE_ENCODE_REPORT_H_
