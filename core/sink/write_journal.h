// What a daemon that is killed leaves behind of its writes, for the next one: small files in a
// folder of its own, one a running write, and one for each of the last that had a request id.
//
// A file is lines that are only ever appended: what is being written and where; what is about to be
// published; that it was. So whoever reads it after a death knows what was done, or finds out: a
// temporary that is still there was not published, and a target that is the temporary's inode,
// with its size and time, was. The file is locked (flock) while its writer lives. It outlasts the
// process, not the machine: nothing of it is flushed to the disk.
#ifndef MARCD_CORE_SINK_WRITE_JOURNAL_H_
#define MARCD_CORE_SINK_WRITE_JOURNAL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/sink/file_sink.h"
#include "core/source/unique_fd.h"

namespace marcd {

// What a client is answered of a write that was published.
struct PublishedWrite {
  // As the client named it.
  std::string name;
  uint64_t records = 0;
  uint64_t size = 0;
  uint32_t crc32 = 0;
  std::string etag;
  uint64_t diagnostic_count = 0;
};

// One running write. Its file goes with it, unless it was published and has a request id. Not
// thread-safe.
class JournalEntry {
 public:
  ~JournalEntry();
  JournalEntry(const JournalEntry&) = delete;
  JournalEntry& operator=(const JournalEntry&) = delete;

  // Before the rename; all of `write` but the etag counts.
  absl::Status Committing(const PublishedWrite& write, const FileIdentity& temporary);
  // After it. What cannot be noted is found out by whoever reads it.
  void Published(absl::string_view etag);

 private:
  friend class WriteJournal;
  JournalEntry(std::string path, UniqueFd fd, bool keep)
      : path_(std::move(path)), fd_(std::move(fd)), keep_(keep) {}

  const std::string path_;
  const UniqueFd fd_;
  const bool keep_;
  bool published_ = false;
};

// Thread-safe, but for Open(). All calls may block on a disk.
class WriteJournal {
 public:
  // What a dead process has left.
  struct Left {
    std::string request_id;
    PublishedWrite write;
    // Where its file is to be: that of the temporary and of the target.
    std::string directory;
    std::string temporary;
    std::string target;
    FileIdentity identity;
    bool committing = false;
    bool published = false;
  };
  enum class Outcome { kPublished, kNotPublished, kUncertain };

  // Makes the folder where it is not there, for its owner alone.
  // UNAVAILABLE STATE_DIR_UNUSABLE says why it cannot be used.
  static absl::StatusOr<std::unique_ptr<WriteJournal>> Open(std::string folder);

  // Notes that `sink` is being written for the request, whose id may be empty.
  absl::StatusOr<std::unique_ptr<JournalEntry>> Begin(absl::string_view request_id,
                                                      const FileSink& sink) const;

  // What writers that are dead have left, the oldest first. Files that nobody can read go.
  std::vector<Left> Read() const;

  // Finds out what became of a write, removes its temporary, and forgets it unless it was published
  // or that cannot be told. Fills in write.etag.
  Outcome Settle(Left* left) const;

  // Forgets a request.
  void Forget(absl::string_view request_id) const;

 private:
  explicit WriteJournal(std::string folder) : folder_(std::move(folder)) {}

  std::string PathOf(absl::string_view request_id) const;

  const std::string folder_;
};

}  // namespace marcd

#endif  // MARCD_CORE_SINK_WRITE_JOURNAL_H_
