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
#include "core/source/forward_source.h"
#include "core/source/source.h"

namespace marcd {

// Fill() fails, beside ForwardSource's errors and those of the compressed source, with
//   DATA_LOSS COMPRESSION_DAMAGED           metadata path, offset (of the compressed bytes).
//   DATA_LOSS COMPRESSION_CUT               it ends inside a member.
//   DATA_LOSS COMPRESSION_TRAILING          what follows a member is none.
//   RESOURCE_EXHAUSTED COMPRESSION_MEMORY   it wants more memory than is allowed.
class CompressedSource final : public ForwardSource {
 public:
  // A source over what `compressed` holds from its beginning, at which it stands, of which the
  // first `start_offset` bytes are passed over: in as much time as it takes to decompress them.
  // `path` is for errors.
  //   RESOURCE_EXHAUSTED NO_MEMORY  the library gets none.
  static absl::StatusOr<std::unique_ptr<CompressedSource>> Create(
      std::unique_ptr<Source> compressed, const Compression& compression, std::string path,
      uint64_t start_offset = 0, const ForwardSourceOptions& options = {});

 private:
  CompressedSource(std::unique_ptr<Source> compressed, const Compression& compression,
                   std::unique_ptr<Decompressor> decompressor, std::string path,
                   uint64_t start_offset, const ForwardSourceOptions& options);

  absl::StatusOr<size_t> Read(char* to, size_t size) override;
  // Passes over what lies before the first member or between two; whether there is one.
  absl::StatusOr<bool> FindMember();
  absl::Status Fault(absl::StatusCode code, absl::string_view reason, absl::string_view what) const;

  const std::unique_ptr<Source> compressed_;
  const Compression& compression_;
  const std::unique_ptr<Decompressor> decompressor_;
  // Whether the decompressor is in the midst of a member.
  bool in_member_ = false;
  bool first_member_ = true;
  // What is wrong behind the bytes that have been decompressed.
  absl::Status fault_;
};

}  // namespace marcd

#endif  // MARCD_CORE_SOURCE_COMPRESSED_SOURCE_H_
