// The files that are written before they are published: their names, and what becomes of those
// that a dead process left.
#ifndef MARCD_CORE_SINK_TEMPORARY_H_
#define MARCD_CORE_SINK_TEMPORARY_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "core/sink/file_ops.h"

namespace marcd {

// `.<target>.<16 hexadecimal digits>.marcd-tmp`: the target's name is cut, between two characters
// of UTF-8, where the whole would be longer than a file system allows (255 bytes).
std::string TemporaryName(absl::string_view target, uint64_t number);

// Whether `name` is made so.
bool IsTemporaryName(absl::string_view name);

// Removes the temporaries in the directory open at `directory` that no live writer holds locked;
// looks at no more than 10,000 names. How many it removed. What cannot be removed stays.
size_t SweepDirectory(int directory, FileOps* ops);

// The same of one temporary. Whether it was removed.
bool SweepTemporary(int directory, const std::string& name, FileOps* ops);

}  // namespace marcd

#endif  // MARCD_CORE_SINK_TEMPORARY_H_
