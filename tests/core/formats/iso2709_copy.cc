// Copies ISO 2709 from standard input to standard output for tests that are not C++: each
// record is read in REPAIR mode, written, and read again. Tells on standard error how many
// records were read, were verbatim, came out byte for byte, had a fault, and are not the same
// when they are read again (in normal form C, and in MARC-8 but for 066). Arguments are
// options: marc8, detect, split, zeros.
#include <iostream>
#include <iterator>
#include <string>

#include "core/formats/format.h"
#include "tests/support/marc.h"
#include "tests/support/same_frame.h"

namespace marcd {
namespace {

struct Counts {
  size_t records = 0, verbatim = 0, same_bytes = 0, faults = 0, differ = 0;
};

// Writes the records of `bytes`.
std::string Copy(const std::string& bytes, const Reading& reading, const EncodeOptions& options,
                 Counts* counts) {
  std::string all;
  const Batch batch = ReadAll(bytes, reading);
  for (const std::string& frame : FramesOf(batch)) {
    const RecordView record = *RecordView::Parse(frame);
    const size_t at = counts->records++;
    std::string out;
    std::vector<Finding> notes;
    if (FindFormat(1)->encode(record, options, &out, &notes).has_value()) {
      ++counts->faults;
      continue;
    }
    counts->verbatim += (record.flags() & kRecordVerbatim) != 0;
    counts->same_bytes += out == bytes.substr(batch.offsets[at], batch.lengths[at]);
    Reading again;
    again.mode =
        options.too_long == TooLong::kZeros ? RecoveryMode::kRepair : RecoveryMode::kStrict;
    again.join_continued = options.too_long == TooLong::kSplit;
    const char* const without = options.marc8 ? "066" : "";
    const Batch back = ReadAll(out, again);
    counts->differ += back.frame_lengths.size() != 1 ||
                      Comparable(back.frames, without) != Comparable(frame, without);
    all += out;
  }
  return all;
}

}  // namespace
}  // namespace marcd

int main(int argc, char** argv) {
  marcd::Reading reading;
  reading.mode = marcd::RecoveryMode::kRepair;
  marcd::EncodeOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "marc8") options.marc8 = true;
    if (option == "detect") reading.text.policy = marcd::TextPolicy::kDetect;
    if (option == "split") options.too_long = marcd::TooLong::kSplit;
    if (option == "zeros") options.too_long = marcd::TooLong::kZeros;
  }
  std::ios::sync_with_stdio(false);
  const std::string bytes(std::istreambuf_iterator<char>(std::cin), {});
  marcd::Counts counts;
  std::cout << marcd::Copy(bytes, reading, options, &counts) << std::flush;
  std::cerr << counts.records << ' ' << counts.verbatim << ' ' << counts.same_bytes << ' '
            << counts.faults << ' ' << counts.differ << '\n';
}
