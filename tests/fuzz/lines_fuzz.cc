// Whatever is read in a format of lines: the same records however the source is cut, every
// byte in one record or gap, valid frames; and what is written of a frame reads as the same
// frame as soon as it has gone through once.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/framing/line_framer.h"
#include "core/record/record_view.h"
#include "core/text/utf8.h"
#include "tests/core/formats/lines_testing.h"
#include "tests/core/framing/walk.h"
#include "tests/fuzz/input.h"

namespace marcd {
namespace {

struct Dialect {
  int format;
  LineDialect dialect;
};
constexpr Dialect kDialects[] = {{kMrk, LineDialect::kMrk},
                                 {kAlephseq, LineDialect::kAlephSequential},
                                 {kLine, LineDialect::kYazLine}};

void ExpectCutsAgree(const std::string& bytes, Walking walking, size_t chunk, size_t block) {
  const Walk whole = WalkOver(bytes, walking);
  walking.chunk = chunk;
  walking.block_bytes = block;
  const Walk cut = WalkOver(bytes, walking);
  EXPECT_EQ(Told(cut), Told(whole));
  EXPECT_EQ(cut.stretches, whole.stretches);
}

// Written, read, written again: nothing changes any more.
void ExpectFixedPoint(int format, const std::string& frame, const EncodeOptions& options) {
  Reading reading;
  reading.mode = RecoveryMode::kRepair;
  const Written once = Write(format, frame, options);
  const Batch batch = ReadFormat(format, once.text, reading);
  ASSERT_EQ(batch.ordinals.size(), 1u) << once.text;
  const Written twice = Write(format, batch.frames, options);
  if (format == kMrk && !options.marc8 && once.reasons.empty()) {
    EXPECT_EQ(Shown(batch.frames), Shown(frame)) << once.text;
  }
  if (once.reasons.empty()) EXPECT_EQ(twice.text, once.text);
}

void ExpectFormat(const Dialect& dialect, const std::string& bytes, const EncodeOptions& options) {
  Reading reading;
  reading.mode = RecoveryMode::kRepair;
  const Batch batch = ReadFormat(dialect.format, bytes, reading);
  EXPECT_EQ(AccountedBytes(batch), bytes.size());
  for (const Diagnostic& said : batch.diagnostics) EXPECT_TRUE(IsUtf8(said.finding.message));
  for (const std::string& frame : FramesOf(batch)) {
    const auto record = RecordView::Parse(frame);
    ASSERT_TRUE(record.ok()) << record.status();
    EXPECT_TRUE(IsUtf8(record->payloads()));
    ExpectFixedPoint(dialect.format, frame, options);
  }
}

}  // namespace
}  // namespace marcd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  marcd::FuzzInput input(data, size);
  const marcd::Dialect& dialect = marcd::kDialects[input.Choose(3)];
  marcd::EncodeOptions options;
  options.marc8 = input.Flag();
  marcd::Walking walking;
  walking.make_framer = [&](const marcd::FramerOptions& framer_options) {
    return std::make_unique<marcd::LineFramer>(dialect.dialect, framer_options);
  };
  if (input.Flag()) walking.options.max_record_bytes = 100;
  const size_t chunk = 1 + input.Choose(256);
  const size_t block = 1 + 4 * input.Choose(256);
  const std::string bytes(input.Rest());
  marcd::ExpectCutsAgree(bytes, walking, chunk, block);
  marcd::ExpectFormat(dialect, bytes, options);
  return 0;
}
