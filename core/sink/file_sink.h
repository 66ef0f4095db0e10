// A file that is written whole or not at all.
//
//   MARCD_ASSIGN_OR_RETURN(auto sink, FileSink::Create(std::move(target), options));
//   MARCD_RETURN_IF_ERROR(sink->Append(bytes));
//   MARCD_ASSIGN_OR_RETURN(const FileSink::Published published, sink->Publish());
//
// The bytes go into a temporary in the target's own directory, locked (flock) while it is written.
// Publish() flushes them to the disk, looks at the precondition again, renames the temporary to
// the target's name, and flushes the directory. Before that rename nobody sees anything under the
// name, and a sink that goes without it takes its temporary along; of a process that dies the
// next writer into the directory sweeps it up, or the daemon when it starts (write_journal.h).
//
// Everything is done relative to the descriptor of the directory: one that is moved meanwhile
// takes its file along, and no link that is put on the way to it leads elsewhere.
//
// What a rename cannot do: between the look at an etag and the rename, some microseconds, another
// program may change the file, and is not seen (two sinks of one process do see one another).
// `kMustNotExist` has no such gap. Further links to a file that is replaced keep the old one, and
// its access lists and extended attributes are not taken over.
//
// Not thread-safe. Every call may block as long as the file system does.
#ifndef MARCD_CORE_SINK_FILE_SINK_H_
#define MARCD_CORE_SINK_FILE_SINK_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/sink/file_ops.h"
#include "core/source/file_identity.h"
#include "core/source/unique_fd.h"

namespace marcd {

// Where a file is to be.
struct SinkTarget {
  // Open for reading, or with O_PATH where the directory may only be written to.
  UniqueFd directory;
  // Its name there: one component, no symbolic link.
  std::string name;
  // Its path, for errors.
  std::string path;
};

// What must be so of the target.
struct Precondition {
  enum class Kind { kMustNotExist, kReplace, kIfEtag };
  Kind kind = Kind::kMustNotExist;
  // kIfEtag: what FormatEtag() gives of it.
  std::string etag;
};

struct SinkOptions {
  Precondition precondition;
  // The permission bits; 0 for those of the file that is replaced, or `new_mode`.
  mode_t mode = 0;
  mode_t new_mode = 0644;
  FileOps* ops = FileOps::System();
};

class FileSink {
 public:
  // Sweeps the directory, looks at the precondition, makes the temporary. Errors, with metadata
  // `path`:
  //   NOT_FOUND DIRECTORY_NOT_FOUND           the directory was removed.
  //   PERMISSION_DENIED TARGET_UNWRITABLE     the directory, or the file that is there, may
  //                                           not be written to.
  //   ALREADY_EXISTS TARGET_EXISTS            kMustNotExist, and it does.
  //   FAILED_PRECONDITION TARGET_CHANGED      kIfEtag, and it is another, or gone.
  //   FAILED_PRECONDITION NOT_A_REGULAR_FILE  a directory, device, link ... has the name.
  //   RESOURCE_EXHAUSTED DISK_FULL            no space, no quota, or larger than a file may be.
  //   RESOURCE_EXHAUSTED OPEN_FILES_LIMIT     the process has too many files open.
  //   DATA_LOSS WRITE_FAILED                  the disk fails, or anything else.
  static absl::StatusOr<std::unique_ptr<FileSink>> Create(SinkTarget target, SinkOptions options);

  // Unless it is published, removes the temporary.
  ~FileSink();

  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  // Errors as Create; after one the sink is only good for being dropped.
  absl::Status Append(absl::string_view bytes);

  struct Published {
    // What the file is now.
    FileIdentity identity;
    // OK, or DATA_LOSS FLUSH_FAILED: the directory could not be flushed, and the file may not
    // outlast a loss of power. Metadata `published`: `true`.
    absl::Status flushed;
  };

  // Publishes the file. Once, and nothing comes after it. `before_rename` is called when all is
  // flushed and the precondition holds; its error ends the matter. Errors as Create, and then
  // nothing is published.
  absl::StatusOr<Published> Publish(const std::function<absl::Status()>& before_rename = nullptr);

  // So far.
  uint64_t size() const { return size_; }
  uint32_t crc32() const { return crc32_; }

  const std::string& temporary() const { return temporary_; }
  const SinkTarget& target() const { return target_; }
  // Of the temporary, and then of the published file.
  absl::StatusOr<FileIdentity> Stat() const { return StatIdentity(fd_.get(), target_.path); }

 private:
  FileSink(SinkTarget target, SinkOptions options);

  // Has the disk begin with what was appended, when it is much.
  void StartWriteback();
  absl::Status MakeTemporary();
  absl::Status CheckTarget() const;
  absl::Status CheckEtag() const;
  absl::Status SetMode();
  absl::Status Rename();
  absl::Status RenameNew();
  absl::Status FlushDirectory();
  absl::Status RenameError(int error) const;

  const SinkTarget target_;
  const SinkOptions options_;
  UniqueFd fd_;
  // Its name; empty when there is none.
  std::string temporary_;
  uint64_t size_ = 0;
  // How much of it StartWriteback() has begun with.
  uint64_t begun_ = 0;
  uint32_t crc32_ = 0;
};

}  // namespace marcd

#endif  // MARCD_CORE_SINK_FILE_SINK_H_
