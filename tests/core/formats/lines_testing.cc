#include "tests/core/formats/lines_testing.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "absl/strings/str_cat.h"
#include "core/batch/batch.h"
#include "core/record/record_builder.h"
#include "core/record/record_view.h"
#include "core/text/normalize.h"
#include "tests/support/chunked_source.h"

namespace marcd {
namespace {

using Random = std::mt19937;

template <typename T>
void Append(const std::vector<T>& from, std::vector<T>* to) {
  to->insert(to->end(), from.begin(), from.end());
}

// Without what `trouble` rules out.
std::string AnyValue(Random& random, const Trouble& trouble) {
  static const char* const kPlain[] = {
      "Title",      "a b",     " ",      "\u00E9t\u00E9", "e\u0301",      "x\u0358\u0301",
      "t\u0361sar", "\u0416",  "\u6F22", "\U0001F600",    "\u1EA5",       "\u0301a",
      "o\u0360ng",  "=245",    "=LDR",   "(c)",           "\u00DF\u20AC", "\u02BB\u0142",
      "\t",         "a\u0361", ";#x41;", "U\u0308\u0304"};
  static const char* const kDelimiters[] = {"$",  "$a",     "{",         "}",   "{eacute}", "\\",
                                            "$$", "&#x41;", "&#x1F600;", "^",   "\x1B(N",   "\x1B",
                                            "&",  " $b x",  "{acute}",   "{7B}"};
  static const char* const kLineEnds[] = {"\n", "\r\n", "\n\n", "\n=245  10$a", "\r"};
  std::string value;
  for (int parts = static_cast<int>(random() % 4); parts > 0; --parts) {
    const unsigned kind = random() % 10;
    if (kind == 0 && trouble.line_ends) {
      value += kLineEnds[random() % std::size(kLineEnds)];
    } else if (kind < 4 && trouble.delimiters) {
      value += kDelimiters[random() % std::size(kDelimiters)];
    } else {
      value += kPlain[random() % std::size(kPlain)];
    }
  }
  return value;
}

}  // namespace

Batch ReadFormat(int format, const std::string& bytes, const Reading& reading) {
  ReadPlan plan;
  plan.format = FindFormat(format);
  plan.mode = reading.mode;
  plan.text = reading.text;
  plan.with_source = reading.with_source;
  plan.max_record_bytes = reading.max_record_bytes;
  FramerOptions options;
  options.max_record_bytes = reading.max_record_bytes;
  const std::unique_ptr<Framer> framer = plan.format->make_framer(options);
  ChunkedSource source(bytes, reading.chunk, 0);
  Batch all;
  while (!all.end && all.error.ok()) {
    const std::optional<Block> block = framer->Next(source, reading.batch_bytes);
    if (!block.has_value()) {
      (void)source.Fill();
      continue;
    }
    const Batch batch = DecodeBlock(*block, plan);
    all.frames += batch.frames;
    Append(batch.frame_lengths, &all.frame_lengths);
    Append(batch.ordinals, &all.ordinals);
    Append(batch.offsets, &all.offsets);
    Append(batch.lengths, &all.lengths);
    Append(batch.diagnostics, &all.diagnostics);
    Append(batch.gaps, &all.gaps);
    all.end = batch.end;
    all.error = batch.error;
  }
  return all;
}

Written Write(int format, absl::string_view frame, const EncodeOptions& options) {
  Written written;
  std::vector<Finding> notes;
  const auto record = RecordView::Parse(frame);
  EXPECT_TRUE(record.ok()) << record.status();
  if (!record.ok()) return written;
  const auto fault = FindFormat(format)->encode(*record, options, &written.text, &notes);
  written.fault = fault.has_value();
  if (fault.has_value()) {
    EXPECT_EQ(written.text, "");
    written.reasons.emplace_back(RowOf(fault->reason).name);
  }
  for (const Finding& each : notes) written.reasons.emplace_back(RowOf(each.reason).name);
  return written;
}

std::string AnyFrame(unsigned seed, const Trouble& trouble) {
  Random random(seed);
  RecordBuilder record("00000nam a2200000 i 4500");
  record.AddControlField("001", absl::StrCat(1000 + seed));
  if (random() % 2 == 0) record.AddControlField("008", AnyValue(random, trouble));
  for (int fields = static_cast<int>(random() % 5); fields > 0; --fields) {
    static const char* const kTags[] = {"245", "500", "880", "FMT", "9ab"};
    static const char kIndicators[] = " 0123456789a";
    std::vector<std::string> values;
    for (int n = static_cast<int>(random() % 4); n > 0; --n) {
      values.push_back(AnyValue(random, trouble));
    }
    std::vector<SubfieldView> subfields;
    for (const std::string& value : values) {
      subfields.push_back({"abcxyz0159"[random() % 10], value});
    }
    record.AddDataField(kTags[random() % std::size(kTags)], kIndicators[random() % 12],
                        kIndicators[random() % 12], subfields);
  }
  std::string frame;
  const absl::Status made = record.AppendTo(&frame);
  EXPECT_TRUE(made.ok()) << made;
  return frame;
}

std::vector<std::string> Shown(absl::string_view frame, bool nfc) {
  const auto record = RecordView::Parse(frame);
  if (!record.ok()) return {std::string(record.status().message())};
  std::string leader(record->leader());
  leader.replace(0, 5, ".....").replace(9, 8, "........");
  std::vector<std::string> shown = {leader};
  for (std::string& field : FieldsOf(frame)) {
    if (nfc) NormalizeNfc(&field, 0);
    shown.push_back(std::move(field));
  }
  return shown;
}

}  // namespace marcd
