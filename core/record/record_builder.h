// Writes one frame.
//
//   RecordBuilder record(leader);
//   record.AddControlField("001", "ocm1");
//   record.AddDataField("245", '1', '0', {{'a', "Title"}});
//   MARCD_RETURN_IF_ERROR(record.AppendTo(&frames));
//
// For writers that have fields, not source bytes: decoders with a directory to
// go by write frames directly. Not thread-safe.
#ifndef MARCD_CORE_RECORD_RECORD_BUILDER_H_
#define MARCD_CORE_RECORD_RECORD_BUILDER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/record/record_view.h"

namespace marcd {

class RecordBuilder {
 public:
  // `leader` should have 24 bytes; AppendTo says so when it has not.
  explicit RecordBuilder(absl::string_view leader) : leader_(leader) {}

  void AddControlField(absl::string_view tag, absl::string_view text);
  void AddDataField(absl::string_view tag, char indicator1, char indicator2,
                    absl::Span<const SubfieldView> subfields);

  // Appends the frame to `out`; on error (INVALID_ARGUMENT `FRAME_INVALID`)
  // leaves it as it was. The frame is one that RecordView::Parse accepts. UTF-8
  // is the caller's promise.
  absl::Status AppendTo(std::string* out) const;

 private:
  void AddEntry(absl::string_view tag, size_t payload_begin);

  std::string leader_;
  std::string entries_;
  std::string payloads_;
  size_t tag_faults_ = 0;
};

}  // namespace marcd

#endif  // MARCD_CORE_RECORD_RECORD_BUILDER_H_
