// WriteStream under thousands of interleavings. MARCD_SEEDS says how many, MARCD_FIRST_SEED where
// to begin: a failure names its seed.
#include "server/pipeline/write_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/status.h"
#include "tests/server/pipeline/seeded_executor.h"

namespace marcd {
namespace {

using Kind = WritePart::Kind;

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

absl::Status OpenError() { return absl::NotFoundError("no such directory"); }
absl::Status EncodeError() { return absl::InvalidArgumentError("no such record"); }
absl::Status AppendError() { return absl::ResourceExhaustedError("the disk is full"); }
absl::Status CommitError() { return absl::AlreadyExistsError("the file is there"); }

// What a client sends, and what goes wrong.
struct Script {
  std::vector<WritePart> parts;
  uint64_t credit = 1;
  uint64_t largest = 0;  // part or result
  uint64_t records = 0;
  uint64_t last_first = 0;  // the records before the last batch
  bool complete = true;     // header, batches, commit of their count, and the end
  bool open_fails = false;
  uint64_t encode_fails_at = ~uint64_t{0};  // records before it
  uint64_t append_fails_at = ~uint64_t{0};
  bool commit_fails = false;
  bool cancelled = false;
};

WritePart Part(Kind kind, size_t bytes, uint64_t records = 0) {
  return {kind, std::make_shared<int>(0), bytes, records};
}

Script RandomScript(SeededScheduler* random) {
  Script script;
  script.credit = 1 + random->Pick(64);
  script.parts.push_back(Part(Kind::kHeader, 1));
  for (size_t i = random->Pick(12); i > 0; --i) {
    const WritePart batch = Part(Kind::kBatch, 1 + random->Pick(20), 1 + random->Pick(3));
    script.largest = std::max<uint64_t>(script.largest, 2 * batch.bytes);
    script.last_first = script.records;
    script.records += batch.records;
    script.parts.push_back(batch);
  }
  script.parts.push_back(Part(Kind::kCommit, 1, script.records));
  if (random->OneIn(4)) {  // one part too few, too many, or another in its place
    script.complete = false;
    const size_t at = random->Pick(script.parts.size());
    const Kind kind = static_cast<Kind>(random->Pick(4));
    switch (random->Pick(3)) {
      case 0:
        script.parts.erase(script.parts.begin() + static_cast<ptrdiff_t>(at));
        break;
      case 1:
        script.parts.insert(script.parts.begin() + static_cast<ptrdiff_t>(at) + 1,
                            Part(kind, 1, 1));
        break;
      default:
        script.parts.back().records += 1;
    }
  }
  script.open_fails = random->OneIn(20);
  if (random->OneIn(10)) script.encode_fails_at = random->Pick(script.records + 1);
  if (random->OneIn(10)) script.append_fails_at = random->Pick(script.records + 1);
  script.commit_fails = random->OneIn(20);
  script.cancelled = random->OneIn(4);
  return script;
}

// What was seen of one stream.
struct Seen {
  bool opened = false;
  bool committed = false;
  bool dropped = false;
  bool finished = false;
  uint64_t appended = 0;  // records
  uint64_t held = 0;      // bytes that came and were not appended
  absl::Status status;
};

class FakeTarget : public WriteTarget {
 public:
  FakeTarget(SeededScheduler* scheduler, const Script& script, Seen* seen)
      : scheduler_(*scheduler), script_(script), seen_(*seen) {}
  ~FakeTarget() override {
    EXPECT_EQ(users_, 0) << "dropped while it is used";
    seen_.dropped = true;
  }

  absl::Status Open(const WritePart& header) override {
    const Use use(this, true);
    EXPECT_EQ(header.kind, Kind::kHeader);
    EXPECT_FALSE(seen_.opened);
    seen_.opened = true;
    seen_.held -= header.bytes;
    return script_.open_fails ? OpenError() : absl::OkStatus();
  }
  EncodedPart Encode(const WritePart& batch, uint64_t first_record) const override {
    const Use use(this, false);
    EXPECT_TRUE(seen_.opened);
    EXPECT_FALSE(seen_.committed);
    EncodedPart part;
    part.bytes = 2 * batch.bytes;
    part.content = std::make_shared<Piece>(Piece{first_record, batch.records, batch.bytes});
    if (first_record >= script_.encode_fails_at) part.error = EncodeError();
    return part;
  }
  absl::Status Append(const EncodedPart& part) override {
    const Use use(this, true);
    const auto& piece = *std::static_pointer_cast<Piece>(part.content);
    EXPECT_EQ(piece.first, seen_.appended) << "a hole, or the wrong order";
    EXPECT_LT(piece.first, script_.encode_fails_at);
    if (piece.first >= script_.append_fails_at) return AppendError();
    seen_.appended += piece.records;
    seen_.held -= piece.bytes;
    return absl::OkStatus();
  }
  absl::Status Commit(uint64_t records, bool batches) override {
    const Use use(this, true);
    EXPECT_TRUE(script_.complete);
    EXPECT_FALSE(seen_.committed);
    EXPECT_EQ(records, script_.records);
    EXPECT_EQ(seen_.appended, script_.records);
    EXPECT_EQ(batches, script_.records > 0);
    seen_.committed = !script_.commit_fails;
    return script_.commit_fails ? CommitError() : absl::OkStatus();
  }

 private:
  struct Piece {
    uint64_t first;
    uint64_t records;
    uint64_t bytes;
  };
  // Marks the target as used; others may run while it is. `sole`: no other such use beside it.
  class Use {
   public:
    Use(const FakeTarget* target, bool sole) : target_(*target), sole_(sole) {
      EXPECT_FALSE(target_.seen_.dropped);
      ++target_.users_;
      if (sole_) {
        EXPECT_FALSE(std::exchange(target_.in_sole_use_, true)) << "used by two at once";
      }
      target_.scheduler_.Interleave();
    }
    ~Use() {
      if (sole_) target_.in_sole_use_ = false;
      --target_.users_;
    }

   private:
    const FakeTarget& target_;
    const bool sole_;
  };

  SeededScheduler& scheduler_;
  const Script& script_;
  Seen& seen_;
  mutable int users_ = 0;
  mutable bool in_sole_use_ = false;
};

class FakePeer : public WriteStream::Peer {
 public:
  FakePeer(SeededScheduler* scheduler, const Script& script, Seen* seen)
      : scheduler_(*scheduler), script_(script), seen_(*seen) {}

  void StartRead() override {
    EXPECT_FALSE(std::exchange(reading_, true)) << "a second read in flight";
    EXPECT_FALSE(seen_.finished) << "a read after Finish";
    EXPECT_LE(seen_.held, script_.credit + script_.largest) << "more is asked for than is allowed";
    scheduler_.Interleave();
    if (scheduler_.OneIn(4)) {
      Complete();
    } else {
      scheduler_.Add([this] { Complete(); });
    }
  }
  void Finish(const absl::Status& status) override {
    EXPECT_FALSE(std::exchange(seen_.finished, true)) << "a second Finish";
    EXPECT_TRUE(seen_.dropped) << "something may be left of it";
    seen_.status = status;
    scheduler_.Interleave();
  }

  std::shared_ptr<WriteStream> stream;

 private:
  void Complete() {
    reading_ = false;
    if (next_ == script_.parts.size() || seen_.finished) return stream->OnEnd();
    const WritePart& part = script_.parts[next_++];
    if (part.kind == Kind::kHeader || part.kind == Kind::kBatch) seen_.held += part.bytes;
    stream->OnPart(part);
  }

  SeededScheduler& scheduler_;
  const Script& script_;
  Seen& seen_;
  bool reading_ = false;
  size_t next_ = 0;
};

void CheckEnd(const Script& script, const Seen& seen) {
  ASSERT_TRUE(seen.finished) << "it hangs";
  EXPECT_EQ(seen.status.ok(), seen.committed) << seen.status;
  const bool sound = script.complete && !script.open_fails && !script.commit_fails &&
                     (script.records == 0 || script.encode_fails_at > script.last_first) &&
                     (script.records == 0 || script.append_fails_at > script.last_first);
  if (sound && !script.cancelled) {
    EXPECT_TRUE(seen.committed) << seen.status;
  }
  if (!sound) {
    EXPECT_FALSE(seen.committed);
  }
  if (absl::IsCancelled(seen.status)) {
    EXPECT_TRUE(script.cancelled);
  }
}

void RunSeed(uint64_t seed) {
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  SeededScheduler scheduler(seed);
  SeededExecutor executor(&scheduler);
  SeededExecutor io(&scheduler);
  const Script script = RandomScript(&scheduler);
  Seen seen;
  FakePeer peer(&scheduler, script, &seen);
  peer.stream =
      WriteStream::Create({&executor, &io}, std::make_unique<FakeTarget>(&scheduler, script, &seen),
                          script.credit, &peer);
  const std::weak_ptr<WriteStream> stream = peer.stream;
  if (script.cancelled) {
    scheduler.AddLater(scheduler.Pick(40),
                       [&peer] { peer.stream->Stop(absl::CancelledError("gone")); });
  }
  if (scheduler.OneIn(4)) {  // which makes no difference
    scheduler.AddLater(scheduler.Pick(40), [&peer] {
      peer.stream->End(MakeError(absl::StatusCode::kUnavailable, "DRAINING", "drains"));
    });
  }
  peer.stream->Start();
  while (scheduler.Step()) {
  }
  CheckEnd(script, seen);
  peer.stream.reset();
  EXPECT_TRUE(stream.expired()) << "somebody still refers to it";
}

TEST(WriteStreamTest, EveryInterleavingPublishesAllOrNothing) {
  const uint64_t first = FromEnvironment("MARCD_FIRST_SEED", 1);
  const uint64_t seeds = FromEnvironment("MARCD_SEEDS", 20'000);
  for (uint64_t seed = first; seed < first + seeds && !testing::Test::HasFailure(); ++seed) {
    RunSeed(seed);
  }
}

}  // namespace
}  // namespace marcd
