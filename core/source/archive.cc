#include "core/source/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/source/read_at.h"
#include "core/text/utf8.h"

namespace marcd {
namespace {

constexpr size_t kChunkBytes = 256 << 10;
// What a name takes beside its bytes, about: its place in a map.
constexpr size_t kNameCost = 96;
// Where things lie in a tar header: POSIX 1003.1-2001, pax, "ustar Interchange Format".
constexpr size_t kTarHeader = 512;
constexpr size_t kTarChecksum = 148;
constexpr size_t kTarChecksumBytes = 8;
constexpr size_t kTarMagic = 257;

bool IsTar(absl::string_view head) {
  if (head.size() < kTarHeader || head.substr(kTarMagic, 5) != "ustar") return false;
  uint32_t sum = 0;
  for (size_t i = 0; i < kTarHeader; ++i) {
    const bool is_sum = i >= kTarChecksum && i < kTarChecksum + kTarChecksumBytes;
    sum += is_sum ? ' ' : static_cast<uint8_t>(head[i]);
  }
  uint32_t declared = 0;
  for (const char c : head.substr(kTarChecksum, kTarChecksumBytes)) {
    if (c >= '0' && c <= '7') declared = declared * 8 + static_cast<uint32_t>(c - '0');
  }
  return sum == declared;
}

// What a member is called that the archive has no name for: an empty one is the archive's itself.
constexpr char kNoName[] = "(no name)";

// While it lives, this thread's locale has letters beyond ASCII: libarchive loses a zip's names
// where it cannot spell them in the locale, and the process's is C. (Where the system has no such
// locale, it stays that.)
class Utf8Locale {
 public:
  Utf8Locale() : before_(uselocale(Utf8())) {}
  ~Utf8Locale() { uselocale(before_); }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  // Made once, and never freed: threads may use it to the end. uselocale() takes none for no
  // change.
  static locale_t Utf8() {
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return utf8;
  }

  const locale_t before_;
};

// As the archive has it if that is UTF-8, or what libarchive makes of it; else escaped.
std::string NameOf(archive_entry* entry) {
  const char* const raw = archive_entry_pathname(entry);
  const bool has_raw = raw != nullptr && *raw != '\0';
  if (has_raw && IsUtf8(raw)) return raw;
  const char* const name = archive_entry_pathname_utf8(entry);
  if (name != nullptr && *name != '\0') return name;
  return has_raw ? EscapeBytes(raw) : kNoName;
}

}  // namespace

absl::string_view ArchiveKind(absl::string_view head) {
  // A local file header, or the end of a directory of nothing (APPNOTE.TXT, 4.3.7 and 4.3.16).
  if (absl::StartsWith(head, "PK\x03\x04") || absl::StartsWith(head, "PK\x05\x06")) return "zip";
  return IsTar(head) ? "tar" : "";
}

absl::StatusOr<std::unique_ptr<ArchiveReader>> ArchiveReader::Open(UniqueFd fd, std::string path,
                                                                   const FileIdentity& identity,
                                                                   size_t max_name_bytes) {
  archive* const handle = archive_read_new();
  if (handle == nullptr) {
    return MakeError(absl::StatusCode::kResourceExhausted, "NO_MEMORY",
                     absl::StrCat("there is no memory to read the archive ", path),
                     {{"path", path}});
  }
  auto reader = absl::WrapUnique(
      new ArchiveReader(std::move(fd), std::move(path), identity, max_name_bytes, handle));
  archive_read_support_format_tar(handle);
  archive_read_support_format_zip(handle);
  archive_read_support_filter_gzip(handle);
  archive_read_support_filter_bzip2(handle);
  archive_read_support_filter_xz(handle);
  archive_read_support_filter_zstd(handle);
  archive_read_set_callback_data(handle, reader.get());
  archive_read_set_read_callback(handle, Give);
  archive_read_set_seek_callback(handle, Seek);
  if (archive_read_open1(handle) != ARCHIVE_OK) return reader->Damaged();
  return reader;
}

ArchiveReader::ArchiveReader(UniqueFd fd, std::string path, const FileIdentity& identity,
                             size_t max_name_bytes, archive* handle)
    : fd_(std::move(fd)),
      path_(std::move(path)),
      identity_(identity),
      max_name_bytes_(max_name_bytes),
      archive_(handle),
      chunk_(new char[kChunkBytes]) {}

ArchiveReader::~ArchiveReader() { archive_read_free(archive_); }

ssize_t ArchiveReader::Give(archive* handle, void* self, const void** buffer) {
  auto& reader = *static_cast<ArchiveReader*>(self);
  const uint64_t left = reader.identity_.size - std::min(reader.place_, reader.identity_.size);
  const absl::StatusOr<size_t> size =
      ReadAt(reader.fd_.get(), reader.path_, reader.place_,
             static_cast<size_t>(std::min<uint64_t>(left, kChunkBytes)), reader.chunk_.get());
  if (!size.ok()) {
    reader.io_error_ = size.status();
    archive_set_error(handle, EIO, "the file cannot be read");
    return ARCHIVE_FATAL;
  }
  reader.place_ += *size;
  *buffer = reader.chunk_.get();
  return static_cast<ssize_t>(*size);
}

int64_t ArchiveReader::Seek(archive*, void* self, int64_t offset, int whence) {
  auto& reader = *static_cast<ArchiveReader*>(self);
  const auto size = static_cast<int64_t>(reader.identity_.size);
  const int64_t from = whence == SEEK_SET   ? 0
                       : whence == SEEK_CUR ? static_cast<int64_t>(reader.place_)
                                            : size;
  if (offset < -from || offset > size - from) return ARCHIVE_FATAL;
  reader.place_ = static_cast<uint64_t>(from + offset);
  return from + offset;
}

absl::Status ArchiveReader::Damaged() const {
  if (!io_error_.ok()) return io_error_;
  const char* const why = archive_error_string(archive_);
  return MakeError(absl::StatusCode::kDataLoss, "ARCHIVE_DAMAGED",
                   absl::StrCat("the archive ", path_, " cannot be read on at byte ", place_, ": ",
                                why == nullptr ? "no reason is known" : EscapeBytes(why)),
                   {{"path", path_}, {"offset", absl::StrCat(place_)}});
}

absl::Status ArchiveReader::CheckUnchanged() const {
  return CheckSame(identity_, fd_.get(), path_);
}

absl::StatusOr<std::optional<ArchiveMember>> ArchiveReader::Next() {
  const Utf8Locale locale;
  while (true) {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(archive_, &entry);
    if (result == ARCHIVE_EOF) {
      MARCD_RETURN_IF_ERROR(CheckUnchanged());
      return std::optional<ArchiveMember>();
    }
    // A warning is about what this reader does not use, such as an owner's name.
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return Damaged();
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) {
      continue;
    }
    ArchiveMember member;
    member.name = NameOf(entry);
    if (archive_entry_size_is_set(entry) != 0) {
      member.size = static_cast<uint64_t>(std::max<int64_t>(archive_entry_size(entry), 0));
    }
    MARCD_RETURN_IF_ERROR(TellApart(&member.name));
    return std::optional<ArchiveMember>(std::move(member));
  }
}

absl::Status ArchiveReader::TellApart(std::string* name) {
  const auto [first, is_new] = names_.try_emplace(*name, 1);
  if (!is_new) {
    // Other members may really be called so: by what came before alone, so that a name stays
    // whatever follows. (A reference into the map lasts; an iterator does not.)
    size_t& count = first->second;
    std::string made;
    do {
      made = absl::StrCat(*name, " (", ++count, ")");
    } while (!names_.try_emplace(made, 1).second);
    *name = std::move(made);
  }
  name_bytes_ += name->size() + kNameCost;
  if (name_bytes_ <= max_name_bytes_) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kResourceExhausted, "ARCHIVE_NAMES",
      absl::StrCat("the archive ", path_, " has too many members: the names of the first ",
                   names_.size(), " take more than the limit of ", max_name_bytes_, " bytes"),
      {{"path", path_}, {"limit", absl::StrCat(max_name_bytes_)}});
}

absl::StatusOr<size_t> ArchiveReader::Read(char* to, size_t size) {
  const auto given = archive_read_data(archive_, to, size);
  if (given < 0) return Damaged();
  if (given == 0) MARCD_RETURN_IF_ERROR(CheckUnchanged());
  return static_cast<size_t>(given);
}

}  // namespace marcd
