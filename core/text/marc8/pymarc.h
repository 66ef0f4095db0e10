// MARC-8 as pymarc 5.4 reads it.
#ifndef MARCD_CORE_TEXT_MARC8_PYMARC_H_
#define MARCD_CORE_TEXT_MARC8_PYMARC_H_

#include <string>

#include "absl/strings/string_view.h"
#include "core/text/text_faults.h"

namespace marcd {

// Appends what pymarc 5.4's marc8_to_unicode() makes of `text` to `out`, before
// normalisation. Stops at the first fault: where pymarc would write to stderr, raise,
// or drop something (a control character, marks without a base, an ESC).
// Thread-safe.
//
// Unlike MARC-8, it knows a set only on the side where the code tables give it (basic
// ones in G0, extended ones in G1), has no blank in any set but ASCII, takes EACC in G0
// as three bytes whatever they are, does not know ANSEL's `!E`, and takes any set's
// final byte right behind ESC.
TextFaults DecodeMarc8AsPymarc(absl::string_view text, std::string* out);

}  // namespace marcd

#endif  // MARCD_CORE_TEXT_MARC8_PYMARC_H_
