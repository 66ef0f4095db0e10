// Seeded damage: nothing crashes, every byte is accounted for, and the records
// around the damaged one are delivered.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/core/framing/walk.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

constexpr int kBooks = 50;
constexpr char kValues[] = {'\0', '\n', ' ', '0', '9', '\x1d', '\x1e', '\xff'};

struct Books {
  std::string bytes;
  std::vector<size_t> begins;

  size_t LengthOf(size_t i) const { return begins[i + 1] - begins[i]; }
};

Books MakeBooksWithPlaces() {
  Books books;
  for (int i = 0; i < kBooks; ++i) {
    books.begins.push_back(books.bytes.size());
    books.bytes += MakeBook(i);
  }
  books.begins.push_back(books.bytes.size());
  return books;
}

const Stretch& StretchAt(const Walk& walk, uint64_t offset) {
  return *std::find_if(walk.stretches.begin(), walk.stretches.end(),
                       [&](const Stretch& each) { return offset < each.offset + each.length; });
}

TEST(Damage, EveryByteSetToEightValuesIsARecordAndCostsNoOther) {
  const Books books = MakeBooksWithPlaces();
  for (size_t at = 0; at < books.bytes.size(); ++at) {
    // The record that holds the byte, and its neighbours' neighbours apart, all
    // is as it was: a window of five records shows it.
    const size_t hit =
        std::upper_bound(books.begins.begin(), books.begins.end(), at) - books.begins.begin() - 1;
    const size_t first = hit < 2 ? 0 : hit - 2, last = std::min<size_t>(hit + 3, kBooks);
    const size_t begin = books.begins[first];
    const std::string five = books.bytes.substr(begin, books.begins[last] - begin);
    for (const char value : kValues) {
      SCOPED_TRACE(testing::Message() << "byte " << at << " set to " << int(value));
      const Walk walk = WalkOver(With(five, at - begin, std::string(1, value)));
      for (size_t i = first; i < last; ++i) {
        const uint64_t offset = books.begins[i] - begin;
        if (i == hit) {
          const Stretch& damaged = StretchAt(walk, offset);
          ASSERT_TRUE(damaged.is_record);
          ASSERT_EQ(damaged.offset, offset);
          ASSERT_EQ(damaged.length, books.LengthOf(i));
        } else {
          ASSERT_TRUE(Delivers(walk, offset, books.LengthOf(i))) << "lost record " << i;
        }
      }
    }
  }
}

TEST(Damage, EveryTwoDamagedBytesOfALeaderLeaveARecord) {
  const std::string before = MakeBook(1), book = MakeBook(2), after = MakeBook(3);
  for (size_t a = 0; a < 24; ++a) {
    for (size_t b = a + 1; b < 24; ++b) {
      const Walk walk = WalkOver(absl::StrCat(before, With(With(book, a, "x"), b, "\xff"), after));
      ASSERT_EQ(walk.stretches.size(), 3) << a << " and " << b;
      ASSERT_TRUE(walk.stretches[1].is_record) << a << " and " << b;
    }
  }
}

TEST(Damage, EveryTruncationKeepsTheRecordsBeforeIt) {
  const Books books = MakeBooksWithPlaces();
  for (size_t size = 0; size <= books.begins[4]; ++size) {
    const Walk walk = WalkOver(books.bytes.substr(0, size));
    const size_t whole =
        std::upper_bound(books.begins.begin(), books.begins.end(), size) - books.begins.begin() - 1;
    const bool inside = size > books.begins[whole];
    ASSERT_EQ(walk.stretches.size(), whole + inside) << "cut to " << size;
    for (size_t i = 0; i < whole; ++i) {
      ASSERT_TRUE(Delivers(walk, books.begins[i], books.LengthOf(i))) << "cut to " << size;
    }
    if (inside) {
      ASSERT_EQ(walk.stretches.back().reason.substr(0, 9), "TRUNCATED");
    }
    // A file that grows is read on from there.
    ASSERT_EQ(walk.next_offset, books.begins[whole]) << "cut to " << size;
  }
}

TEST(Damage, EveryCutOutOfTheMiddleKeepsTheRecordsAround) {
  const std::string before = MakeBook(1), book = MakeBook(2), after = MakeBook(3);
  for (size_t from = 0; from < book.size(); ++from) {
    for (size_t to = from + 1; to <= book.size(); ++to) {
      std::string damaged = book;
      damaged.erase(from, to - from);
      const Walk walk = WalkOver(absl::StrCat(before, damaged, after));
      ASSERT_TRUE(Delivers(walk, 0, before.size()));
      ASSERT_TRUE(Delivers(walk, before.size() + damaged.size(), after.size()))
          << "without " << from << " to " << to;
    }
  }
}

TEST(Damage, ManyDamagesAtOnceAreAccountedFor) {
  const std::string books = MakeBooks(kBooks);
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    std::string bytes = books;
    const int damages = 1 + random() % 200;
    for (int i = 0; i < damages; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    Walking walking;
    walking.chunk = 1 + random() % 5000;
    walking.block_bytes = 1 + random() % 5000;
    walking.pymarc = seed % 4 == 0;
    WalkOver(bytes, walking);
  }
}

TEST(Damage, RandomBytesAreAccountedFor) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    std::string bytes(random() % 3000, '\0');
    const std::string alphabet(
        "\x1d\x1e\x1f"
        "0123456789 a\n\xc3");
    for (char& c : bytes) c = alphabet[random() % alphabet.size()];
    Walking walking;
    walking.pymarc = seed % 4 == 0;
    WalkOver(bytes, walking);
  }
}

}  // namespace
}  // namespace marcd
