#include "core/source/archive_source.h"

#include <optional>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "core/base/status.h"

namespace marcd {

absl::StatusOr<std::unique_ptr<ArchiveSource>> ArchiveSource::Create(
    std::unique_ptr<ArchiveReader> reader, const std::string& path, const std::string& member,
    Keep keep, uint64_t start_offset, const ForwardSourceOptions& options) {
  while (true) {
    MARCD_ASSIGN_OR_RETURN(const std::optional<ArchiveMember> found, reader->Next());
    if (!found.has_value()) {
      return MakeError(absl::StatusCode::kNotFound, "MEMBER_UNKNOWN",
                       absl::StrCat("the archive ", path, " has no member ", member),
                       {{"path", path}, {"member", member}});
    }
    if (found->name == member) break;
  }
  return absl::WrapUnique(new ArchiveSource(std::move(reader),
                                            absl::StrCat(path, " (", member, ")"), std::move(keep),
                                            start_offset, options));
}

ArchiveSource::ArchiveSource(std::unique_ptr<ArchiveReader> reader, std::string holder, Keep keep,
                             uint64_t start_offset, const ForwardSourceOptions& options)
    : ForwardSource(std::move(holder), start_offset, options),
      reader_(std::move(reader)),
      keep_(std::move(keep)) {}

absl::StatusOr<size_t> ArchiveSource::Read(char* to, size_t size) {
  if (reader_ == nullptr) return 0;
  MARCD_ASSIGN_OR_RETURN(const size_t given, reader_->Read(to, size));
  // Before whoever reads can know that this is the end: it may ask for the next member at once.
  if (given == 0) keep_(std::move(reader_));
  return given;
}

}  // namespace marcd
