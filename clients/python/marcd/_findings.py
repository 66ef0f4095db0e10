"""What a reader has found beside records."""

from __future__ import annotations

from ._batch import Batch, Diagnostic, Gap

# How many diagnostics, and how many gaps, a reader keeps; of all it keeps the number.
KEPT_FINDINGS = 1000


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

    def add(self, batch: Batch) -> None:
        """Take in what a batch says."""
        for diagnostic in batch.diagnostics:
            self._count(diagnostic.reason)
        self.diagnostics += batch.diagnostics[: KEPT_FINDINGS - len(self.diagnostics)]
        for gap in batch.gaps:
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
