// Helpers for tests: records to order, and reading them.
#ifndef MARCD_TESTS_SUPPORT_MARC_H_
#define MARCD_TESTS_SUPPORT_MARC_H_

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/batch/batch.h"

namespace marcd {

// A tag and a payload: a control field's text, or indicators and subfields.
using TestField = std::pair<std::string, std::string>;

// One ISO 2709 record with these fields; leader/09 is `coding_scheme`.
std::string MakeRecord(const std::vector<TestField>& fields, char coding_scheme = 'a');

// A record with an 001, a 245 and some more, told apart by `number`.
std::string MakeBook(int number);

// `count` of them end to end.
std::string MakeBooks(int count);

// A record of exactly `size` bytes, in several fields.
std::string MakeRecordOfSize(size_t size);

// How a test's source hands out its bytes, and what is done with them.
struct Reading {
  // Null: ISO 2709.
  const Format* format = nullptr;
  // Bytes a Fill; 0: all at once.
  size_t chunk = 0;
  // Source bytes a block.
  size_t batch_bytes = 256 * 1024;
  RecoveryMode mode = RecoveryMode::kSkip;
  TextOptions text;
  bool join_continued = false;
  bool with_source = false;
  size_t max_record_bytes = 64 * 1024 * 1024;
  uint64_t start_offset = 0;
  uint64_t start_ordinal = 0;
};

// All batches of a walk over `bytes` as one, its frames end to end. `error` is
// that of the batch at which the walk ended, if one did.
Batch ReadAll(const std::string& bytes, const Reading& reading = {});

// The frames of `batch`, one each.
std::vector<std::string> FramesOf(const Batch& batch);

// A frame's fields, each as `245 10$aTitle`; or what is wrong with the frame.
std::vector<std::string> FieldsOf(absl::string_view frame);

// The sum of the lengths of all records, skipped ones included, and gaps: the
// source's size, if nothing was lost.
uint64_t AccountedBytes(const Batch& batch);

// The names of the diagnostics' reasons, in order.
std::vector<std::string> ReasonsOf(const Batch& batch);

}  // namespace marcd

#endif  // MARCD_TESTS_SUPPORT_MARC_H_
