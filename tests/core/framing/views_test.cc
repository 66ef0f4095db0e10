// What is found does not depend on how the source is read, nor on where a walk
// was taken up again.
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/core/framing/walk.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using Random = std::mt19937;

std::string Utf16(const std::string& text) {
  std::string units;
  for (const char c : text) units += std::string{c, '\0'};
  return units;
}

std::string Damaged(Random& random) {
  std::string book = MakeBook(random() % 1000);
  for (int i = random() % 3; i >= 0; --i) {
    book[random() % book.size()] = static_cast<char>(random());
  }
  return book;
}

// A record whose length reaches to the end of what follows it.
std::string Spanning(Random& random) {
  std::string next = With(MakeBook(random() % 1000), 24, random() % 2 == 0 ? "\xff" : "0");
  if (random() % 2 == 0) next = With(next, 0, "00300");
  if (random() % 2 == 0) next = "\r\n" + next;
  const std::string book = MakeBook(random() % 1000);
  return With(book, 0, absl::StrCat("00", book.size() + next.size())) + next;
}

// One of the things that are found in files.
std::string AnyPiece(Random& random) {
  std::string book = MakeBook(random() % 1000);
  const auto number = [&](int most) { return static_cast<size_t>(random() % most); };
  switch (number(13)) {
    case 0:
      return Damaged(random);
    case 1:
      return Open(book);
    case 2:
      return With(book, 0, absl::StrCat(10'000 + number(500)));
    case 3:
      return With(book, 0, absl::StrCat("00", 100 + number(800)));
    case 4:
      return std::string(number(40), "\n \0\r\x1a"[number(5)]);
    case 5:
      return std::string(number(60), 'x');
    case 6:
      return "\xEF\xBB\xBF";
    case 7:
      return Utf16(MakeRecord({}));
    case 8:
      return book.substr(0, number(book.size()));
    case 9:
      return std::string(1 + number(3), '\x1d');
    case 10:
      return std::string(number(80), '\n') + With(book, 0, "   ");
    case 11:
      return Spanning(random);
    default:
      return book;
  }
}

std::string AnyFile(unsigned seed) {
  Random random(seed);
  std::string file;
  for (int i = random() % 40; i >= 0; --i) file += AnyPiece(random);
  return file;
}

std::string LargeFile(unsigned seed) {
  Random random(seed);
  std::string file = AnyFile(seed);
  const std::string junk(250'000 + random() % 30'000, 'j');
  file += Damaged(random) + junk + AnyFile(seed + 1);
  file += With(MakeBook(7), 0, "99999").substr(0, 90) + junk + junk + AnyFile(seed + 2);
  return file;
}

void ExpectSameForEveryView(const std::string& file, bool pymarc, Random& random, int views,
                            size_t most) {
  Walking walking;
  walking.pymarc = pymarc;
  const Walk whole = WalkOver(file, walking);
  for (int i = 0; i < views; ++i) {
    walking.chunk = 1 + random() % most;
    walking.block_bytes = 1 + random() % 600;
    const Walk pieces = WalkOver(file, walking);
    ASSERT_EQ(Told(pieces), Told(whole)) << "reads of " << walking.chunk;
    ASSERT_EQ(pieces.stretches, whole.stretches) << "reads of " << walking.chunk;
    ASSERT_EQ(pieces.next_offset, whole.next_offset) << "reads of " << walking.chunk;
  }
}

TEST(Views, EveryReadSizeOfOneFileGivesTheSame) { ExpectSameForEveryChunk(AnyFile(3)); }

TEST(Views, AnyFileGivesTheSameForAnyReads) {
  for (unsigned seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    ExpectSameForEveryView(AnyFile(seed), seed % 5 == 0, random, 6, 1000);
    if (HasFatalFailure()) return;
  }
}

TEST(Views, FilesLongerThanTheReachGiveTheSameForAnyReads) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    ExpectSameForEveryView(LargeFile(seed), /*pymarc=*/false, random, 3, 300'000);
    if (HasFatalFailure()) return;
  }
}

// What follows a boundary is all that decides; only filler behind bytes that are
// no record has their reason in the one walk and its own in the other.
TEST(Views, WalkResumedAtAnyBoundaryGoesOnAsTheFirst) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    const std::string file = AnyFile(seed);
    const Walk whole = WalkOver(file);
    for (size_t i = 0; i < whole.stretches.size(); ++i) {
      if (!whole.stretches[i].is_record) continue;
      Walking rest;
      rest.start_offset = whole.stretches[i].offset + whole.stretches[i].length;
      rest.options.first_ordinal = whole.stretches[i].ordinal + 1;
      const std::vector<Stretch> expected(whole.stretches.begin() + i + 1, whole.stretches.end());
      ASSERT_EQ(WalkOver(file, rest).stretches, expected) << "seed " << seed << " behind " << i;
    }
  }
}

}  // namespace
}  // namespace marcd
