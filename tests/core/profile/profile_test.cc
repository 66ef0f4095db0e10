#include "core/profile/profile.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/record/record_builder.h"
#include "core/record/record_view.h"
#include "tests/support/marc.h"

namespace marcd {
namespace {

using Counts = std::map<std::string, uint64_t>;

// All that a profile counts, each under a name.
Counts CountsOf(const Profile& profile) {
  Counts counts;
  profile.tags().ForEach([&](absl::string_view tag, const TagTally& tally) {
    const std::string name(tag);
    counts[name + " fields"] = tally.occurrences;
    counts[name + " records"] = tally.records;
    for (size_t i = 0; i <= kCharacters; ++i) {
      const char c = static_cast<char>(0x20 + i);
      for (size_t k : {0, 1}) {
        const uint64_t n = tally.indicators[k][i];
        if (n > 0) counts[absl::StrCat(name, k + 1, "=", std::string(1, c))] = n;
      }
      if (const uint64_t n = tally.codes[i].occurrences) {
        counts[absl::StrCat(name, "$", std::string(1, c))] = n;
        counts[absl::StrCat(name, "$", std::string(1, c), " records")] = tally.codes[i].records;
      }
    }
  });
  counts["records"] = profile.records();
  counts["bytes"] = profile.lengths().sum;
  counts["fields"] = profile.fields().sum;
  counts["ASCII"] = profile.encodings().ascii;
  counts["UTF-8"] = profile.encodings().declared_utf8;
  counts["not UTF-8"] = profile.encodings().declared_other;
  for (const auto& [name, n] : profile.encodings().misdeclared) counts["found " + name] = n;
  return counts;
}

// The same by the shortest way.
Counts NaiveCounts(const Batch& batch) {
  Counts counts;
  std::map<std::string, std::set<size_t>> having;
  const std::vector<std::string> frames = FramesOf(batch);
  for (const char* name : {"records", "bytes", "fields", "ASCII", "UTF-8", "not UTF-8"}) {
    counts[name] = 0;
  }
  for (size_t r = 0; r < frames.size(); ++r) {
    const RecordView record = *RecordView::Parse(frames[r]);
    counts["records"] += 1;
    counts["bytes"] += batch.lengths[r];
    counts["fields"] += record.size();
    bool ascii = true;
    for (uint32_t f = 0; f < record.size(); ++f) {
      const FieldView field = record.field(f);
      const std::string tag(field.tag());
      ascii = ascii && (field.flags() & kEntryAscii) != 0;
      counts[tag + " fields"] += 1;
      having[tag + " records"].insert(r);
      if (field.is_control()) continue;
      counts[absl::StrCat(tag, "1=", std::string(1, field.indicator1()))] += 1;
      counts[absl::StrCat(tag, "2=", std::string(1, field.indicator2()))] += 1;
      absl::string_view rest = field.subfields();
      for (SubfieldView subfield; FieldView::NextSubfield(&rest, &subfield);) {
        const std::string name = absl::StrCat(tag, "$", std::string(1, subfield.code));
        counts[name] += 1;
        having[name + " records"].insert(r);
      }
    }
    counts[ascii ? "ASCII" : record.leader()[9] == 'a' ? "UTF-8" : "not UTF-8"] += 1;
  }
  for (const auto& [name, records] : having) counts[name] = records.size();
  return counts;
}

// Records of any shape that a frame can have.
class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  Batch Make(size_t records) {
    Batch batch;
    for (size_t i = 0; i < records; ++i) Add(i, &batch);
    return batch;
  }

 private:
  size_t Below(size_t n) { return random_() % n; }
  char Printable() { return static_cast<char>(0x20 + Below(0x5F)); }

  std::string Text(bool ascii) {
    std::string text(Below(4) == 0 ? Below(200) : Below(20), 'x');
    if (!ascii && Below(3) == 0) text += "\xC3\xA9";
    return text;
  }

  void Add(size_t ordinal, Batch* batch) {
    const bool ascii = Below(2) == 0;
    RecordBuilder record(absl::StrCat("00000nam ", Below(2) == 0 ? "a" : " ", "2200000 a 4500"));
    for (size_t fields = Below(30); fields > 0; --fields) {
      if (Below(5) == 0) {
        record.AddControlField(absl::StrCat("00", Below(10)), Text(ascii));
        continue;
      }
      std::vector<std::string> values(Below(6));
      std::vector<SubfieldView> subfields;
      for (std::string& value : values) {
        value = Text(ascii);
        subfields.push_back({Printable(), value});
      }
      const std::string tag = Below(9) == 0 ? "FMT" : absl::StrCat(10 * (10 + Below(9)) + Below(3));
      record.AddDataField(tag, Printable(), Printable(), subfields);
    }
    const size_t begin = batch->frames.size();
    ASSERT_TRUE(record.AppendTo(&batch->frames).ok());
    batch->frame_lengths.push_back(static_cast<uint32_t>(batch->frames.size() - begin));
    batch->lengths.push_back(static_cast<uint32_t>(1 + Below(5000)));
    batch->offsets.push_back(0);
    batch->ordinals.push_back(ordinal);
  }

  std::mt19937_64 random_;
};

Profile ProfileOf(const Batch& batch) {
  Profile profile;
  profile.Add(batch);
  return profile;
}

TEST(Profile, CountsWhatANaiveLookCounts) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const Batch batch = Maker(seed).Make(1 + seed % 20);
    ASSERT_EQ(CountsOf(ProfileOf(batch)), NaiveCounts(batch)) << "seed " << seed;
  }
}

TEST(Profile, ItDoesNotMatterWhichProfileCounts) {
  const Batch first = Maker(1).Make(40), second = Maker(2).Make(30), third = Maker(3).Make(1);
  Profile one;
  for (const Batch* batch : {&first, &second, &third}) one.Add(*batch);
  Profile another = ProfileOf(third);
  another.Merge(ProfileOf(first));
  another.Add(second);
  EXPECT_EQ(CountsOf(one), CountsOf(another));
}

TEST(Profile, EncodingIsWhatWasFound) {
  Batch batch = Maker(1).Make(3);
  Diagnostic other, found;
  other.ordinal = 0;
  other.finding.reason = Reason::kLeaderValue;
  found.ordinal = 1;
  found.finding.reason = Reason::kEncodingMisdeclared;
  found.finding.variables = {{"declared", "UTF-8"}, {"found", "cp1252"}};
  batch.diagnostics = {other, found};
  const Profile profile = ProfileOf(batch);
  EXPECT_EQ(profile.encodings().misdeclared, (std::map<std::string, uint64_t>{{"cp1252", 1}}));
  const Profile::Encodings& rest = profile.encodings();
  EXPECT_EQ(rest.ascii + rest.declared_utf8 + rest.declared_other, 2);
}

TEST(Profile, FindsTheNameByWhichADecoderTellsTheEncoding) {
  Reading reading;
  reading.mode = RecoveryMode::kRepair;
  reading.text.policy = TextPolicy::kDetect;
  const std::string utf8 =
      "10\x1f"
      "aKærlighed på københavnsk, bøger og ænder";
  const Batch batch = ReadAll(MakeRecord({{"001", "x"}, {"245", utf8}}, ' '), reading);
  EXPECT_EQ(ProfileOf(batch).encodings().misdeclared.count("UTF-8"), 1);
}

TEST(Profile, CountsTheLeadersValues) {
  const Profile profile = ProfileOf(ReadAll(MakeBook(1) + MakeRecord({{"001", "x"}}, ' ')));
  ASSERT_EQ(Profile::kLeaderPlaces[4], 9);
  EXPECT_EQ(profile.leader_values(4)['a'], 1);
  EXPECT_EQ(profile.leader_values(4)[' '], 1);
  ASSERT_EQ(Profile::kLeaderPlaces[1], 6);
  EXPECT_EQ(profile.leader_values(1)['a'], 2);
}

TEST(Profile, SourceBytesInAFrameAreNoField) {
  Reading reading;
  reading.mode = RecoveryMode::kRepair;
  reading.with_source = true;
  const Batch mended = ReadAll(MakeRecord({{"001", "x"}, {"245", "1"}}), reading);
  ASSERT_EQ(mended.ordinals.size(), 1);
  EXPECT_EQ(ProfileOf(mended).fields().sum, 2);
  reading.mode = RecoveryMode::kPymarc;
  const Batch undecoded = ReadAll(MakeRecord({{"001", "x"}, {"245", "1"}}), reading);
  EXPECT_EQ(ProfileOf(undecoded).fields().sum, 0);
}

}  // namespace
}  // namespace marcd
