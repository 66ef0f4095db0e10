"""Authority records: names, titles and subjects in the form that a catalogue uses."""

from __future__ import annotations

from .field import Field
from .reader import MARCReader
from .record import Record


class AuthorityRecord(Record):
    """A record with the field groups of MARC 21 Format for Authority Data as attributes."""

    __slots__ = ()

    @property
    def heading(self) -> Field | None:
        """The established heading: the first 1XX field; None without one."""
        return next(iter(self._between("100", "199")), None)

    @property
    def see_from(self) -> list[Field]:
        """Forms that are not used and lead to the heading: the 4XX fields."""
        return self._between("400", "499")

    @property
    def see_also(self) -> list[Field]:
        """Headings that are related to this one: the 5XX fields."""
        return self._between("500", "599")

    @property
    def notes(self) -> list[Field]:
        """Notes and sources: the 66X, 67X and 68X fields."""
        return self._between("660", "689")

    @property
    def linking_entries(self) -> list[Field]:
        """The same heading in other systems and thesauri: the 7XX fields."""
        return self._between("700", "799")


class AuthorityMARCReader(MARCReader):
    """MARCReader of AuthorityRecords.

    Leader/06 of an authority record is `z`; one of another type is given all the same.
    """

    record_class = AuthorityRecord
