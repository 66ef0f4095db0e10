"""Holdings records: which parts a library has, and where."""

from __future__ import annotations

from .field import Field
from .reader import MARCReader
from .record import Record


class HoldingsRecord(Record):
    """A record with the field groups of MARC 21 Format for Holdings Data as attributes."""

    __slots__ = ()

    @property
    def locations(self) -> list[Field]:
        """Institutions, shelves and call numbers: the 852 fields."""
        return self._between("852", "852")

    @property
    def captions(self) -> list[Field]:
        """Captions and patterns of parts, supplements and indexes: 853 to 855."""
        return self._between("853", "855")

    @property
    def enumeration(self) -> list[Field]:
        """Enumeration and chronology of the parts held: 863 to 865."""
        return self._between("863", "865")

    @property
    def textual_holdings(self) -> list[Field]:
        """The parts held, in words: 866 to 868."""
        return self._between("866", "868")


class HoldingsMARCReader(MARCReader):
    """MARCReader of HoldingsRecords.

    Leader/06 of a holdings record is `u`, `v`, `x` or `y`; one of another type is given
    all the same.
    """

    record_class = HoldingsRecord
