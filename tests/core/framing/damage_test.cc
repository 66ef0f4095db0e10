// Seeded damage: nothing crashes, every byte is accounted for, and the records
// around the damaged one are delivered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/marc.h"

namespace marcd {
namespace {

constexpr int kBooks = 50;

struct Books {
  std::string bytes;
  std::vector<size_t> begins;
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

bool Delivered(const Batch& batch, uint64_t offset) {
  return std::binary_search(batch.offsets.begin(), batch.offsets.end(), offset);
}

TEST(Damage, EveryByteSetToEightValuesCostsNoOtherRecord) {
  const Books books = MakeBooksWithPlaces();
  const char values[] = {'\0', '\n', ' ', '0', '9', '\x1d', '\x1e', '\xff'};
  for (size_t at = 0; at < books.bytes.size(); ++at) {
    // The record that holds the byte, and its neighbours' neighbours apart, all
    // is as it was: a window of five records shows it.
    const size_t hit =
        std::upper_bound(books.begins.begin(), books.begins.end(), at) - books.begins.begin() - 1;
    const size_t first = hit < 2 ? 0 : hit - 2, last = std::min<size_t>(hit + 3, kBooks);
    const size_t begin = books.begins[first];
    for (const char value : values) {
      std::string bytes = books.bytes.substr(begin, books.begins[last] - begin);
      bytes[at - begin] = value;
      const Batch batch = ReadAll(bytes);
      ASSERT_EQ(AccountedBytes(batch), bytes.size()) << "byte " << at << " set to " << int(value);
      for (size_t i = first; i < last; ++i) {
        if (i == hit) continue;
        ASSERT_TRUE(Delivered(batch, books.begins[i] - begin))
            << "byte " << at << " set to " << int(value) << " lost record " << i;
      }
    }
  }
}

TEST(Damage, EveryTruncationKeepsTheRecordsBeforeIt) {
  const Books books = MakeBooksWithPlaces();
  for (size_t size = 0; size <= books.begins[4]; ++size) {
    const Batch batch = ReadAll(books.bytes.substr(0, size));
    ASSERT_EQ(AccountedBytes(batch), size);
    const size_t whole =
        std::upper_bound(books.begins.begin(), books.begins.end(), size) - books.begins.begin() - 1;
    ASSERT_EQ(batch.ordinals.size(), whole) << "cut to " << size;
  }
}

TEST(Damage, ManyDamagesAtOnceAreAccountedFor) {
  const std::string books = MakeBooks(kBooks);
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    std::string bytes = books;
    const int damages = 1 + random() % 200;
    for (int i = 0; i < damages; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    Reading reading;
    reading.chunk = 1 + random() % 5000;
    reading.batch_bytes = 1 + random() % 5000;
    ASSERT_EQ(AccountedBytes(ReadAll(bytes, reading)), bytes.size()) << "seed " << seed;
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
    ASSERT_EQ(AccountedBytes(ReadAll(bytes)), bytes.size()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace marcd
