#include "core/source/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/source/compressed_source.h"
#include "core/source/file_source.h"
#include "core/source/read_at.h"
#include "core/source/zip_end.h"
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
                                                                   const ArchiveOptions& options) {
  archive* const handle = archive_read_new();
  if (handle == nullptr) {
    return MakeError(absl::StatusCode::kResourceExhausted, "NO_MEMORY",
                     absl::StrCat("there is no memory to read the archive ", path),
                     {{"path", path}});
  }
  auto reader = absl::WrapUnique(
      new ArchiveReader(std::move(fd), std::move(path), identity, options, handle));
  MARCD_RETURN_IF_ERROR(reader->Begin());
  return reader;
}

ArchiveReader::ArchiveReader(UniqueFd fd, std::string path, const FileIdentity& identity,
                             const ArchiveOptions& options, archive* handle)
    : fd_(std::move(fd)),
      path_(std::move(path)),
      identity_(identity),
      options_(options),
      archive_(handle) {}

ArchiveReader::~ArchiveReader() { archive_read_free(archive_); }

absl::Status ArchiveReader::Begin() {
  const Utf8Locale locale;
  archive_read_support_format_tar(archive_);
  // Tars end to end are one: what lies behind a tar's end is looked at.
  archive_read_set_format_option(archive_, "tar", "read_concatenated_archives", "1");
  if (options_.compression != nullptr) {
    MARCD_RETURN_IF_ERROR(Decompress());
  } else {
    chunk_.reset(new char[kChunkBytes]);
    archive_read_set_seek_callback(archive_, Seek);
    MARCD_ASSIGN_OR_RETURN(whole_zip_, IsWholeZip(fd_.get(), path_, identity_.size));
  }
  // A directory that is not all of the file's tells of a part of it: the rest would be lost
  // without a word. Without one, libarchive goes from member to member.
  if (whole_zip_) {
    archive_read_support_format_zip(archive_);
  } else {
    archive_read_support_format_zip_streamable(archive_);
  }
  archive_read_set_callback_data(archive_, this);
  archive_read_set_read_callback(archive_, Give);
  return archive_read_open1(archive_) == ARCHIVE_OK ? absl::OkStatus() : Damaged();
}

// Not by libarchive, which forgets what it had of a compressed file that is cut, and does not see
// what follows one.
absl::Status ArchiveReader::Decompress() {
  MARCD_ASSIGN_OR_RETURN(
      std::unique_ptr<Source> file,
      FileSource::Create(UniqueFd(fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0)), path_, identity_));
  MARCD_ASSIGN_OR_RETURN(decompressed_,
                         CompressedSource::Create(std::move(file), *options_.compression, path_));
  return absl::OkStatus();
}

ssize_t ArchiveReader::Give(archive* handle, void* self, const void** buffer) {
  auto& reader = *static_cast<ArchiveReader*>(self);
  const absl::StatusOr<absl::string_view> chunk = reader.NextChunk();
  if (!chunk.ok()) {
    reader.io_error_ = chunk.status();
    archive_set_error(handle, EIO, "the file cannot be read");
    return ARCHIVE_FATAL;
  }
  *buffer = chunk->data();
  return static_cast<ssize_t>(chunk->size());
}

// Valid until the next one; empty at the end alone.
absl::StatusOr<absl::string_view> ArchiveReader::NextChunk() {
  if (decompressed_ != nullptr) {
    decompressed_->Consume(decompressed_->window().size());
    MARCD_RETURN_IF_ERROR(decompressed_->Fill());
    return decompressed_->window();
  }
  const uint64_t left = identity_.size - std::min(place_, identity_.size);
  MARCD_ASSIGN_OR_RETURN(
      const size_t size,
      ReadAt(fd_.get(), path_, place_, static_cast<size_t>(std::min<uint64_t>(left, kChunkBytes)),
             chunk_.get()));
  place_ += size;
  return absl::string_view(chunk_.get(), size);
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
  if (!io_error_.ok()) return Unreadable();
  const char* const why = archive_error_string(archive_);
  return DamagedAt(static_cast<uint64_t>(archive_filter_bytes(archive_, 0)),
                   why == nullptr ? "what stands there is no member" : EscapeBytes(why));
}

// What is wrong with a compressed archive is so with the archive.
absl::Status ArchiveReader::Unreadable() const {
  const std::string reason = ErrorReason(io_error_);
  if (!absl::IsDataLoss(io_error_) || !absl::StartsWith(reason, "COMPRESSION_")) return io_error_;
  return MakeError(absl::StatusCode::kDataLoss,
                   reason == "COMPRESSION_TRAILING" ? "ARCHIVE_TRAILING" : "ARCHIVE_DAMAGED",
                   absl::StrCat("the archive ", path_, " cannot be read on: ", io_error_.message()),
                   GetErrorMetadata(io_error_));
}

absl::Status ArchiveReader::DamagedAt(uint64_t at, absl::string_view why) const {
  const std::string where = decompressed_ != nullptr
                                ? absl::StrCat("byte ", at, " of what it holds")
                                : absl::StrCat("byte ", at, " of its ", identity_.size, " bytes");
  return MakeError(absl::StatusCode::kDataLoss, "ARCHIVE_DAMAGED",
                   absl::StrCat("the archive ", path_, " cannot be read on at ", where, ": ", why),
                   {{"path", path_}, {"offset", absl::StrCat(at)}});
}

bool ArchiveReader::IsZip() const {
  return (archive_format(archive_) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_ZIP;
}

bool ArchiveReader::HasTarEnd(int64_t behind) const {
  // The one is where libarchive has come to, the other where it began to look for a header.
  const int64_t end = archive_filter_bytes(archive_, 0) - behind;
  return !IsZip() && end > archive_read_header_position(archive_);
}

// An archive that was cut between two members looks whole to libarchive.
absl::Status ArchiveReader::CheckEnd() const {
  if (IsZip()) return CheckZipEnd();
  if (HasTarEnd(0)) return absl::OkStatus();
  return DamagedAt(static_cast<uint64_t>(archive_filter_bytes(archive_, 0)),
                   "the end that a tar has is missing");
}

absl::Status ArchiveReader::CheckZipEnd() const {
  // Of one that is compressed in whole, what follows the members cannot be had any more.
  if (whole_zip_ || decompressed_ != nullptr) return absl::OkStatus();
  const auto at = static_cast<uint64_t>(archive_filter_bytes(archive_, 0));
  MARCD_ASSIGN_OR_RETURN(const std::optional<uint64_t> end,
                         FindZipEnd(fd_.get(), path_, identity_.size, at));
  if (!end.has_value()) return DamagedAt(at, "its directory is cut, damaged or another's");
  return *end == identity_.size ? absl::OkStatus() : Trailing(*end);
}

absl::Status ArchiveReader::Trailing(uint64_t at) const {
  const std::string what =
      decompressed_ != nullptr
          ? absl::StrCat("from byte ", at, " of what it holds on")
          : absl::StrCat("from byte ", at, " on, ", identity_.size - at, " bytes");
  return MakeError(absl::StatusCode::kDataLoss, "ARCHIVE_TRAILING",
                   absl::StrCat("what follows the end of the archive ", path_, ", ", what,
                                ", is no member of it, and is not read"),
                   {{"path", path_}, {"offset", absl::StrCat(at)}});
}

absl::Status ArchiveReader::CheckUnchanged() const {
  return CheckSame(identity_, fd_.get(), path_);
}

absl::StatusOr<std::optional<ArchiveMember>> ArchiveReader::Next() {
  std::optional<ArchiveMember> member = std::exchange(put_back_, std::nullopt);
  if (!member.has_value()) {
    MARCD_ASSIGN_OR_RETURN(member, FindNext());
  }
  if (member.has_value()) ++passed_;
  return member;
}

void ArchiveReader::PutBack(ArchiveMember member) {
  put_back_ = std::move(member);
  --passed_;
}

bool ArchiveReader::HasPassed(const std::string& name) const {
  const bool is_next = put_back_.has_value() && put_back_->name == name;
  return !is_next && names_.count(name) > 0;
}

absl::StatusOr<std::optional<ArchiveMember>> ArchiveReader::FindNext() {
  const Utf8Locale locale;
  MARCD_RETURN_IF_ERROR(fault_);
  block_ = {};
  hole_ = block_end_ = 0;
  at_end_ = false;
  while (true) {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(archive_, &entry);
    if (result == ARCHIVE_EOF) {
      MARCD_RETURN_IF_ERROR(CheckUnchanged());
      MARCD_RETURN_IF_ERROR(CheckEnd());
      return std::optional<ArchiveMember>();
    }
    // A warning is about what this reader does not use, such as an owner's name.
    if (result == ARCHIVE_RETRY && HasTarEnd(kTarHeader)) {
      return Trailing(static_cast<uint64_t>(archive_filter_bytes(archive_, 0)) - kTarHeader);
    }
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return fault_ = Damaged();
    if (archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr) {
      return Describe(entry);
    }
  }
}

absl::StatusOr<std::optional<ArchiveMember>> ArchiveReader::Describe(archive_entry* entry) {
  ArchiveMember member;
  member.name = NameOf(entry);
  if (archive_entry_size_is_set(entry) != 0) {
    member.size = static_cast<uint64_t>(std::max<int64_t>(archive_entry_size(entry), 0));
  }
  MARCD_RETURN_IF_ERROR(TellApart(&member.name));
  return std::optional<ArchiveMember>(std::move(member));
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
  if (name_bytes_ <= options_.max_name_bytes) return absl::OkStatus();
  return MakeError(absl::StatusCode::kResourceExhausted, "ARCHIVE_NAMES",
                   absl::StrCat("the archive ", path_,
                                " has too many members: the names of the first ", names_.size(),
                                " take more than the limit of ", options_.max_name_bytes, " bytes"),
                   {{"path", path_}, {"limit", absl::StrCat(options_.max_name_bytes)}});
}

absl::StatusOr<size_t> ArchiveReader::Read(char* to, size_t size) {
  if (hole_ == 0 && block_.empty()) MARCD_RETURN_IF_ERROR(NextBlock());
  if (hole_ > 0) {
    const auto zeros = static_cast<size_t>(std::min<uint64_t>(hole_, size));
    std::fill_n(to, zeros, '\0');
    hole_ -= zeros;
    return zeros;
  }
  const size_t given = block_.copy(to, size);
  block_.remove_prefix(given);
  return given;
}

// Not by archive_read_data(), which loses what it had when it meets a fault.
absl::Status ArchiveReader::NextBlock() {
  MARCD_RETURN_IF_ERROR(fault_);
  while (block_.empty() && fault_.ok() && !at_end_) {
    const void* bytes = nullptr;
    size_t size = 0;
    int64_t offset = 0;
    const int result = archive_read_data_block(archive_, &bytes, &size, &offset);
    at_end_ = result == ARCHIVE_EOF;
    if (at_end_) return CheckUnchanged();
    if (result != ARCHIVE_OK) fault_ = Damaged();
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return fault_;
    const auto begin = static_cast<uint64_t>(offset);
    if (offset < 0 || begin < block_end_) return fault_ = Damaged();
    block_ = absl::string_view(static_cast<const char*>(bytes), size);
    hole_ += begin - block_end_;
    block_end_ = begin + size;
  }
  return block_.empty() ? fault_ : absl::OkStatus();
}

}  // namespace marcd
