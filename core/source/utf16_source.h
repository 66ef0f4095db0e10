// A source over text in UTF-16, as UTF-8: offsets are those of the UTF-8.
#ifndef MARCD_CORE_SOURCE_UTF16_SOURCE_H_
#define MARCD_CORE_SOURCE_UTF16_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/source/forward_source.h"
#include "core/source/source.h"

namespace marcd {

enum class Utf16Order { kLittleEndian, kBigEndian };

// In which order of bytes a document of text is that begins with `head`: with a byte order mark, or
// as XML does without one (Extensible Markup Language 1.0, appendix F.1). nullopt for what is not
// UTF-16, or is no document: no format but those of markup and of lines comes in it, and of ISO
// 2709 the framing says so.
std::optional<Utf16Order> DocumentUtf16(absl::string_view head);

// Half a surrogate pair becomes its three bytes, which are no UTF-8: whoever decodes the record
// says so. A last odd byte is given as it is. The byte order mark is left out. Fill() fails with
// the errors of the source within.
class Utf16Source final : public ForwardSource {
 public:
  // Over what `source` holds from its beginning, at which it stands. `path` is for errors.
  Utf16Source(std::unique_ptr<Source> source, Utf16Order order, std::string path,
              uint64_t start_offset = 0, const ForwardSourceOptions& options = {});

 private:
  absl::StatusOr<size_t> Read(char* to, size_t size) override;
  // Writes what the units at the front of `bytes` stand for, as much as fits.
  size_t Convert(absl::string_view bytes, bool last, char* to, size_t size);

  const std::unique_ptr<Source> source_;
  const Utf16Order order_;
  bool begun_ = false;
  // Of the last character, what did not fit.
  std::string left_over_;
};

}  // namespace marcd

#endif  // MARCD_CORE_SOURCE_UTF16_SOURCE_H_
