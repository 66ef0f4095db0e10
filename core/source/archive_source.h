// A source over one member of an archive: offsets are those of the member's bytes.
#ifndef MARCD_CORE_SOURCE_ARCHIVE_SOURCE_H_
#define MARCD_CORE_SOURCE_ARCHIVE_SOURCE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/source/archive.h"
#include "core/source/forward_source.h"

namespace marcd {

// Fill() fails, beside ForwardSource's errors, with ArchiveReader's.
class ArchiveSource final : public ForwardSource {
 public:
  using Keep = std::function<void(std::unique_ptr<ArchiveReader>)>;

  // A source over the member of that name, looked for from where `reader` is. Takes as long as
  // it takes to read all before it. `path` is the archive's, for errors. At the member's end,
  // which may be on any thread that calls Fill(), `keep` is given the reader.
  //   NOT_FOUND MEMBER_UNKNOWN   metadata path, member.
  static absl::StatusOr<std::unique_ptr<ArchiveSource>> Create(
      std::unique_ptr<ArchiveReader> reader, const std::string& path, const std::string& member,
      Keep keep, uint64_t start_offset = 0, const ForwardSourceOptions& options = {});

 private:
  ArchiveSource(std::unique_ptr<ArchiveReader> reader, std::string holder, Keep keep,
                uint64_t start_offset, const ForwardSourceOptions& options);

  absl::StatusOr<size_t> Read(char* to, size_t size) override;

  // Null behind the member's end.
  std::unique_ptr<ArchiveReader> reader_;
  const Keep keep_;
};

}  // namespace marcd

#endif  // MARCD_CORE_SOURCE_ARCHIVE_SOURCE_H_
