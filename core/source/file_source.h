// A source over a regular file, read with pread.
//
// Never mmap: a file that is truncated under a reader is then an error, not a
// signal. The read goes to the size that the file had when its identity was
// taken, and no further; a change meanwhile is noticed:
//
//   the file is now     the read
//   shorter             fails
//   of the same size,
//   modified later      fails
//   longer              goes on; at its end the identity's checksums are
//                       compared, and it fails if they are others
//   renamed, removed,
//   replaced by name    goes on: the open file is as it was
//
// Memory: at most `max_window_bytes` a source, beside the earlier buffers that
// callers hold. Starts no threads; asks the kernel to read ahead.
#ifndef MARCD_CORE_SOURCE_FILE_SOURCE_H_
#define MARCD_CORE_SOURCE_FILE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/source/file_identity.h"
#include "core/source/source.h"
#include "core/source/unique_fd.h"

namespace marcd {

struct FileSourceOptions {
  // The first read is small, so that the first record comes soon.
  size_t first_chunk_bytes = 64 << 10;
  // Later reads; doubled for as long as the window does not move. About a block: it is still in
  // the processor's cache when it is decoded (1 MiB took a tenth longer).
  size_t chunk_bytes = 256 << 10;
  // The window's bound: the longest record and one chunk.
  size_t max_window_bytes = (64 << 20) + (1 << 20);
};

class FileSource final : public Source {
 public:
  // A source over `fd`, whose identity is `identity`, from byte `start_offset`
  // to `identity.size`. `path` is for errors.
  //   OUT_OF_RANGE OFFSET_PAST_END  start_offset > identity.size.
  static absl::StatusOr<std::unique_ptr<FileSource>> Create(UniqueFd fd, std::string path,
                                                            const FileIdentity& identity,
                                                            uint64_t start_offset = 0,
                                                            const FileSourceOptions& options = {});

  //   DATA_LOSS READ_FAILED             the system could not read.
  //   FAILED_PRECONDITION FILE_CHANGED  as above.
  //   RESOURCE_EXHAUSTED WINDOW_FULL    max_window_bytes are there, none consumed.
  // Each with metadata path and offset.
  absl::Status Fill() override;

  // When the whole of what Fill() would read is in the page cache.
  absl::StatusOr<bool> FillAtOnce() override;

 private:
  FileSource(UniqueFd fd, std::string path, const FileIdentity& identity, uint64_t start_offset,
             const FileSourceOptions& options);

  // What the next read asks for, behind the window's bytes in a new buffer.
  struct Chunk {
    std::shared_ptr<char[]> data;
    size_t kept;    // bytes of the window
    size_t size;    // bytes to be read behind them
    uint64_t from;  // where in the file
  };

  size_t ChunkSize() const;
  absl::StatusOr<Chunk> NextChunk() const;
  absl::Status Take(Chunk chunk);
  absl::Status CheckUnchanged(uint64_t read_to);

  const UniqueFd fd_;
  const std::string path_;
  const FileIdentity identity_;
  const FileSourceOptions options_;
  // How much the last read could ask for; 0 before the first.
  size_t chunk_ = 0;
  // offset() after the last Fill().
  uint64_t filled_at_ = 0;
  // Whether the file was ever seen longer than its identity says.
  bool grew_ = false;
  // Whether the file system knows how to read without waiting.
  bool can_read_at_once_ = true;
};

}  // namespace marcd

#endif  // MARCD_CORE_SOURCE_FILE_SOURCE_H_
