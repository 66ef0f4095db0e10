#include "core/framing/line_framer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/core/framing/walk.h"

namespace marcd {
namespace {

using ::testing::ElementsAre;

constexpr LineDialect kDialects[] = {LineDialect::kMrk, LineDialect::kAlephSequential,
                                     LineDialect::kYazLine};

Walking In(LineDialect dialect) {
  Walking walking;
  walking.make_framer = [dialect](const FramerOptions& options) {
    return std::make_unique<LineFramer>(dialect, options);
  };
  return walking;
}

std::string Book(LineDialect dialect, int number) {
  const std::string id = absl::StrCat(absl::Dec(number, absl::kZeroPad9));
  switch (dialect) {
    case LineDialect::kMrk:
      return absl::StrCat("=LDR  00000nam\\a2200000\\i\\4500\n=001  ", id, "\n=245  10$aTitle\n\n");
    case LineDialect::kAlephSequential:
      return absl::StrCat(id, " LDR   L ^^^^^nam^a22000001i^4500\n", id, " 001   L ", id, "\n", id,
                          " 24510 L $$aTitle\n");
    case LineDialect::kYazLine:
      return absl::StrCat("00026nam a2200025 i 4500\n001 ", id, "\n245 10 $a Title\n\n");
  }
  return "";
}

TEST(LineFramer, RecordsStandEndToEnd) {
  for (const LineDialect dialect : kDialects) {
    const std::string file = Book(dialect, 1) + Book(dialect, 2) + Book(dialect, 3);
    EXPECT_THAT(Told(file, In(dialect)), ElementsAre("record", "record", "record"));
  }
}

TEST(LineFramer, LineEndsOfWindowsAreAsGood) {
  for (const LineDialect dialect : kDialects) {
    const std::string book = absl::StrReplaceAll(Book(dialect, 1), {{"\n", "\r\n"}});
    const std::string next = absl::StrReplaceAll(Book(dialect, 2), {{"\n", "\r\n"}});
    const Walk walk = WalkOver(book + next, In(dialect));
    ASSERT_EQ(walk.stretches.size(), 2);
    EXPECT_TRUE(Delivers(walk, 0, book.size()));
  }
}

TEST(LineFramer, LastLineEndAndEmptyLinesMayBeMissing) {
  for (const LineDialect dialect : kDialects) {
    std::string last = Book(dialect, 2);
    while (last.back() == '\n') last.pop_back();
    std::string first = Book(dialect, 1);
    if (first.substr(first.size() - 2) == "\n\n") first.pop_back();
    EXPECT_THAT(Told(first + last, In(dialect)), ElementsAre("record", "record"));
  }
}

TEST(LineFramer, EmptyLinesBehindARecordAreItsOwn) {
  for (const LineDialect dialect : kDialects) {
    const std::string book = Book(dialect, 1) + "\n  \n\r\n";
    const Walk walk = WalkOver(book + Book(dialect, 2), In(dialect));
    EXPECT_EQ(walk.stretches.size(), 2);
    EXPECT_TRUE(Delivers(walk, 0, book.size()));
    const std::string many = Book(dialect, 1) + std::string(3000, '\n') + Book(dialect, 2);
    EXPECT_THAT(Told(many, In(dialect)),
                ElementsAre("record", "gap BYTES_BETWEEN_RECORDS", "record"));
  }
}

TEST(LineFramer, OtherLinesAreGaps) {
  for (const LineDialect dialect : kDialects) {
    const std::string book = Book(dialect, 1);
    EXPECT_THAT(Told("\xEF\xBB\xBF\n" + book, In(dialect)),
                ElementsAre("gap BYTES_BETWEEN_RECORDS", "record"));
    EXPECT_THAT(Told("Some words.\nAnd more.\n" + book, In(dialect)),
                ElementsAre("gap NOT_A_RECORD", "record"));
    EXPECT_THAT(Told(book + "\nSome words.\n\n" + book, In(dialect)),
                ElementsAre("record", "gap NOT_A_RECORD", "record"));
  }
  EXPECT_THAT(Told("(comment)\n" + Book(LineDialect::kYazLine, 1), In(LineDialect::kYazLine)),
              ElementsAre("gap MARKUP", "record"));
}

TEST(LineFramer, RecordThatLostItsLeaderIsOne) {
  for (const LineDialect dialect : kDialects) {
    const std::string book = Book(dialect, 2);
    const std::string headless = book.substr(book.find('\n') + 1);
    EXPECT_THAT(Told(Book(dialect, 1) + headless + Book(dialect, 3), In(dialect)),
                ElementsAre("record", "record", "record"));
  }
}

TEST(LineFramer, AlephsNumberEndsARecordAndALeaderToo) {
  const auto aleph = LineDialect::kAlephSequential;
  const std::string one = Book(aleph, 1), two = Book(aleph, 2);
  EXPECT_THAT(Told(one + two + one, In(aleph)), ElementsAre("record", "record", "record"));
  EXPECT_THAT(Told(one + one, In(aleph)), ElementsAre("record", "record"));
  EXPECT_THAT(Told(one + "the rest of a line\n" + one.substr(one.find('\n') + 1) + two, In(aleph)),
              ElementsAre("record", "record"));
}

TEST(LineFramer, RecordOverTheLimitIsCutAndMemoryBounded) {
  for (const LineDialect dialect : kDialects) {
    std::string large = Book(dialect, 1);
    large.insert(large.find("Title"), std::string(100'000, 'x'));
    Walking walking = In(dialect);
    walking.options.max_record_bytes = 1000;
    walking.chunk = 500;
    const std::string file = Book(dialect, 0) + large + Book(dialect, 2);
    const Walk walk = WalkOver(file, walking);
    EXPECT_EQ(Told(walk)[1], "record RECORD_TOO_LARGE");
    EXPECT_TRUE(Delivers(walk, file.size() - Book(dialect, 2).size(), Book(dialect, 2).size()));
    EXPECT_LT(walk.most_in_view, 400'000);
  }
}

TEST(LineFramer, LineOfAnyLengthStreams) {
  for (const LineDialect dialect : kDialects) {
    Walking walking = In(dialect);
    walking.chunk = 10'000;
    // What looks like a record in the midst of it is none.
    std::string line(2'000'000, 'x');
    const std::string book = Book(dialect, 1);
    line.replace(256 * 1024, book.size() - 2, book.substr(0, book.size() - 2));
    std::replace(line.begin(), line.end(), '\n', ' ');
    const Walk walk = WalkOver(line + "\n" + book, walking);
    EXPECT_THAT(Told(walk), ElementsAre("gap NOT_A_RECORD", "record"));
    EXPECT_LT(walk.most_in_view, 600'000);
  }
}

using Random = std::mt19937;

std::string AnyFile(LineDialect dialect, unsigned seed) {
  Random random(seed);
  std::string file;
  for (int i = static_cast<int>(random() % 12); i >= 0; --i) {
    std::string book = Book(dialect, static_cast<int>(random() % 5));
    switch (random() % 8) {
      case 0:
        for (int n = 0; n < 3; ++n) book[random() % book.size()] = static_cast<char>(random());
        break;
      case 1:
        book.resize(random() % book.size());
        break;
      case 2:
        book = absl::StrReplaceAll(book, {{"\n", "\r\n"}});
        break;
      case 3:
        book += std::string(random() % 1100, random() % 2 == 0 ? '\n' : ' ');
        break;
      case 4:
        book = "(words)\nand\r\n\n" + book;
        break;
      case 5:
        book = "\xEF\xBB\xBF" + book;
        break;
      default:
        break;
    }
    file += book;
  }
  return file;
}

TEST(LineFramer, EveryCutGivesTheSameWalk) {
  for (const LineDialect dialect : kDialects) {
    for (unsigned seed = 0; seed < 150; ++seed) {
      const std::string file = AnyFile(dialect, seed);
      Random random(seed);
      Walking walking = In(dialect);
      if (seed % 5 == 0) walking.options.max_record_bytes = 90;
      const Walk whole = WalkOver(file, walking);
      for (int i = 0; i < 8; ++i) {
        walking.chunk = i == 0 ? 1 : 1 + random() % 200;
        walking.block_bytes = 1 + random() % 300;
        const Walk cut = WalkOver(file, walking);
        ASSERT_EQ(Told(cut), Told(whole)) << seed << " in reads of " << walking.chunk;
        ASSERT_EQ(cut.stretches, whole.stretches) << seed << " in reads of " << walking.chunk;
      }
    }
  }
}

// Whether a line is a field is asked as soon as its end is in view.
TEST(LineFramer, NoFieldOfAlephsGoesOnBehindItsLine) {
  const std::string file = "rest\n     245 1 L text\n" + Book(LineDialect::kAlephSequential, 1);
  ExpectSameForEveryChunk(file, In(LineDialect::kAlephSequential));
  EXPECT_THAT(Told(file, In(LineDialect::kAlephSequential)),
              ElementsAre("gap NOT_A_RECORD", "record"));
}

TEST(LineFramer, BlanksThatEndTheSourceAreTheRecordsHoweverItIsCut) {
  for (const LineDialect dialect : kDialects) {
    std::string book = Book(dialect, 1);
    while (book.back() == '\n') book.pop_back();
    for (const size_t blanks : {1022, 1023, 1024}) {
      ExpectSameForEveryChunk(absl::StrCat(book, "\n\n", std::string(blanks, ' ')), In(dialect));
    }
  }
}

TEST(LineFramer, WalkTakenUpAtAnyRecordGoesOnAsTheFirst) {
  for (const LineDialect dialect : kDialects) {
    for (unsigned seed = 0; seed < 100; ++seed) {
      const std::string file = AnyFile(dialect, seed);
      const Walk whole = WalkOver(file, In(dialect));
      for (size_t i = 0; i < whole.stretches.size(); ++i) {
        if (!whole.stretches[i].is_record) continue;
        Walking rest = In(dialect);
        rest.start_offset = whole.stretches[i].offset;
        rest.options.first_ordinal = whole.stretches[i].ordinal;
        const std::vector<Stretch> expected(whole.stretches.begin() + static_cast<ptrdiff_t>(i),
                                            whole.stretches.end());
        ASSERT_EQ(WalkOver(file, rest).stretches, expected) << seed << " at " << i;
      }
    }
  }
}

TEST(LineFramer, EveryDamagedByteLeavesTheOtherRecords) {
  for (const LineDialect dialect : kDialects) {
    const std::string before = Book(dialect, 100), book = Book(dialect, 222),
                      after = Book(dialect, 303);
    for (size_t at = 0; at < book.size(); ++at) {
      for (const char value : std::string("\0\n\r =09x\xFF", 9)) {
        const Walk walk =
            WalkOver(before + With(book, at, std::string(1, value)) + after, In(dialect));
        const uint64_t end = before.size() + book.size();
        // The last line end joins the record's last line and the next one's first.
        const bool joins = at + 1 == book.size() || (at + 2 == book.size() && book[at] == '\n');
        ASSERT_TRUE(joins || Delivers(walk, end, after.size())) << at << " " << int{value};
        // A line without its number, or an empty one, is the rest of what is before it.
        const bool first = at < 10;
        ASSERT_TRUE(first || Delivers(walk, 0, before.size())) << at << " " << int{value};
      }
    }
  }
}

TEST(LineFramer, EveryTruncationKeepsTheRecordsBeforeIt) {
  for (const LineDialect dialect : kDialects) {
    const std::string books = Book(dialect, 100) + Book(dialect, 200);
    const size_t first = Book(dialect, 100).size();
    for (size_t size = first + 12; size <= books.size(); ++size) {
      const Walk walk = WalkOver(books.substr(0, size), In(dialect));
      ASSERT_TRUE(Delivers(walk, 0, first)) << size;
    }
  }
}

}  // namespace
}  // namespace marcd
