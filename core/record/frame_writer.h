// Writes one frame field by field behind what a string holds already: for
// decoders whose payloads change on the way. The caller has checked what it adds.
//
//   FrameWriter writer(leader, fields, &frames);
//   writer.payloads()->append(...);
//   writer.EndField("245", 0);
//   writer.Finish(0);
#ifndef MARCD_CORE_RECORD_FRAME_WRITER_H_
#define MARCD_CORE_RECORD_FRAME_WRITER_H_

#include <cstring>
#include <string>

#include "absl/strings/string_view.h"
#include "core/base/bytes.h"
#include "core/record/frame.h"

namespace marcd {

class FrameWriter {
 public:
  // `leader` has 24 bytes. EndField() is to be called `entries` times.
  FrameWriter(absl::string_view leader, size_t entries, std::string* frames)
      : frames_(*frames),
        begin_(frames->size()),
        entry_(begin_ + kFrameHeadSize),
        payloads_(entry_ + kFrameEntrySize * entries) {
    frames_.resize(payloads_);
    std::memcpy(&frames_[begin_ + 4], leader.data(), kLeaderSize);
    StoreLe32(static_cast<uint32_t>(entries), &frames_[begin_ + 4 + kLeaderSize]);
  }

  // The string to whose end the next field's payload is to be appended.
  std::string* payloads() { return &frames_; }

  // How many bytes all payloads have so far.
  size_t payload_size() const { return frames_.size() - payloads_; }

  // What has been appended since the last call is a field.
  void EndField(absl::string_view tag, uint8_t flags) {
    std::memcpy(&frames_[entry_], tag.data(), kTagSize);
    frames_[entry_ + kTagSize] = static_cast<char>(flags);
    StoreLe32(static_cast<uint32_t>(payload_size()), &frames_[entry_ + kTagSize + 1]);
    entry_ += kFrameEntrySize;
  }

  void Finish(uint32_t record_flags) { StoreLe32(record_flags, &frames_[begin_]); }

  // Takes back everything.
  void Abandon() { frames_.resize(begin_); }

 private:
  std::string& frames_;
  const size_t begin_;
  size_t entry_;  // where the next entry goes
  const size_t payloads_;
};

}  // namespace marcd

#endif  // MARCD_CORE_RECORD_FRAME_WRITER_H_
