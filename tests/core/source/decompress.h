// Reads compressed bytes by a CompressedSource, for tests.
#ifndef MARCD_TESTS_CORE_SOURCE_DECOMPRESS_H_
#define MARCD_TESTS_CORE_SOURCE_DECOMPRESS_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/source/compressed_source.h"
#include "tests/core/source/verdict.h"

namespace marcd {

// Bytes that come a few at a time.
class DripSource final : public Source {
 public:
  DripSource(std::string bytes, size_t step) : bytes_(std::move(bytes)), step_(step) {
    at_end_ = bytes_.empty();
  }

  absl::Status Fill() override {
    const std::string next = bytes_.substr(offset_, window().size() + step_);
    const auto held = std::make_shared<const std::string>(next);
    buffer_ = {std::shared_ptr<const char[]>(held, held->data()), held->size()};
    begin_ = 0;
    at_end_ = offset_ + held->size() == bytes_.size();
    return absl::OkStatus();
  }

 private:
  const std::string bytes_;
  const size_t step_;
};

// Reads what a fill gives ahead, where that can be done, and fills.
inline absl::Status FillFromAhead(Source* source) {
  if (!source->CanReadAhead()) return source->Fill();
  source->ReadAhead();
  EXPECT_FALSE(source->CanReadAhead());
  const absl::StatusOr<bool> filled = source->FillAtOnce();
  EXPECT_TRUE(!filled.ok() || *filled);
  return filled.status();
}

struct Decompressed {
  std::string bytes;
  std::string verdict;
};

// What the bytes hold from `start` on, when `step` of them come at once and the source gives
// `chunk` at once, of which no more than `most` are taken.
inline Decompressed Decompress(const Compression& compression, const std::string& compressed,
                               size_t step, size_t chunk, uint64_t start = 0,
                               size_t most = size_t{1} << 30) {
  ForwardSourceOptions options;
  options.chunk_bytes = chunk;
  const auto source = *CompressedSource::Create(std::make_unique<DripSource>(compressed, step),
                                                compression, "f", start, options);
  Decompressed found;
  for (size_t fills = 0; !source->at_end() && found.bytes.size() < most; ++fills) {
    // Every second piece is read ahead.
    const absl::Status status = fills % 2 == 0 ? source->Fill() : FillFromAhead(source.get());
    if (!status.ok()) return {found.bytes, Verdict(status)};
    EXPECT_LE(source->window().size(), chunk);
    EXPECT_EQ(source->offset(), start + found.bytes.size());
    absl::StrAppend(&found.bytes, source->window());
    source->Consume(source->window().size());
  }
  found.verdict = "OK";
  return found;
}

}  // namespace marcd

#endif  // MARCD_TESTS_CORE_SOURCE_DECOMPRESS_H_
