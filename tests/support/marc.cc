#include "tests/support/marc.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "core/formats/format.h"
#include "core/record/record_view.h"
#include "tests/support/chunked_source.h"

namespace marcd {
namespace {

std::string Digits(size_t value, int width) {
  char text[16];
  std::snprintf(text, sizeof text, "%0*zu", width, value);
  return text;
}

template <typename T>
void Append(const std::vector<T>& from, std::vector<T>* to) {
  to->insert(to->end(), from.begin(), from.end());
}

void Add(const Batch& batch, Batch* all) {
  all->frames += batch.frames;
  Append(batch.frame_lengths, &all->frame_lengths);
  Append(batch.ordinals, &all->ordinals);
  Append(batch.offsets, &all->offsets);
  Append(batch.lengths, &all->lengths);
  Append(batch.diagnostics, &all->diagnostics);
  Append(batch.gaps, &all->gaps);
  all->next_offset = batch.next_offset;
  all->next_ordinal = batch.next_ordinal;
  all->end = batch.end;
  all->error = batch.error;
}

}  // namespace

std::string MakeRecord(const std::vector<TestField>& fields, char coding_scheme) {
  std::string directory, data;
  for (const auto& [tag, payload] : fields) {
    absl::StrAppend(&directory, tag, Digits(payload.size() + 1, 4), Digits(data.size(), 5));
    data += payload + '\x1e';
  }
  const size_t base = 24 + directory.size() + 1;
  const size_t length = base + data.size() + 1;
  return absl::StrCat(Digits(length, 5), "nam ", std::string(1, coding_scheme), "22",
                      Digits(base, 5), " a 4500", directory, "\x1e", data, "\x1d");
}

std::string MakeBook(int number) {
  return MakeRecord(
      {{"001", absl::StrCat("book", number)},
       {"245", absl::StrCat("10\x1f", "aTitle ", number, "\x1f", "cGr\xC3\xA9goire.")},
       {"650",
        " 0\x1f"
        "aCats."}});
}

std::string MakeBooks(int count) {
  std::string books;
  for (int i = 0; i < count; ++i) books += MakeBook(i);
  return books;
}

std::string MakeRecordOfSize(size_t size) {
  constexpr size_t kFieldCost = 12 + 1;
  constexpr size_t kMostPayload = 9998;
  std::vector<TestField> fields;
  for (size_t left = size - 26; left > 0;) {
    // No field may be left smaller than an empty data field.
    size_t cost = std::min(left, kMostPayload + kFieldCost);
    if (left > cost && left - cost < kFieldCost + 4) cost -= kFieldCost + 4;
    fields.push_back({"500",
                      "  \x1f"
                      "a" +
                          std::string(cost - kFieldCost - 4, 'x')});
    left -= cost;
  }
  return MakeRecord(fields);
}

Batch ReadAll(const std::string& bytes, const Reading& reading) {
  ReadPlan plan;
  plan.format = reading.format == nullptr ? &FallbackFormat() : reading.format;
  if (plan.format->context != nullptr) plan.context = plan.format->context(bytes);
  plan.mode = reading.mode;
  plan.text = reading.text;
  plan.join_continued = reading.join_continued;
  plan.with_source = reading.with_source;
  plan.max_record_bytes = reading.max_record_bytes;
  FramerOptions options;
  options.first_ordinal = reading.start_ordinal;
  options.max_record_bytes = reading.max_record_bytes;
  options.join_continued = reading.join_continued;
  const std::unique_ptr<Framer> framer = reading.mode == RecoveryMode::kPymarc
                                             ? plan.format->make_pymarc_framer(options)
                                             : plan.format->make_framer(options);
  ChunkedSource source(bytes, reading.chunk, reading.start_offset);
  Batch all;
  while (!all.end && all.error.ok()) {
    const std::optional<Block> block = framer->Next(source, reading.batch_bytes);
    if (block.has_value()) {
      Add(DecodeBlock(*block, plan), &all);
    } else {
      (void)source.Fill();
    }
  }
  return all;
}

std::vector<std::string> FramesOf(const Batch& batch) {
  std::vector<std::string> frames;
  size_t at = 0;
  for (const uint32_t length : batch.frame_lengths) {
    frames.push_back(batch.frames.substr(at, length));
    at += length;
  }
  return frames;
}

uint64_t AccountedBytes(const Batch& batch) {
  uint64_t sum = 0;
  for (const uint32_t length : batch.lengths) sum += length;
  std::set<uint64_t> skipped;  // a record may have several diagnostics
  for (const Diagnostic& each : batch.diagnostics) {
    if (each.index < 0 && skipped.insert(each.ordinal).second) sum += each.length;
  }
  for (const Gap& gap : batch.gaps) sum += gap.length;
  return sum;
}

std::vector<std::string> ReasonsOf(const Batch& batch) {
  std::vector<std::string> names;
  for (const Diagnostic& each : batch.diagnostics) {
    names.emplace_back(RowOf(each.finding.reason).name);
  }
  return names;
}

std::vector<std::string> FieldsOf(absl::string_view frame) {
  const auto record = RecordView::Parse(frame);
  if (!record.ok()) return {std::string(record.status().message())};
  std::vector<std::string> fields;
  for (uint32_t i = 0; i < record->size(); ++i) {
    const FieldView field = record->field(i);
    std::string text = absl::StrCat(field.tag(), " ", field.payload());
    std::replace(text.begin(), text.end(), '\x1F', '$');
    fields.push_back(std::move(text));
  }
  return fields;
}

}  // namespace marcd
