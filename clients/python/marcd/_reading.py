"""What a reader knows, whichever way it waits: where it is, and what was found."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any

from ._batch import Batch
from ._findings import Diagnostic, Findings, Gap
from ._options import ReadOptions
from ._steps import Steps
from .client import Chosen
from .sources import Source, open_source

if TYPE_CHECKING:
    from ._progress import Watch


_readings: weakref.WeakSet[Reading] = weakref.WeakSet()


class Reading:
    """A read of a source, as far as it has come."""

    # What of the last batch the program has not got yet: what has been given is not kept
    # alive here.
    _ready: Any
    # The last record given, as it came.
    _current: Any

    def __init__(
        self,
        target: Any,
        options: ReadOptions,
        *,
        position: str | None = None,
        client: Any = None,
        progress: bool = False,
    ) -> None:
        self._source = self._open_source(target, options, position, client)
        self._ready = ()
        self._current = None
        self._batch: Batch | None = None
        self._first_position = position
        self._findings = Findings()
        self._failure: BaseException | None = None
        self._refusal: BaseException | None = None
        self._ended = False
        self._watch: Watch | None = None
        if progress:
            from ._progress import Watch  # few want it

            self._watch = Watch(lambda: self._source.size)
        _readings.add(self)

    def _open_source(
        self, target: Any, options: ReadOptions, position: str | None, client: Any
    ) -> Source:
        return open_source(target, options, position, client, Chosen)

    def _steps(self) -> Steps[None]:
        """The steps of the whole read."""
        return self._source.batches(self._source.start_offset(), 0)

    def _may_advance(self) -> bool:
        """Whether there may be more; raises what ended the read before its end."""
        if self._failure is not None:
            raise self._failure
        return not self._ended

    def _fails(self, error: BaseException) -> bool:
        """Whether an error is the read's, for ever, and not what comes of having closed it."""
        if self._refusal is None:
            self._failure = error
            self._finish_watch()
        return self._refusal is None

    def _take(self, batch: Batch | None) -> Batch | None:
        """Note the next batch, or the end."""
        if batch is not None:
            self._findings.add(batch.diagnostics, batch.gaps)
            self._batch = batch
            if self._watch is not None:
                self._watch.add(batch)
        elif self._refusal is not None:  # closed while this thread waited
            raise self._refusal
        else:
            self._ended = True
            self._finish_watch()
        return batch

    def _refuse(self, refusal: BaseException) -> None:
        """From now on raise that."""
        self._refusal = refusal
        self._finish_watch()

    def _abandon(self) -> None:
        """In a forked child: leave the parent's read alone."""
        self._source.abandon()
        self._refuse(
            RuntimeError(
                "This reader was made before the process forked and belongs to the parent: make"
                " one in each child"
            )
        )

    def _finish_watch(self) -> None:
        if self._watch is not None:
            self._watch.finish()

    def _begin(self, batch: Batch) -> Any:
        return batch.begin(file=self._source.file)

    @property
    def position(self) -> str | None:
        """A token: everything up to the last record given was delivered.

        None before the first record, and for a source that is not a file by its name.
        Valid as the `position` of another reader of the same file.
        """
        item, batch = self._current, self._batch
        if batch is None:
            return self._first_position
        if item is None or not self._ready:
            return self._source.token(batch.next_offset, batch.next_ordinal)
        end = (item.offset or 0) + (item.length or 0)
        return self._source.token(end, (item.ordinal or 0) + 1)

    @property
    def file(self) -> str | None:
        """Where the last record given is from: a path; None for what has no name."""
        return self._source.file

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """The first thousand findings in what has arrived so far."""
        return self._findings.diagnostics

    @property
    def gaps(self) -> list[Gap]:
        """The first thousand gaps in what has arrived so far: bytes of no record."""
        return self._findings.gaps

    @property
    def gap_bytes(self) -> int:
        """How many bytes all gaps have together."""
        return self._findings.gap_bytes

    @property
    def reason_counts(self) -> dict[str, int]:
        """How often each reason was given, for all diagnostics and gaps."""
        return self._findings.counts


def _abandon_inherited() -> None:
    for reading in list(_readings):
        reading._abandon()


os.register_at_fork(after_in_child=_abandon_inherited)
