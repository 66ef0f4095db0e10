"""What is found beside records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

# How many diagnostics, and how many gaps, a reader keeps; of all it keeps the number.
KEPT_FINDINGS = 1000


class Diagnostic(NamedTuple):
    """A finding about one record; docs/diagnostics.md lists the reasons."""

    reason: str
    disposition: str  # NOTED, REPAIRED or SKIPPED
    ordinal: int
    offset: int
    length: int
    tag: str
    message: str
    # What the message was made of, by name.
    variables: Mapping[str, str] = MappingProxyType({})
    # The bytes of a record that is left out, if they were asked for.
    source: bytes | None = None


class Gap(NamedTuple):
    """Bytes of the source that belong to no record."""

    offset: int
    length: int
    reason: str
    message: str


class Findings:
    """What was found in the batches that have arrived, up to the first thousand of each.

    Gaps of one reason that lie side by side, in one batch or two, are one.
    """

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.gaps: list[Gap] = []
        self.counts: dict[str, int] = {}
        self.gap_bytes = 0
        self._last_gap: Gap | None = None

    def add(self, diagnostics: list[Diagnostic], gaps: Iterable[Gap]) -> None:
        """Take in what a batch says."""
        for diagnostic in diagnostics:
            self._count(diagnostic.reason)
        self.diagnostics += diagnostics[: KEPT_FINDINGS - len(self.diagnostics)]
        for gap in gaps:
            self._add_gap(gap)

    def _count(self, reason: str) -> None:
        self.counts[reason] = self.counts.get(reason, 0) + 1

    def _add_gap(self, gap: Gap) -> None:
        self.gap_bytes += gap.length
        last = self._last_gap
        if last and last.reason == gap.reason and last.offset + last.length == gap.offset:
            gap = last._replace(length=last.length + gap.length)
            if self.gaps[-1] is last:
                self.gaps[-1] = gap
        else:
            self._count(gap.reason)
            if len(self.gaps) < KEPT_FINDINGS:
                self.gaps.append(gap)
        self._last_gap = gap
