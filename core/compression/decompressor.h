// Compressed bytes → the bytes that were compressed: gzip, zstd, xz and bzip2, by the libraries
// that wrote the formats.
//
// A compressed file is one member or several end to end; what it holds is their contents, end to
// end (RFC 1952, 2.2; RFC 8878, 3; xz format 1.1.0, 2; bzip2's manual, 1).
#ifndef MARCD_CORE_COMPRESSION_DECOMPRESSOR_H_
#define MARCD_CORE_COMPRESSION_DECOMPRESSOR_H_

#include <cstddef>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/compression/compressor.h"

namespace marcd {

// Not thread-safe. Its memory is bounded, whatever the bytes say.
class Decompressor {
 public:
  struct Step {
    size_t taken = 0;    // from the front of the input
    size_t given = 0;    // to the front of the output
    bool ended = false;  // the member is complete
    // What is wrong behind the bytes that were given: DATA_LOSS, or RESOURCE_EXHAUSTED of bytes
    // that want more memory than is allowed. The decompressor is then to be dropped.
    absl::Status fault = absl::OkStatus();
  };

  virtual ~Decompressor() = default;

  // Goes on until `in` or `out` is used up, or the member ends; then Begin() is to be called. When
  // nothing is taken and nothing given, more of either is wanted.
  virtual Step Run(absl::string_view in, absl::Span<char> out) = 0;

  // Makes it ready for another member.
  virtual absl::Status Begin() = 0;
};

// One of the formats.
struct Compression {
  // As its program is called.
  absl::string_view name;
  // The suffix of its files, with the dot.
  absl::string_view suffix;
  // Whether a member begins so. Of fewer than kMemberHeadBytes: of one that ends there.
  bool (*begins)(absl::string_view head);
  // Ready for the first member; null when there is no memory for it.
  std::unique_ptr<Decompressor> (*make)();
  // Ready to write; null when there is no memory for it.
  std::unique_ptr<Compressor> (*make_compressor)();
};

// As many bytes as it takes to tell.
constexpr size_t kMemberHeadBytes = 6;

// The compression of bytes that begin with `head`; null for others.
const Compression* FindCompression(absl::string_view head);

// The compression of that name; null if there is none.
const Compression* FindCompressionByName(absl::string_view name);

// The compression that a file called `name` is to have by its suffix, in letters of either size;
// null if none.
const Compression* FindCompressionBySuffix(absl::string_view name);

}  // namespace marcd

#endif  // MARCD_CORE_COMPRESSION_DECOMPRESSOR_H_
