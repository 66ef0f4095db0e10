#include "core/compression/decompressor.h"

#include "absl/strings/match.h"
#include "core/compression/bzip2.h"
#include "core/compression/gzip.h"
#include "core/compression/xz.h"
#include "core/compression/zstd.h"

namespace marcd {
namespace {

// RFC 1952, 2.3.1: the identification, and deflate, which is its only method.
bool BeginsGzip(absl::string_view head) { return absl::StartsWith(head, "\x1f\x8b\x08"); }

// RFC 8878, 3.1.1 and 3.1.2: a frame, or one of the sixteen kinds that are to be skipped, as a
// table to seek by.
bool BeginsZstd(absl::string_view head) {
  const bool skipped =
      head.size() >= 4 && (head[0] & 0xF0) == 0x50 && head.substr(1, 3) == "\x2a\x4d\x18";
  return skipped || absl::StartsWith(head, "\x28\xb5\x2f\xfd");
}

// The .xz file format 1.1.0, 2.1.1.1.
bool BeginsXz(absl::string_view head) {
  return absl::StartsWith(head, absl::string_view("\xfd\x37zXZ\0", 6));
}

// Its three bytes and the size of its blocks, 1 to 9.
bool BeginsBzip2(absl::string_view head) {
  return head.size() >= 4 && absl::StartsWith(head, "BZh") && head[3] >= '1' && head[3] <= '9';
}

constexpr Compression kCompressions[] = {
    {"gzip", ".gz", BeginsGzip, MakeGunzip, MakeGzip},
    {"zstd", ".zst", BeginsZstd, MakeUnzstd, MakeZstd},
    {"xz", ".xz", BeginsXz, MakeUnxz, MakeXz},
    {"bzip2", ".bz2", BeginsBzip2, MakeBunzip2, MakeBzip2},
};

}  // namespace

const Compression* FindCompression(absl::string_view head) {
  for (const Compression& compression : kCompressions) {
    if (compression.begins(head)) return &compression;
  }
  return nullptr;
}

const Compression* FindCompressionByName(absl::string_view name) {
  for (const Compression& compression : kCompressions) {
    if (compression.name == name) return &compression;
  }
  return nullptr;
}

const Compression* FindCompressionBySuffix(absl::string_view name) {
  for (const Compression& compression : kCompressions) {
    if (absl::EndsWithIgnoreCase(name, compression.suffix)) return &compression;
  }
  return nullptr;
}

}  // namespace marcd
