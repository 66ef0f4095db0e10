#include "server/wire/encode_report.h"

#include <map>
#include <string>

#include "core/text/charset.h"
#include "server/wire/encode_findings.h"

namespace marcd {
namespace {

std::string Text(absl::string_view text) { return std::string(text); }

void SetReason(Reason reason, const ReasonTally& from, v1::ReasonTally* to) {
  to->set_reason(Text(RowOf(reason).name));
  to->set_findings(from.findings);
  to->set_records(from.records);
  to->set_noted(from.noted);
  to->set_repaired(from.repaired);
  to->set_skipped(from.skipped);
  for (const Diagnostic& each : from.examples) SetDiagnostic(each, to->add_examples());
}

void SetGapReason(Reason reason, const GapTally& from, v1::GapTally* to) {
  to->set_reason(Text(RowOf(reason).name));
  to->set_gaps(from.gaps);
  to->set_bytes(from.bytes);
  for (const Gap& each : from.examples) SetGap(each, to->add_examples());
}

void AddCount(std::string value, uint64_t count,
              google::protobuf::RepeatedPtrField<v1::ValueCount>* to) {
  if (count == 0) return;
  v1::ValueCount* const added = to->Add();
  added->set_value(std::move(value));
  added->set_count(count);
}

std::string CharacterAt(size_t index) { return std::string(1, static_cast<char>(0x20 + index)); }

void SetTag(absl::string_view tag, const TagTally& from, v1::TagTally* to) {
  to->set_tag(Text(tag));
  to->set_records(from.records);
  to->set_occurrences(from.occurrences);
  for (size_t i = 0; i < kCharacters; ++i) {
    AddCount(CharacterAt(i), from.indicators[0][i], to->mutable_indicator1());
    AddCount(CharacterAt(i), from.indicators[1][i], to->mutable_indicator2());
    if (from.codes[i].occurrences == 0) continue;
    v1::CodeTally* const code = to->add_codes();
    code->set_code(CharacterAt(i));
    code->set_records(from.codes[i].records);
    code->set_occurrences(from.codes[i].occurrences);
  }
}

std::string NameOf(const TextOptions& text) {
  switch (text.encoding) {
    case Encoding::kUtf8:
      return "UTF-8";
    case Encoding::kMarc8:
      return "MARC-8";
    case Encoding::kSingleByte:
      break;
  }
  return Text(text.charset->name());
}

void SetEncodings(const Profile::Encodings& from, const TextOptions& text, v1::Profile* to) {
  std::map<std::string, uint64_t> counts = from.misdeclared;
  counts["ASCII"] += from.ascii;
  counts[text.policy == TextPolicy::kForce ? NameOf(text) : "UTF-8"] += from.declared_utf8;
  counts[NameOf(text)] += from.declared_other;
  for (const auto& [name, count] : counts) AddCount(name, count, to->mutable_encodings());
}

void SetLeader(const Profile& from, v1::Profile* to) {
  for (size_t place = 0; place < Profile::kLeaderPlaces.size(); ++place) {
    v1::LeaderTally* const tally = to->add_leader();
    tally->set_position(static_cast<uint32_t>(Profile::kLeaderPlaces[place]));
    const auto& values = from.leader_values(place);
    for (size_t value = 0; value < values.size(); ++value) {
      AddCount(std::string(1, static_cast<char>(value)), values[value], tally->mutable_values());
    }
  }
}

void SetDistribution(const Distribution& from, v1::Distribution* to) {
  to->set_count(from.count);
  to->set_sum(from.sum);
  if (from.count == 0) return;
  to->set_min(from.min);
  to->set_max(from.max);
  const size_t used = absl::bit_width(from.max) + 1;
  for (size_t i = 0; i < used; ++i) to->add_buckets(from.buckets[i]);
}

void SetProfile(const Profile& from, const TextOptions& text, v1::Profile* to) {
  from.tags().ForEach(
      [to](absl::string_view tag, const TagTally& tally) { SetTag(tag, tally, to->add_tags()); });
  to->set_other_fields(from.tags().unplaced_fields());
  SetEncodings(from.encodings(), text, to);
  SetLeader(from, to);
  SetDistribution(from.lengths(), to->mutable_lengths());
  SetDistribution(from.fields(), to->mutable_fields());
}

}  // namespace

void SetReport(const Account& account, const Profile& profile, const TextOptions& text,
               v1::Report* to) {
  to->set_delivered(account.delivered);
  to->set_repaired(account.repaired);
  to->set_noted(account.noted);
  to->set_skipped(account.skipped);
  to->set_record_bytes(account.record_bytes);
  to->set_gaps(account.gaps());
  to->set_gap_bytes(account.gap_bytes);
  to->set_verdict(account.Verdict());
  for (const auto& [reason, tally] : account.reasons) SetReason(reason, tally, to->add_reasons());
  for (const auto& [reason, tally] : account.gap_reasons) {
    SetGapReason(reason, tally, to->add_gap_reasons());
  }
  if (account.last_gap.has_value()) SetGap(*account.last_gap, to->mutable_last_gap());
  SetProfile(profile, text, to->mutable_profile());
}

}  // namespace marcd
