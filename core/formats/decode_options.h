// How records are decoded, whatever their format.
#ifndef MARCD_CORE_FORMATS_DECODE_OPTIONS_H_
#define MARCD_CORE_FORMATS_DECODE_OPTIONS_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "core/text/text_options.h"

namespace marcd {

struct DecodeOptions {
  TextOptions text;
  // The largest sum of a record's payloads, in bytes.
  size_t max_payload = 64 * 1024 * 1024;
  // What can be said of a record that is delivered as it stands is said. (That its
  // encoding is not the one declared is always said.)
  bool notes = false;
  // The frame of a mended record carries its source bytes.
  bool with_source = false;
  // What Format::context made of the source's head; of a format that has none, empty.
  absl::string_view context;
};

}  // namespace marcd

#endif  // MARCD_CORE_FORMATS_DECODE_OPTIONS_H_
