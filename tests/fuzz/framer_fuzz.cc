// However a source is cut into reads and blocks, and wherever a walk is taken up again,
// the same records are found in it, and none is lost to junk beside it. That every byte
// is in one record or in one gap, WalkOver() expects of each walk.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/core/framing/walk.h"
#include "tests/fuzz/input.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

// Those of `walk` that lie from `begin` up to `end`.
std::vector<Stretch> RecordsOf(const Walk& walk, uint64_t begin, uint64_t end) {
  std::vector<Stretch> records;
  std::copy_if(walk.stretches.begin(), walk.stretches.end(), std::back_inserter(records),
               [&](const Stretch& each) {
                 return each.is_record && each.offset >= begin && each.offset < end;
               });
  return records;
}

// A walk that ends early, and one that goes on from there.
void ExpectSplitIsWhole(const std::string& bytes, const Walking& walking, uint64_t end,
                        const Walk& whole) {
  Walking first = walking;
  first.options.end_offset = end;
  const Walk before = WalkOver(bytes, first);
  Walking second = walking;
  second.start_offset = before.next_offset;
  second.options.first_ordinal = before.next_ordinal;
  const Walk after = WalkOver(bytes, second);
  EXPECT_EQ(RecordsOf(before, 0, before.next_offset), RecordsOf(whole, 0, before.next_offset));
  EXPECT_EQ(RecordsOf(after, 0, bytes.size()), RecordsOf(whole, before.next_offset, bytes.size()));
}

// Without digits there is no length that could reach into the records beside.
void ExpectNoRecordIsLostTo(std::string junk) {
  std::replace_if(
      junk.begin(), junk.end(), [](char c) { return c >= '0' && c <= '9'; }, 'x');
  const std::string book = MakeBook(1);
  const Walk walk = WalkOver(book + junk + book + book);
  EXPECT_TRUE(Delivers(walk, 0, book.size()));
  EXPECT_TRUE(Delivers(walk, book.size() + junk.size(), book.size()));
  EXPECT_TRUE(Delivers(walk, 2 * book.size() + junk.size(), book.size()));
}

}  // namespace
}  // namespace marcd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  marcd::FuzzInput input(data, size);
  marcd::Walking walking;
  walking.pymarc = input.Flag();
  walking.options.join_continued = input.Flag();
  if (input.Flag()) walking.options.max_record_bytes = 200;
  marcd::Walking pieces = walking;
  pieces.chunk = 1 + input.Choose(256);
  pieces.block_bytes = 1 + 4 * input.Choose(256);
  const size_t part = input.Choose(256);  // of 256
  const std::string bytes(input.Rest());
  const marcd::Walk whole = marcd::WalkOver(bytes, walking);
  const marcd::Walk cut = marcd::WalkOver(bytes, pieces);
  EXPECT_EQ(marcd::Told(cut), marcd::Told(whole));
  EXPECT_EQ(cut.stretches, whole.stretches);
  EXPECT_EQ(cut.next_offset, whole.next_offset);
  EXPECT_EQ(cut.next_ordinal, whole.next_ordinal);
  if (!walking.pymarc) {  // that there was a stop cannot be seen from behind it
    marcd::ExpectSplitIsWhole(bytes, pieces, bytes.size() * part / 256, whole);
    marcd::ExpectNoRecordIsLostTo(bytes);
  }
  return 0;
}
