// Converts records for tests that are not C++: format_cat FROM TO [ascii|error]..., formats
// by their numbers; standard input to standard output, in the mode REPAIR with detection of
// encodings. FROM 0: the format that the first bytes say. TO 0: each record as its leader
// and fields, a line each with line ends escaped, and an empty line. Of what is said of
// records and gaps each is a line of standard error.
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/strings/str_replace.h"
#include "core/batch/batch.h"
#include "core/formats/format.h"
#include "core/record/record_view.h"
#include "tests/support/chunked_source.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

std::string Shown(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\n", "\\n"}, {"\r", "\\r"}});
}

class Writer {
 public:
  Writer(const Format* to, const EncodeOptions& options) : to_(to), options_(options) {
    if (to_ != nullptr) document_ = to_->document(options_);
    std::cout << document_.begin;
  }

  ~Writer() { std::cout << document_.end; }

  void Write(const std::string& frame) {
    const auto record = RecordView::Parse(frame);
    if (to_ == nullptr) {
      std::cout << record->leader() << '\n';
      for (const std::string& field : FieldsOf(frame)) std::cout << Shown(field) << '\n';
      std::cout << '\n';
      return;
    }
    std::string text;
    std::vector<Finding> notes;
    if (auto fault = to_->encode(*record, options_, &text, &notes)) notes.push_back(*fault);
    if (!text.empty() && written_++ > 0) std::cout << document_.between;
    std::cout << text;
    for (const Finding& each : notes) {
      std::cerr << "write " << RowOf(each.reason).name << ' ' << each.tag << ' ' << each.message
                << '\n';
    }
  }

 private:
  const Format* const to_;
  const EncodeOptions options_;
  Document document_;
  size_t written_ = 0;
};

void Convert(const std::string& bytes, const Format* from, Writer* writer) {
  ReadPlan plan;
  plan.format = from;
  plan.text.policy = TextPolicy::kDetect;
  const std::unique_ptr<Framer> framer = from->make_framer({});
  ChunkedSource source(bytes, 0, 0);
  for (bool end = false; !end;) {
    const std::optional<Block> block = framer->Next(source, plan.batch_bytes);
    if (!block.has_value()) {
      (void)source.Fill();
      continue;
    }
    const Batch batch = DecodeBlock(*block, plan);
    end = batch.end;
    for (const std::string& frame : FramesOf(batch)) writer->Write(frame);
    for (const Diagnostic& each : batch.diagnostics) {
      std::cerr << "read " << RowOf(each.finding.reason).name << ' ' << each.finding.tag << ' '
                << each.finding.message << '\n';
    }
    for (const Gap& gap : batch.gaps) {
      std::cerr << "gap " << RowOf(gap.reason).name << ' ' << gap.offset << ' ' << gap.length
                << '\n';
    }
  }
}

}  // namespace
}  // namespace marcd

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  std::ios::sync_with_stdio(false);
  const std::string bytes{std::istreambuf_iterator<char>(std::cin), {}};
  const int number = std::atoi(argv[1]);
  const marcd::Format* const from =
      number == 0 ? marcd::SniffFormat(bytes) : marcd::FindFormat(number);
  if (from == nullptr) return 3;
  marcd::EncodeOptions options;
  for (int i = 3; i < argc; ++i) {
    options.marc8 |= argv[i] == std::string("ascii");
    if (argv[i] == std::string("error")) options.unmappable = marcd::Unmappable::kError;
  }
  marcd::Writer writer(marcd::FindFormat(std::atoi(argv[2])), options);
  marcd::Convert(bytes, from, &writer);
  return 0;
}
