// A source over bytes that can be had only one after the other: what a compressed file
// holds, or a member of an archive. What was there before a fault is given first.
#ifndef MARCD_CORE_SOURCE_FORWARD_SOURCE_H_
#define MARCD_CORE_SOURCE_FORWARD_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/source/source.h"

namespace marcd {

struct ForwardSourceOptions {
  // What one Fill() adds, at most; doubled for as long as the window does not move.
  size_t chunk_bytes = 1 << 20;
  size_t max_window_bytes = (64 << 20) + (1 << 20);
};

class ForwardSource : public Source {
 public:
  // Beside what Read() fails with:
  //   RESOURCE_EXHAUSTED WINDOW_FULL   max_window_bytes are there, none consumed.
  //   OUT_OF_RANGE OFFSET_PAST_END     there are fewer bytes than were to be passed over.
  absl::Status Fill() final;
  // Where ReadAhead() has been called.
  absl::StatusOr<bool> FillAtOnce() final;
  // Not within a long record, of which Fill() reads more and more at once.
  bool CanReadAhead() const final;
  void ReadAhead() final;

 protected:
  // Begins behind the first `start_offset` bytes, which are read and passed over. `holder` is for
  // errors: what holds the bytes.
  ForwardSource(std::string holder, uint64_t start_offset, const ForwardSourceOptions& options)
      : holder_(std::move(holder)), options_(options), left_out_(start_offset) {
    offset_ = start_offset;
  }

  const std::string& holder() const { return holder_; }

 private:
  // Writes up to `size` bytes to `to`; how many, 0 at the end alone. Once it has failed it
  // fails for ever. May block.
  virtual absl::StatusOr<size_t> Read(char* to, size_t size) = 0;

  // Bytes that have been read, with room for the window's rest before them.
  struct Piece {
    std::shared_ptr<char[]> data;
    size_t room = 0;
    size_t size = 0;
    bool at_end = false;
  };

  absl::Status PassOver();
  size_t ChunkSize() const;
  void ReadPiece(size_t room, size_t size);
  absl::Status TakePiece();

  const std::string holder_;
  const ForwardSourceOptions options_;
  // Still to be passed over.
  uint64_t left_out_;
  // What is wrong behind the bytes that have been read.
  absl::Status fault_;
  // Read, and not yet in the window.
  std::optional<Piece> piece_;
  size_t chunk_ = 0;
  uint64_t filled_at_ = 0;
};

}  // namespace marcd

#endif  // MARCD_CORE_SOURCE_FORWARD_SOURCE_H_
