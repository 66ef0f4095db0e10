#include "core/source/memory_source.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"

namespace marcd {

MemorySource::MemorySource(SharedBytes bytes, uint64_t base_offset, bool last) {
  buffer_ = std::move(bytes);
  offset_ = base_offset;
  at_end_ = last;
}

absl::Status MemorySource::Fill() {
  if (at_end_) return absl::OkStatus();
  const std::string end = absl::StrCat(offset_ + window().size());
  return MakeError(
      absl::StatusCode::kOutOfRange, "MORE_BYTES_NEEDED",
      absl::StrCat("the bytes given end at byte ", end, ", inside a record; send them from byte ",
                   offset_, " again, with more"),
      {{"offset", absl::StrCat(offset_)}});
}

}  // namespace marcd
