"""The fields of a record that have names: title, ISBN, subjects and so on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .field import Field

isbn_regex = re.compile(r"([0-9\-xX]+)")
_SUBJECTS = (
    *("600", "610", "611", "630", "648", "650", "651", "653", "654", "655"),
    *("656", "657", "658", "662", "690", "691", "696", "697", "698", "699"),
)
_ADDED_ENTRIES = (
    *("700", "710", "711", "720", "730", "740", "752", "753", "754"),
    *("790", "791", "792", "793", "796", "797", "798", "799"),
)
_NOTES = (
    *("500", "501", "502", "504", "505", "506", "507", "508", "510", "511", "513", "514"),
    *("515", "516", "518", "520", "521", "522", "524", "525", "526", "530", "533", "534"),
    *("535", "536", "538", "540", "541", "544", "545", "546", "547", "550", "552", "555"),
    *("556", "561", "562", "563", "565", "567", "580", "581", "583", "584", "585", "586"),
    *(str(tag) for tag in range(590, 600)),
)


class NamedFields:
    """What `Record` says of itself, by its `get` and `get_fields`."""

    __slots__ = ()

    if TYPE_CHECKING:

        def get(self, tag: str, default: Field | None = None) -> Field | None: ...
        def get_fields(self, *args: str) -> list[Field]: ...

    def _title_of(self, tag: str) -> str | None:
        field = self.get(tag)
        title = field.get("a") if field else None
        subtitle = field.get("b") if field and title else None
        # A sum: a raw field's bytes are then a TypeError, not "b'...'" in a title.
        return title + f" {subtitle}" if title and subtitle else title

    @property
    def title(self) -> str | None:
        """245 $a and $b."""
        return self._title_of("245")

    @property
    def issn_title(self) -> str | None:
        """The key title, 222 $a and $b."""
        return self._title_of("222")

    @property
    def isbn(self) -> str | None:
        """The first 020 $a, its digits and X only; None without one."""
        field = self.get("020")
        match = isbn_regex.search(field.get("a") or "") if field else None
        return match.group(1).replace("-", "") if match else None

    @property
    def issn(self) -> str | None:
        """022 $a."""
        field = self.get("022")
        return field.get("a") if field else None

    @property
    def issnl(self) -> str | None:
        """022 $l."""
        field = self.get("022")
        return field.get("l") if field else None

    def _formatted(self, *tags: str) -> str | None:
        field = next((f for f in map(self.get, tags) if f), None)
        return field.format_field() if field else None

    @property
    def sudoc(self) -> str | None:
        """The Superintendent of Documents number, 086."""
        return self._formatted("086")

    @property
    def author(self) -> str | None:
        """100, else 110, else 111."""
        return self._formatted("100", "110", "111")

    @property
    def uniformtitle(self) -> str | None:
        """130, else 240."""
        return self._formatted("130", "240")

    @property
    def series(self) -> list[Field]:
        """Series statements and their added entries."""
        return self.get_fields("440", "490", "800", "810", "811", "830")

    @property
    def subjects(self) -> list[Field]:
        """Subject fields, local ones (69X) among them."""
        return self.get_fields(*_SUBJECTS)

    @property
    def addedentries(self) -> list[Field]:
        """Added entries, local ones (79X) among them."""
        return self.get_fields(*_ADDED_ENTRIES)

    @property
    def location(self) -> list[Field]:
        """852."""
        return self.get_fields("852")

    @property
    def notes(self) -> list[Field]:
        """The 5XX fields."""
        return self.get_fields(*_NOTES)

    @property
    def physicaldescription(self) -> list[Field]:
        """300."""
        return self.get_fields("300")

    def _published(self, code: str) -> str | None:
        for field in self.get_fields("260", "264"):
            if field.tag == "260" or field.indicator2 == "1":
                return field.get(code)
        return None

    @property
    def publisher(self) -> str | None:
        """$b of the first 260, or 264 of a publication."""
        return self._published("b")

    @property
    def pubyear(self) -> str | None:
        """$c of the first 260, or 264 of a publication."""
        return self._published("c")
