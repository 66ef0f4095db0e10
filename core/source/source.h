// Where bytes come from: a window that moves forward over a file, or over bytes
// that somebody pushed.
//
// Reading is apart from looking: Fill() may block on a disk for as long as the
// disk likes and is called by a thread that may wait; all else never blocks, so
// framing can run on a thread that must not. Not thread-safe: one caller at a
// time, and never Fill() beside another; ReadAhead() alone may run beside one.
#ifndef MARCD_CORE_SOURCE_SOURCE_H_
#define MARCD_CORE_SOURCE_SOURCE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/bytes.h"

namespace marcd {

class Source {
 public:
  virtual ~Source() = default;

  // The bytes that have been read and not yet consumed.
  const SharedBytes& buffer() const { return buffer_; }
  absl::string_view window() const { return buffer_.view().substr(begin_); }

  // Where window() begins, in bytes from the start of the source.
  uint64_t offset() const { return offset_; }

  // Where window() begins in buffer().
  size_t buffer_offset() const { return begin_; }

  // Nothing follows the window: it reaches to the end of the source.
  bool at_end() const { return at_end_; }

  // Takes `n` bytes off the front of the window; n <= window().size().
  void Consume(size_t n) {
    begin_ += n;
    offset_ += n;
  }

  // Makes the window longer, sets at_end(), or fails; at the end does nothing.
  // May block. After an error the source is to be dropped. Earlier buffers stay
  // valid for who holds them.
  virtual absl::Status Fill() = 0;

  // As Fill(), where that takes no waiting; else changes nothing. Whether it was done.
  // Does not block, so a thread that must not may go on from one buffer to the next.
  virtual absl::StatusOr<bool> FillAtOnce() { return false; }

  // Whether ReadAhead() has anything to do. To be asked by whoever may call Fill().
  virtual bool CanReadAhead() const { return false; }

  // Reads what the next Fill() gives, so that it takes no waiting. May block. May be called
  // beside all else but Fill(), FillAtOnce() and CanReadAhead(); errors come with the Fill().
  virtual void ReadAhead() {}

 protected:
  SharedBytes buffer_;
  size_t begin_ = 0;
  uint64_t offset_ = 0;
  bool at_end_ = false;
};

}  // namespace marcd

#endif  // MARCD_CORE_SOURCE_SOURCE_H_
