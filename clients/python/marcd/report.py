"""What `marcd.check` tells of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import _report_text
from ._findings import Gap
from ._tallies import GapTally, Profile, ReasonTally, gap_of, is_more_of, joined_maps


def _weight(report: Report) -> tuple[bool, bool, bool]:
    """Which verdict of two holds for both: the daemon looks for one in this order."""
    return "UTF16" in report.gap_reasons, report.skipped > 0, report.bytes > 0


@dataclass(frozen=True, repr=False)
class Report:
    """What is in a file, or in a range of it; `print(report)` shows it as a table.

    Reports of neighbouring ranges add up: `first + second` is what one check of both
    ranges gives. ValueError where they are no neighbours.
    """

    # The range in bytes; the ordinals of its first record and of the one behind it.
    start_offset: int
    end_offset: int
    start_ordinal: int
    next_ordinal: int
    # Records delivered; of them, those that were mended, and those with notes alone.
    delivered: int
    repaired: int
    noted: int
    # Records left out.
    skipped: int
    # The lengths of all records, skipped ones included; the gaps, and their lengths.
    record_bytes: int
    gaps: int
    gap_bytes: int
    # What to say of a file of which not one record could be read; empty for any other.
    verdict: str
    # By reason.
    reasons: Mapping[str, ReasonTally]
    gap_reasons: Mapping[str, GapTally]
    # What follows the range may begin with more of it.
    last_gap: Gap | None
    # The records delivered, as counts.
    profile: Profile

    @classmethod
    def of(cls, message: Any) -> Report:
        """The report that a message of marcd.v1 holds."""
        return cls(
            message.start_offset,
            message.end_offset,
            message.start_ordinal,
            message.next_ordinal,
            message.delivered,
            message.repaired,
            message.noted,
            message.skipped,
            message.record_bytes,
            message.gaps,
            message.gap_bytes,
            message.verdict,
            {each.reason: ReasonTally.of(each) for each in message.reasons},
            {each.reason: GapTally.of(each) for each in message.gap_reasons},
            gap_of(message.last_gap) if message.HasField("last_gap") else None,
            Profile.of(message.profile),
        )

    def __post_init__(self) -> None:
        """ValueError unless every byte is accounted for."""
        if self.record_bytes + self.gap_bytes != self.bytes:
            raise ValueError(
                f"The daemon's report does not add up: {self.record_bytes} bytes in records and"
                f" {self.gap_bytes} in gaps are not the {self.bytes} bytes that it is about"
            )

    @property
    def bytes(self) -> int:
        """How many bytes the report is about: record_bytes and gap_bytes."""
        return self.end_offset - self.start_offset

    @property
    def records(self) -> int:
        """All records, also those left out."""
        return self.delivered + self.skipped

    @property
    def ok(self) -> bool:
        """Whether there are records, all come as they stand, and nothing lies between them."""
        return self.delivered > 0 and not (self.repaired or self.skipped or self.gaps)

    def __add__(self, following: Report) -> Report:
        if not isinstance(following, Report):
            return NotImplemented
        mine = (self.end_offset, self.next_ordinal)
        if mine != (following.start_offset, following.start_ordinal):
            raise ValueError(
                f"Only reports of neighbouring ranges add up: the first ends at byte {mine[0]},"
                f" record {mine[1]}; the second begins at byte {following.start_offset}, record"
                f" {following.start_ordinal}"
            )
        gap_reasons = joined_maps(
            self.gap_reasons,
            following.gap_reasons,
            lambda first, second: first.joined(second, self.last_gap),
        )
        return Report(
            self.start_offset,
            following.end_offset,
            self.start_ordinal,
            following.next_ordinal,
            self.delivered + following.delivered,
            self.repaired + following.repaired,
            self.noted + following.noted,
            self.skipped + following.skipped,
            self.record_bytes + following.record_bytes,
            sum(tally.gaps for tally in gap_reasons.values()),
            self.gap_bytes + following.gap_bytes,
            self._joined_verdict(following),
            joined_maps(self.reasons, following.reasons, ReasonTally.joined),
            gap_reasons,
            self._joined_last_gap(following),
            self.profile.joined(following.profile),
        )

    def _joined_last_gap(self, following: Report) -> Gap | None:
        mine, other = self.last_gap, following.last_gap
        if mine is None or other is None:
            return mine or other
        if is_more_of(mine, other):
            return mine._replace(length=mine.length + other.length)
        return other

    def _joined_verdict(self, following: Report) -> str:
        if self.delivered or following.delivered:
            return ""
        return max(self, following, key=_weight).verdict

    def __str__(self) -> str:
        return _report_text.table(self)

    def __repr__(self) -> str:
        return (
            f"<marcd.Report of {self.records} records: {self.repaired} repaired,"
            f" {self.skipped} skipped, {self.gaps} gaps>"
        )
