// What is written as ISO 2709 is read as the same record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "core/formats/format.h"
#include "core/record/record_builder.h"
#include "core/record/record_view.h"
#include "tests/support/marc.h"
#include "tests/support/same_frame.h"

namespace marcd {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::string_view kLeader = "00000nam  2200000 i 4500";
const std::string kA =
    "  \x1F"
    "a";  // NOLINT: the beginning of a data field

EncodeOptions Options(TooLong too_long, bool marc8 = false) {
  EncodeOptions options;
  options.too_long = too_long;
  options.marc8 = marc8;
  return options;
}
const EncodeOptions kUtf8 = Options(TooLong::kError);
const EncodeOptions kMarc8 = Options(TooLong::kError, /*marc8=*/true);

std::string MakeFrame(const std::vector<TestField>& fields, absl::string_view leader = kLeader) {
  RecordBuilder record(leader);
  for (const auto& [tag, payload] : fields) {
    if (IsControlTag(tag)) {
      record.AddControlField(tag, payload);
      continue;
    }
    std::vector<SubfieldView> subfields;
    absl::string_view rest = absl::string_view(payload).substr(2);
    for (SubfieldView subfield; FieldView::NextSubfield(&rest, &subfield);) {
      subfields.push_back(subfield);
    }
    record.AddDataField(tag, payload[0], payload[1], subfields);
  }
  std::string frame;
  const absl::Status status = record.AppendTo(&frame);
  EXPECT_TRUE(status.ok()) << status;
  return frame;
}

struct Written {
  std::string bytes;
  std::vector<Finding> notes;
  std::optional<Finding> fault;
};

Written Write(const std::string& frame, const EncodeOptions& options = kUtf8) {
  const auto record = RecordView::Parse(frame);
  EXPECT_TRUE(record.ok()) << record.status();
  Written written;
  written.bytes = "before";
  written.fault = FindFormat(1)->encode(*record, options, &written.bytes, &written.notes);
  EXPECT_EQ(written.bytes.substr(0, 6), "before");
  written.bytes.erase(0, 6);
  if (written.fault.has_value()) {
    EXPECT_THAT(written.bytes, IsEmpty());
    EXPECT_THAT(written.notes, IsEmpty());
    EXPECT_EQ(written.fault->disposition, Disposition::kSkipped);
  }
  return written;
}

// The bytes of a record of which nothing is to be said.
std::string Clean(const std::string& frame, const EncodeOptions& options = kUtf8) {
  const Written written = Write(frame, options);
  EXPECT_FALSE(written.fault.has_value()) << written.fault->message;
  EXPECT_THAT(written.notes, IsEmpty());
  return written.bytes;
}

Batch Read(const std::string& bytes, RecoveryMode mode = RecoveryMode::kStrict,
           bool join_continued = false) {
  Reading reading;
  reading.mode = mode;
  reading.join_continued = join_continued;
  Batch batch = ReadAll(bytes, reading);
  EXPECT_TRUE(batch.error.ok()) << batch.error;
  EXPECT_EQ(AccountedBytes(batch), bytes.size());
  return batch;
}

// The one frame of `bytes`, which nothing is the matter with.
std::string ReadClean(const std::string& bytes) {
  const Batch batch = Read(bytes);
  EXPECT_EQ(batch.frame_lengths.size(), 1);
  EXPECT_THAT(ReasonsOf(batch), IsEmpty());
  return batch.frames;
}

std::string FrameOf(const std::string& source) { return ReadClean(source); }

// A frame of fields whose record has just `size` bytes; none is longer than can be.
std::string FrameOfSize(size_t size, std::vector<TestField> fields = {{"001", "x"}}) {
  size_t left = size - 26;
  for (const auto& [tag, payload] : fields) left -= 12 + payload.size() + 1;
  while (left > 0) {
    size_t cost = std::min<size_t>(left, 12 + 9'999);
    if (left > cost && left - cost < 30) cost -= 30;
    fields.emplace_back("500", kA + std::string(cost - 13 - kA.size(), 'x'));
    left -= cost;
  }
  return MakeFrame(fields);
}

// A frame with a 500 that takes `size` bytes with its terminator.
std::string FrameWithField(size_t size) {
  return MakeFrame(
      {{"001", "x"}, {"500", kA + std::string(size - kA.size() - 1, 'y')}, {"650", kA + "Cats"}});
}

TEST(EncodeIso2709, NothingStandsAroundRecords) {
  const Document document = FindFormat(1)->document(kUtf8);
  EXPECT_EQ(absl::StrCat(document.begin, document.between, document.end), "");
}

TEST(EncodeIso2709, VerbatimRecordComesOutAsItWentIn) {
  for (const std::string& source :
       {MakeBook(1), MakeRecord({}), MakeRecordOfSize(99'999),
        MakeRecord({{"500", kA + "later"}, {"001", "x"}, {"FMT", kA}}, ' ')}) {
    EXPECT_EQ(Clean(FrameOf(source)), source);
  }
}

TEST(EncodeIso2709, LengthsAreCountedAnew) {
  const std::string frame = MakeFrame({{"001", "ocm1"},
                                       {"245",
                                        "10\x1F"
                                        "aCaf\u00E9\x1F"
                                        "c"},
                                       {"500", "  "}},
                                      "99999cam3 3399999ua 4500");
  EXPECT_EQ(Clean(frame),
            "00082cam3a2200061ua 4500001000500000245001200005500000300017\x1E"
            "ocm1\x1E"
            "10\x1F"
            "aCaf\u00E9\x1F"
            "c\x1E"
            "  \x1E\x1D");
}

TEST(EncodeIso2709, EntryMapIsCorrectedOnlyWhereItMisleads) {
  const std::vector<TestField> fields = {{"001", "x"}};
  EXPECT_EQ(Clean(MakeFrame(fields, "00000nam  2200000 i 9910")).substr(20, 4), "4500");
  EXPECT_EQ(Clean(MakeFrame(fields, "00000nam  2200000 i     ")).substr(20, 4), "    ");
}

TEST(EncodeIso2709, LeaderTellsTheTruth) {
  const auto scheme = [](const std::string& frame, const EncodeOptions& options) {
    return Clean(frame, options)[9];
  };
  const std::string ascii = MakeRecord({{"245", kA + "Title"}}, ' ');
  EXPECT_EQ(scheme(FrameOf(ascii), kUtf8), ' ') << "verbatim, and true of both";
  EXPECT_EQ(scheme(FrameOf(ascii), kMarc8), ' ');
  EXPECT_EQ(scheme(FrameOf(MakeBook(1)), kMarc8), ' ');
  EXPECT_EQ(scheme(MakeFrame({{"001", "x"}}), kUtf8), 'a');
  EXPECT_EQ(scheme(MakeFrame({{"001", "x"}}, "00000nam a2200000 i 4500"), kMarc8), ' ');
  // UTF-8 under a leader that says MARC-8, as read by force; its bytes are verbatim.
  Reading forced;
  forced.text = {TextPolicy::kForce, Encoding::kUtf8};
  const Batch batch = ReadAll(MakeRecord({{"245", kA + "caf\u00E9"}}, ' '), forced);
  EXPECT_EQ(RecordView::Parse(batch.frames)->flags(), kRecordVerbatim);
  EXPECT_EQ(scheme(batch.frames, kUtf8), 'a');
}

TEST(EncodeIso2709, AVerbatimFlagThatIsALieIsNotBelieved) {
  const auto lie = [](size_t size) {
    std::string frame = MakeFrame({{"001", "x"}, {"245", kA + std::string(size, 't')}});
    frame[0] = kRecordVerbatim;
    return Write(frame);
  };
  const std::string bytes = lie(1).bytes;
  EXPECT_EQ(bytes.substr(0, 5), absl::StrCat(absl::Dec(bytes.size(), absl::kZeroPad5)));
  EXPECT_TRUE(lie(12'000).fault.has_value());
}

TEST(EncodeIso2709, RawPayloadsStayUnderTheirOwnLeader) {
  Reading raw;
  raw.text.raw = true;
  for (const char scheme : {' ', 'a'}) {
    const std::string source = MakeRecord({{"245", kA + "caf\xE2"
                                                        "e\xFF"}},
                                          scheme);
    std::string frame = ReadAll(source, raw).frames;
    EXPECT_EQ(Clean(frame, kMarc8), source);
    frame[0] = static_cast<char>(kRecordRaw);  // no longer verbatim
    EXPECT_EQ(Clean(frame, kMarc8), source);
  }
}

TEST(EncodeIso2709, Marc8IsReadAsTheSameText) {
  const std::string frame = MakeFrame({{"001",
                                        "\u0416"
                                        "1"},
                                       {"245",
                                        "10\x1F"
                                        "aCaf\u00E9 \x1F"
                                        "b\u041C\u0438\u0440"},
                                       {"500", kA + "x&#x41;"}});
  const std::string bytes = Clean(frame, kMarc8);
  EXPECT_EQ(bytes[9], ' ');
  EXPECT_EQ(Comparable(ReadClean(bytes), "066"), Comparable(frame));
}

TEST(EncodeIso2709, SetsPresentAreNamedInTheirPlace) {
  const auto fields = [](const std::vector<TestField>& given) {
    return FieldsOf(ReadClean(Clean(MakeFrame(given), kMarc8)));
  };
  const TestField title = {"245", kA + "\u041C\u4E00"};
  EXPECT_THAT(fields({{"001", "x"}, {"040", kA + "y"}, title, {"FMT", kA}}),
              ElementsAre("001 x", "040   $ay", "066   $c(N$c$1", HasSubstr("245"), "FMT   $a"));
  EXPECT_THAT(fields({{"FMT", kA}, {"001", "x"}, title, {"066", kA + "old"}, {"066", kA}}),
              ElementsAre("FMT   $a", "001 x", HasSubstr("245"), "066   $c(N$c$1"))
      << "one that is there is replaced";
  EXPECT_THAT(fields({{"066",
                       "  \x1F"
                       "c(N"},
                      {"245", kA + "caf\u00E9"}}),
              ElementsAre(HasSubstr("245")))
      << "nothing but ASCII and ANSEL";
}

TEST(EncodeIso2709, WhatMarc8LacksIsAReferenceOrAFault) {
  const std::string frame =
      MakeFrame({{"245", kA + "x"}, {"500", kA + "\U0001F600\u0E01"}, {"520", kA + "\u0E01"}});
  const Written written = Write(frame, kMarc8);
  EXPECT_THAT(written.bytes, HasSubstr("&#x1F600;&#x0E01;"));
  EXPECT_EQ(Comparable(ReadClean(written.bytes)), Comparable(frame));
  ASSERT_EQ(written.notes.size(), 1);
  EXPECT_EQ(written.notes[0].reason, Reason::kCharacterUnmappable);
  EXPECT_EQ(written.notes[0].disposition, Disposition::kNoted);
  EXPECT_EQ(written.notes[0].tag, "500");
  EXPECT_THAT(written.notes[0].message, HasSubstr("U+1F600"));
  EXPECT_THAT(written.notes[0].message, HasSubstr("(and 2 more like it)"));
  EncodeOptions strict = kMarc8;
  strict.unmappable = Unmappable::kError;
  const Written refused = Write(frame, strict);
  ASSERT_TRUE(refused.fault.has_value());
  EXPECT_EQ(refused.fault->reason, Reason::kCharacterUnmappable);
  EXPECT_EQ(refused.fault->tag, "500");
}

TEST(EncodeIso2709, EscapesBecomeBlanksInMarc8AndAreSaid) {
  const std::string frame = MakeFrame({{"500", kA + "x\x1B(Ny"}});
  const Written written = Write(frame, kMarc8);
  EXPECT_THAT(written.bytes, HasSubstr("x (Ny"));
  ASSERT_EQ(written.notes.size(), 1);
  EXPECT_EQ(written.notes[0].reason, Reason::kCharacterNotAllowed);
  EXPECT_THAT(Clean(frame), HasSubstr("x\x1B(Ny")) << "UTF-8 holds it";
}

TEST(EncodeIso2709, WhatJustFitsIsWrittenWhateverTheOption) {
  for (const TooLong too_long : {TooLong::kError, TooLong::kSplit, TooLong::kZeros}) {
    for (const std::string& frame : {FrameWithField(9'999), FrameOfSize(99'999)}) {
      EXPECT_EQ(Comparable(ReadClean(Clean(frame, Options(too_long)))), Comparable(frame));
    }
  }
}

TEST(EncodeIso2709, WhatIsTooLongIsAFault) {
  const Written field = Write(FrameWithField(10'000));
  ASSERT_TRUE(field.fault.has_value());
  EXPECT_EQ(field.fault->reason, Reason::kRecordTooLong);
  EXPECT_EQ(field.fault->tag, "500");
  EXPECT_THAT(field.fault->message, HasSubstr("10000 bytes"));
  const Written record = Write(FrameOfSize(100'000));
  ASSERT_TRUE(record.fault.has_value());
  EXPECT_EQ(record.fault->reason, Reason::kRecordTooLong);
  EXPECT_THAT(record.fault->message, HasSubstr("100000 bytes"));
}

TEST(EncodeIso2709, Marc8ThatIsTooLongIsAFaultWithoutNotes) {
  const std::string frame = MakeFrame({{"500", kA + "\u0E01" + std::string(9'990, 'x')}});
  EXPECT_TRUE(Write(frame, kMarc8).fault.has_value());
}

TEST(EncodeIso2709, SplitRecordsAreJoinedToTheSameFields) {
  const std::vector<TestField> head = {
      {"001", "x"}, {"008", "date"}, {"007", "one"}, {"007", "one"}};
  for (const size_t size : {100'000, 100'001, 250'000, 1'000'000}) {
    const std::string frame = FrameOfSize(size, head);
    const Written written = Write(frame, Options(TooLong::kSplit));
    ASSERT_FALSE(written.fault.has_value()) << written.fault->message;
    ASSERT_EQ(written.notes.size(), 1);
    EXPECT_EQ(written.notes[0].reason, Reason::kRecordTooLong);
    EXPECT_EQ(written.notes[0].disposition, Disposition::kNoted);
    const Batch parts = Read(written.bytes);
    EXPECT_EQ(absl::StrCat(parts.frame_lengths.size()), written.notes[0].variables.back().second);
    for (const std::string& part : FramesOf(parts)) {
      EXPECT_THAT(FieldsOf(part)[1], "008 date") << "each is a record by itself";
    }
    const Batch joined = Read(written.bytes, RecoveryMode::kStrict, /*join_continued=*/true);
    ASSERT_EQ(joined.frame_lengths.size(), 1);
    EXPECT_EQ(Comparable(joined.frames), Comparable(frame));
  }
}

TEST(EncodeIso2709, WhatCannotBeSplitIsAFault) {
  const auto message = [](const std::string& frame) {
    const Written written = Write(frame, Options(TooLong::kSplit));
    return written.fault.has_value() ? written.fault->message : "written";
  };
  EXPECT_THAT(message(FrameWithField(10'000)), HasSubstr("one field cannot be split"));
  EXPECT_THAT(message(FrameOfSize(100'000, {})), HasSubstr("without a 001"));
  EXPECT_THAT(message(FrameOfSize(100'000, {{"001", ""}})), HasSubstr("without a 001"));
  std::vector<TestField> alike(11, {"500", kA + std::string(9'900, 'x')});
  alike.insert(alike.begin(), {"001", "x"});
  alike.insert(alike.end(), {"001", "x"});
  EXPECT_THAT(message(MakeFrame(alike)), HasSubstr("too much alike"))
      << "joining would leave out the second 001";
  const std::vector<TestField> control(20, {"001", std::string(9'900, 'x')});
  EXPECT_THAT(message(MakeFrame(control)), HasSubstr("too long"));
}

TEST(EncodeIso2709, ZerosAreReadByRepairWithAllFieldsInTheirOrder) {
  std::vector<TestField> many = {{"001", "x"}, {"500", kA + std::string(20'000, 'y')}};
  for (int i = 0; i < 9'000; ++i) many.emplace_back("650", kA + absl::StrCat(i));
  for (const std::string& frame : {FrameWithField(10'000), FrameWithField(500'000),
                                   FrameOfSize(100'000), FrameOfSize(1'000'000), MakeFrame(many)}) {
    const Written written = Write(frame, Options(TooLong::kZeros));
    ASSERT_FALSE(written.fault.has_value());
    ASSERT_EQ(written.notes.size(), 1);
    EXPECT_EQ(written.notes[0].disposition, Disposition::kNoted);
    const std::string book = MakeBook(1);
    const Batch batch = Read(book + written.bytes + book, RecoveryMode::kRepair);
    const std::vector<std::string> frames = FramesOf(batch);
    ASSERT_EQ(frames.size(), 3);
    EXPECT_EQ(Comparable(frames[1]), Comparable(frame));
  }
}

TEST(EncodeIso2709, ZerosStandOnlyForWhatDoesNotFit) {
  const std::string field = Write(FrameWithField(10'000), Options(TooLong::kZeros)).bytes;
  EXPECT_EQ(field.substr(0, 5), "10073");
  EXPECT_EQ(field.substr(24, 36), "001000200000500000000002650000910002");
  const std::string record = Write(FrameOfSize(130'000), Options(TooLong::kZeros)).bytes;
  EXPECT_EQ(record.substr(0, 5), "00000");
  EXPECT_THAT(record, HasSubstr("500000000000\x1E"));
}

// Records of all sorts, many out of the ordinary.
std::string RandomFrame(unsigned seed) {
  static const std::vector<std::string> kTags = {"001", "007", "008", "066", "100", "245",
                                                 "500", "880", "FMT", "abc", "999"};
  static const std::vector<std::string> kTexts = {
      "Title",  "",       "caf\u00E9", "\u0301", "\u041C\u0438\u0440", "\u4E00", "&#x41;", "\t",
      "\x7F",   "\u0361", "t\u0361s",  "\uFE20", "\U0001F600",         "1",      " ",      ";",
      "\u0627", "\u0679", "\u05D0",    "\u03AC", "H\u2082O",           "&",      "\u0085", "\n"};
  std::mt19937 random(seed);
  const auto text = [&] {
    std::string words;
    for (unsigned n = random() % 5; n > 0; --n) words += kTexts[random() % kTexts.size()];
    return words;
  };
  std::vector<TestField> fields;
  for (unsigned n = random() % 12; n > 0; --n) {
    const std::string& tag = kTags[random() % kTags.size()];
    std::string payload = IsControlTag(tag) ? text() : random() % 2 == 0 ? "10" : "  ";
    for (unsigned m = IsControlTag(tag) ? 0 : random() % 4; m > 0; --m) {
      absl::StrAppend(&payload, "\x1F", m % 2 == 0 ? "a" : "9", text());
    }
    fields.emplace_back(tag, payload);
  }
  return MakeFrame(fields, random() % 2 == 0 ? kLeader : "12345wxyza3312345...    ");
}

TEST(EncodeIso2709, WhateverTheRecordItIsReadAgain) {
  for (unsigned seed = 0; seed < 20'000; ++seed) {
    const std::string frame = RandomFrame(seed);
    const std::string utf8 = Clean(frame);
    ASSERT_EQ(Comparable(ReadClean(utf8)), Comparable(frame)) << "seed " << seed;
    ASSERT_EQ(Clean(ReadClean(utf8)), utf8) << "seed " << seed;
    const std::string marc8 = Write(frame, kMarc8).bytes;
    const std::string back = ReadClean(marc8);
    ASSERT_EQ(Comparable(back, "066"), Comparable(frame, "066")) << "seed " << seed;
    ASSERT_EQ(Write(back, kMarc8).bytes, marc8) << "seed " << seed;
  }
}

}  // namespace
}  // namespace marcd
