// One thread over a file in memory: memcpy and memchr, framing, framing and
// decode to frames, frames encoded. `bytes_per_second` is of the source. The file is named by
// MARCD_BENCH_FILE, and read into memory first.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "core/batch/batch.h"
#include "core/formats/format.h"
#include "core/record/record_view.h"
#include "core/source/memory_source.h"
#include "core/text/utf8.h"

namespace marcd {
namespace {

constexpr size_t kBlockBytes = 256 * 1024;
constexpr size_t kHeadBytes = 64 * 1024;

std::string ReadBenchFile() {
  const char* const path = std::getenv("MARCD_BENCH_FILE");
  std::ifstream file(path == nullptr ? "" : path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "core_bench: MARCD_BENCH_FILE names no file that can be read\n");
    std::exit(2);
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

const std::string& BenchFile() {
  static const std::string* const file = new std::string(ReadBenchFile());
  return *file;
}

void CountBytes(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * BenchFile().size()));
}

void BM_Memcpy(benchmark::State& state) {
  const std::string& file = BenchFile();
  const std::unique_ptr<char[]> to(new char[file.size()]);
  for (auto _ : state) {
    std::memcpy(to.get(), file.data(), file.size());
    benchmark::DoNotOptimize(to.get());
    benchmark::ClobberMemory();
  }
  CountBytes(state);
}

void BM_MemchrTerminators(benchmark::State& state) {
  const std::string& file = BenchFile();
  int64_t records = 0;
  for (auto _ : state) {
    const char* at = file.data();
    const char* const end = at + file.size();
    while ((at = static_cast<const char*>(std::memchr(at, 0x1D, end - at))) != nullptr) {
      ++at;
      ++records;
      if (at == end) break;
    }
  }
  state.counters["records"] = static_cast<double>(records) / state.iterations();
  CountBytes(state);
}

void BM_ValidateUtf8(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(IsUtf8(BenchFile()));
  CountBytes(state);
}

// Walks the file once as `plan` asks and hands each block to `use`; how many records
// there were.
template <typename Use>
int64_t Walk(const ReadPlan& plan, Use use) {
  const std::string& file = BenchFile();
  const SharedBytes bytes{std::shared_ptr<const char[]>(file.data(), [](const char*) {}),
                          file.size()};
  MemorySource source(bytes, 0, /*last=*/true);
  const bool pymarc = plan.mode == RecoveryMode::kPymarc;
  const std::unique_ptr<Framer> framer =
      (pymarc ? plan.format->make_pymarc_framer : plan.format->make_framer)(FramerOptions{});
  int64_t records = 0;
  for (bool end = false; !end;) {
    const std::optional<Block> block = framer->Next(source, kBlockBytes);
    if (!block.has_value()) break;
    records += use(*block);
    end = block->end;
  }
  return records;
}

ReadPlan MakePlan(RecoveryMode mode) {
  ReadPlan plan;
  const absl::string_view head = absl::string_view(BenchFile()).substr(0, kHeadBytes);
  const Format* const format = SniffFormat(head);
  plan.format = format != nullptr ? format : &FallbackFormat();
  if (plan.format->context != nullptr) plan.context = plan.format->context(head);
  plan.mode = mode;
  plan.text.policy = mode == RecoveryMode::kRepair ? TextPolicy::kDetect : TextPolicy::kTrust;
  plan.text.pymarc = mode == RecoveryMode::kPymarc;
  return plan;
}

void BM_Framing(benchmark::State& state) {
  const ReadPlan plan = MakePlan(RecoveryMode::kStrict);
  int64_t records = 0;
  for (auto _ : state) {
    records = Walk(plan, [](const Block& block) { return block.records.size(); });
  }
  state.counters["records"] = static_cast<double>(records);
  CountBytes(state);
}

// Framing and decode as a mode has it. With several threads each does all of it.
void BM_Decode(benchmark::State& state, RecoveryMode mode) {
  const ReadPlan plan = MakePlan(mode);
  int64_t records = 0;
  for (auto _ : state) {
    records = Walk(plan, [&](const Block& block) {
      const Batch batch = DecodeBlock(block, plan);
      benchmark::DoNotOptimize(batch.frames.data());
      return batch.ordinals.size();
    });
  }
  state.counters["records"] =
      benchmark::Counter(static_cast<double>(records), benchmark::Counter::kAvgThreads);
  CountBytes(state);
}

// Frames encoded; unless `verbatim`, all of each anew.
void BM_Encode(benchmark::State& state, bool verbatim, bool marc8) {
  const ReadPlan plan = MakePlan(RecoveryMode::kStrict);
  std::vector<std::string> frames;
  Walk(plan, [&](const Block& block) {
    const Batch batch = DecodeBlock(block, plan);
    size_t at = 0;
    for (const uint32_t length : batch.frame_lengths) {
      frames.push_back(batch.frames.substr(at, length));
      if (!verbatim) frames.back()[0] = 0;  // record_flags
      at += length;
    }
    return batch.frame_lengths.size();
  });
  EncodeOptions options;
  options.marc8 = marc8;
  std::string out;
  std::vector<Finding> notes;
  size_t bytes = 0;
  for (auto _ : state) {
    for (const std::string& frame : frames) {
      plan.format->encode(*RecordView::Parse(frame), options, &out, &notes);
      if (out.size() < kBlockBytes) continue;
      bytes += out.size();
      out.clear();
      notes.clear();
    }
  }
  benchmark::DoNotOptimize(bytes);
  state.counters["records"] = static_cast<double>(frames.size());
  CountBytes(state);
}

// What Parse() costs is in the rows of BM_Encode.
void BM_ParseFrames(benchmark::State& state) {
  const ReadPlan plan = MakePlan(RecoveryMode::kStrict);
  std::vector<Batch> batches;
  Walk(plan, [&](const Block& block) {
    batches.push_back(DecodeBlock(block, plan));
    return batches.back().frame_lengths.size();
  });
  for (auto _ : state) {
    for (const Batch& batch : batches) {
      size_t at = 0;
      for (const uint32_t length : batch.frame_lengths) {
        benchmark::DoNotOptimize(
            RecordView::Parse(absl::string_view(batch.frames).substr(at, length)).ok());
        at += length;
      }
    }
  }
  CountBytes(state);
}

BENCHMARK(BM_Memcpy);
BENCHMARK(BM_MemchrTerminators);
BENCHMARK(BM_ValidateUtf8);
BENCHMARK(BM_Framing);
BENCHMARK_CAPTURE(BM_Decode, strict, RecoveryMode::kStrict)->UseRealTime();
BENCHMARK_CAPTURE(BM_Decode, skip, RecoveryMode::kSkip)->UseRealTime();
BENCHMARK_CAPTURE(BM_Decode, repair, RecoveryMode::kRepair)->UseRealTime()->ThreadRange(1, 2);
BENCHMARK_CAPTURE(BM_Decode, pymarc, RecoveryMode::kPymarc)->UseRealTime();
BENCHMARK(BM_ParseFrames);
BENCHMARK_CAPTURE(BM_Encode, verbatim, true, false);
BENCHMARK_CAPTURE(BM_Encode, utf8, false, false);
BENCHMARK_CAPTURE(BM_Encode, marc8, false, true);

}  // namespace
}  // namespace marcd

BENCHMARK_MAIN();
