// The compiled options of a read.
#ifndef MARCD_CORE_BATCH_READ_PLAN_H_
#define MARCD_CORE_BATCH_READ_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/text/text_options.h"

namespace marcd {

struct Format;  // core/formats/format.h

// What happens to a damaged record; the values are those of the API.
enum class RecoveryMode { kStrict = 1, kSkip = 2, kRepair = 3, kPymarc = 4 };

struct ReadPlan {
  // Never null once compiled; points into the table of formats.
  const Format* format = nullptr;
  // What the format made of the source's head (Format::context).
  std::string context;
  RecoveryMode mode = RecoveryMode::kRepair;
  TextOptions text;
  // Records that continue one another are joined.
  bool join_continued = false;
  // The bytes of bad records are wanted.
  bool with_source = false;
  // About how many bytes of the source one batch covers.
  size_t batch_bytes = 256 * 1024;
  // The longest record accepted, in bytes of the source and of its frame.
  size_t max_record_bytes = 64 * 1024 * 1024;
};

}  // namespace marcd

#endif  // MARCD_CORE_BATCH_READ_PLAN_H_
