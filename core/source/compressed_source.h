// A source over compressed bytes: offsets are those of the bytes that were compressed.
//
// What a damaged or cut file holds up to its fault is given; then Fill() says where the fault is.
// Members may follow each other, of one compression, with zero bytes between and behind them (tapes
// are padded so).
#ifndef MARCD_CORE_SOURCE_COMPRESSED_SOURCE_H_
#define MARCD_CORE_SOURCE_COMPRESSED_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/compression/decompressor.h"
#include "core/source/source.h"

namespace marcd {

struct CompressedSourceOptions {
  // What one Fill() adds, at most; doubled for as long as the window does not move.
  size_t chunk_bytes = 256 << 10;
  size_t max_window_bytes = (64 << 20) + (1 << 20);
};

class CompressedSource final : public Source {
 public:
  // A source over what `compressed` holds from its beginning, at which it stands, of which the
  // first `start_offset` bytes are passed over: in as much time as it takes to decompress them.
  // `path` is for errors.
  //   RESOURCE_EXHAUSTED NO_MEMORY  the library gets none.
  static absl::StatusOr<std::unique_ptr<CompressedSource>> Create(
      std::unique_ptr<Source> compressed, const Compression& compression, std::string path,
      uint64_t start_offset = 0, const CompressedSourceOptions& options = {});

  // Beside the errors of the compressed source's:
  //   DATA_LOSS COMPRESSION_DAMAGED           metadata path, offset (of the compressed bytes).
  //   DATA_LOSS COMPRESSION_CUT               it ends inside a member.
  //   DATA_LOSS COMPRESSION_TRAILING          what follows a member is none.
  //   RESOURCE_EXHAUSTED COMPRESSION_MEMORY   it wants more memory than is allowed.
  //   RESOURCE_EXHAUSTED WINDOW_FULL          max_window_bytes are there, none consumed.
  //   OUT_OF_RANGE OFFSET_PAST_END            it holds fewer bytes than were to be passed over.
  absl::Status Fill() override;

 private:
  CompressedSource(std::unique_ptr<Source> compressed, const Compression& compression,
                   std::unique_ptr<Decompressor> decompressor, std::string path,
                   uint64_t start_offset, const CompressedSourceOptions& options);

  // Writes up to as many bytes; how many, 0 at the end alone.
  absl::StatusOr<size_t> Decompress(char* to, size_t size);
  // Passes over what lies before the first member or between two; whether there is one.
  absl::StatusOr<bool> FindMember();
  absl::Status PassOver();
  size_t ChunkSize() const;
  absl::Status Fault(absl::StatusCode code, absl::string_view reason, absl::string_view what) const;

  const std::unique_ptr<Source> compressed_;
  const Compression& compression_;
  const std::unique_ptr<Decompressor> decompressor_;
  const std::string path_;
  const CompressedSourceOptions options_;
  // Still to be passed over.
  uint64_t left_out_;
  // Whether the decompressor is in the midst of a member.
  bool in_member_ = false;
  bool first_member_ = true;
  // What is wrong behind the bytes that have been decompressed.
  absl::Status fault_;
  size_t chunk_ = 0;
  uint64_t filled_at_ = 0;
};

}  // namespace marcd

#endif  // MARCD_CORE_SOURCE_COMPRESSED_SOURCE_H_
