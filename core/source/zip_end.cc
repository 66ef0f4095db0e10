#include "core/source/zip_end.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/source/read_at.h"

namespace marcd {
namespace {

// APPNOTE.TXT, 4.3.14 to 4.3.16: the end of a directory, its locator, and the end in ZIP64.
constexpr absl::string_view kEndSign("PK\x05\x06", 4);
constexpr absl::string_view kLocatorSign("PK\x06\x07", 4);
constexpr absl::string_view kEnd64Sign("PK\x06\x06", 4);
constexpr size_t kEndBytes = 22;
constexpr size_t kLocatorBytes = 20;
constexpr size_t kEnd64Bytes = 56;
constexpr size_t kMaxComment = 65535;
constexpr size_t kChunkBytes = 256 << 10;

uint64_t LoadLe64(const char* from) {
  return LoadLe32(from) | static_cast<uint64_t>(LoadLe32(from + 4)) << 32;
}

// Up to `wanted` bytes from `at` on, fewer only at the end of the file.
absl::StatusOr<std::string> Bytes(int fd, const std::string& path, uint64_t size, uint64_t at,
                                  size_t wanted) {
  const uint64_t left = size - std::min(at, size);
  std::string bytes(static_cast<size_t>(std::min<uint64_t>(wanted, left)), '\0');
  MARCD_ASSIGN_OR_RETURN(const size_t given, ReadAt(fd, path, at, bytes.size(), bytes.data()));
  bytes.resize(given);
  return bytes;
}

// Whether a directory from `begin` on, of `bytes`, ends at `end`; no sum of them overflows.
bool Ends(uint64_t begin, uint64_t bytes, uint64_t end) {
  return begin <= end && bytes == end - begin;
}

// Whether a ZIP64 end is right before the other at `at`, and a directory before that, counted from
// the beginning of the file.
absl::StatusOr<bool> HasEnd64(int fd, const std::string& path, uint64_t size, uint64_t at) {
  if (at < kLocatorBytes + kEnd64Bytes) return false;
  const uint64_t locator_at = at - kLocatorBytes;
  MARCD_ASSIGN_OR_RETURN(const std::string locator,
                         Bytes(fd, path, size, locator_at, kLocatorBytes));
  if (locator.size() < kLocatorBytes || !absl::StartsWith(locator, kLocatorSign)) return false;
  const uint64_t end64_at = LoadLe64(&locator[8]);
  if (end64_at > locator_at - kEnd64Bytes) return false;
  MARCD_ASSIGN_OR_RETURN(const std::string end64, Bytes(fd, path, size, end64_at, kEnd64Bytes));
  return end64.size() == kEnd64Bytes && absl::StartsWith(end64, kEnd64Sign) &&
         Ends(end64_at + 12, LoadLe64(&end64[4]), locator_at) &&
         Ends(LoadLe64(&end64[48]), LoadLe64(&end64[40]), end64_at);
}

// Where the archive ends whose directory has its end at `at`, if `end`, which stands there, says
// that the archive begins with the file.
absl::StatusOr<std::optional<uint64_t>> ParseEnd(int fd, const std::string& path, uint64_t size,
                                                 uint64_t at, absl::string_view end) {
  const uint64_t comment = static_cast<uint8_t>(end[20]) | uint64_t{static_cast<uint8_t>(end[21])}
                                                               << 8;
  if (comment > size - at - kEndBytes) return std::nullopt;
  bool fits = Ends(LoadLe32(&end[16]), LoadLe32(&end[12]), at);
  if (!fits) {
    MARCD_ASSIGN_OR_RETURN(fits, HasEnd64(fd, path, size, at));
  }
  return fits ? std::make_optional(at + kEndBytes + comment) : std::nullopt;
}

}  // namespace

absl::StatusOr<bool> IsWholeZip(int fd, const std::string& path, uint64_t size) {
  const uint64_t from = size - std::min<uint64_t>(size, kEndBytes + kMaxComment);
  MARCD_ASSIGN_OR_RETURN(const std::optional<uint64_t> end, FindZipEnd(fd, path, size, from));
  return end == size;
}

absl::StatusOr<std::optional<uint64_t>> FindZipEnd(int fd, const std::string& path, uint64_t size,
                                                   uint64_t from) {
  while (true) {
    MARCD_ASSIGN_OR_RETURN(const std::string chunk, Bytes(fd, path, size, from, kChunkBytes));
    const absl::string_view bytes = chunk;
    size_t at = bytes.find(kEndSign);
    while (at != absl::string_view::npos && bytes.size() - at >= kEndBytes) {
      MARCD_ASSIGN_OR_RETURN(const std::optional<uint64_t> end,
                             ParseEnd(fd, path, size, from + at, bytes.substr(at, kEndBytes)));
      if (end.has_value()) return end;
      at = bytes.find(kEndSign, at + 1);
    }
    if (bytes.size() < kChunkBytes) return std::optional<uint64_t>();
    from += bytes.size() - (kEndBytes - 1);  // one may begin in this chunk, and end in the next
  }
}

}  // namespace marcd
