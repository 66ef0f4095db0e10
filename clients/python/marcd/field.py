"""One field of a record.

A field out of a frame keeps its text as it came and cuts it into subfields when they are
asked for; from then on it is an ordinary object.
"""

from __future__ import annotations

import copyreg
import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ._accelerated import accelerated, adopt, use
from .constants import END_OF_FIELD, SUBFIELD_INDICATOR
from .marc8 import marc8_to_unicode

logger = logging.getLogger("pymarc")
_new_tuple = tuple.__new__


class Subfield(NamedTuple):
    """A subfield's code and value."""

    code: str
    value: str

    def __reduce_ex__(self, protocol: Any) -> Any:
        """For pickle, in every protocol, to be read by both forms."""
        state = getattr(self, "__dict__", None) or None
        return copyreg.__newobj__, (type(self), *self), state  # type: ignore[attr-defined]


if not TYPE_CHECKING:

    def _make(cls, iterable):
        """A Subfield of two items; the compiled type has no other way to be made of them."""
        return cls(*iterable)

    Subfield = adopt(Subfield)
    if accelerated:
        Subfield._make = classmethod(_make)


class Indicators(NamedTuple):
    """The two indicators of a data field."""

    first: str
    second: str


use(Indicators=Indicators)


class Field:
    """A control field with `data`, or a data field with `indicators` and `subfields`.

    A tag of digits below 010 makes a control field. Not safe to be changed by two threads.
    """

    __slots__ = (
        "_indicators",
        "_payload",
        "_position",
        "_subfields",
        "control_field",
        "data",
        "tag",
    )

    tag: str
    data: str | None
    control_field: bool
    _indicators: Indicators | None
    _subfields: list[Subfield]
    # The data field's indicators and subfields as they stand in the frame, while nobody
    # has asked for them; None for a control field and once they are objects.
    _payload: str | None

    def __init__(
        self,
        tag: str,
        indicators: Indicators | Sequence[str] | None = None,
        subfields: list[Subfield] | None = None,
        data: str | None = None,
    ) -> None:
        """Make a field; a number as tag is written with three digits."""
        text = tag if isinstance(tag, str) else str(tag)
        self.tag = f"{int(text):03}" if text.isdigit() and len(text) != 3 else text
        if subfields and isinstance(subfields[0], str):
            raise ValueError(
                "Subfields are a list of Subfield(code, value), no longer a flat list of strings;"
                " Field.convert_legacy_subfields() makes the one from the other."
            )
        self._payload = None
        self._subfields = []
        self._indicators = None
        self.data = None
        self.control_field = self.tag < "010" and self.tag.isdigit()
        if self.control_field:
            self.data = data
        else:
            self._subfields = subfields or []
            self.indicators = indicators or Indicators(" ", " ")

    def _parse(self) -> None:
        """Make objects of the payload."""
        payload = self._payload
        if payload is None:
            return
        self._indicators = Indicators(payload[0], payload[1])
        self._subfields = [
            _new_tuple(Subfield, (part[0], part[1:]))
            for part in payload.split(SUBFIELD_INDICATOR)[1:]
        ]
        self._payload = None

    def _find(self, code: str) -> str | None:
        """The value of the first subfield with the code; None when there is none."""
        payload = self._payload
        if payload is not None and isinstance(code, str) and len(code) == 1:
            at = payload.find(SUBFIELD_INDICATOR + code)
            if at < 0:
                return None
            end = payload.find(SUBFIELD_INDICATOR, at + 2)
            return payload[at + 2 :] if end < 0 else payload[at + 2 : end]
        for subfield in self.subfields:
            if subfield.code == code:
                return subfield.value
        return None

    @property
    def subfields(self) -> list[Subfield]:
        """The subfields, a list to be changed at will; empty in a control field."""
        if self._payload is not None:
            self._parse()
        return self._subfields

    @subfields.setter
    def subfields(self, value: list[Subfield]) -> None:
        self._parse()
        self._subfields = value

    @property
    def indicators(self) -> Indicators | None:
        """The two indicators; None in a control field."""
        if self._payload is not None:
            self._parse()
        return self._indicators

    @indicators.setter
    def indicators(self, value: Sequence[str] | None) -> None:
        if value is None:
            return
        if isinstance(value, (list, tuple)) and len(value) != 2:
            raise ValueError(f"A field has two indicators, got {value!r}; see Indicators()")
        self._parse()
        self._indicators = value if isinstance(value, Indicators) else Indicators(*value)

    @property
    def indicator1(self) -> str:
        """The first indicator; empty in a control field."""
        indicators = self.indicators
        return indicators.first if indicators else ""

    @indicator1.setter
    def indicator1(self, value: str) -> None:
        self._indicators = self._own_indicators()._replace(first=value)

    @property
    def indicator2(self) -> str:
        """The second indicator; empty in a control field."""
        indicators = self.indicators
        return indicators.second if indicators else ""

    @indicator2.setter
    def indicator2(self, value: str) -> None:
        self._indicators = self._own_indicators()._replace(second=value)

    def _own_indicators(self) -> Indicators:
        indicators = self.indicators
        if indicators is None:
            raise AttributeError(f"{self.tag} is a control field: it has no indicators")
        return indicators

    @classmethod
    def convert_legacy_subfields(cls, subfields: list[str]) -> list[Subfield]:
        """Subfields from a flat list of code, value, code, value."""
        pairs = iter(subfields)
        return [Subfield(code, value) for code, value in zip(pairs, pairs, strict=True)]

    def __iter__(self) -> Iterator[Subfield]:
        """The subfields, in order."""
        self._position = 0
        return self

    def __next__(self) -> Subfield:
        position = self._position
        if self.control_field or position >= len(self.subfields):
            raise StopIteration
        self._position = position + 1
        return self.subfields[position]

    def __str__(self) -> str:
        """The field as a line of MARCMaker's text format, blanks written as `\\`."""
        if self.control_field:
            return f"={self.tag}  {(self.data or '').replace(' ', chr(92))}"
        indicators = "".join("\\" if i == " " else i for i in self._own_indicators())
        return f"={self.tag}  {indicators}" + "".join(f"${s.code}{s.value}" for s in self.subfields)

    def __repr__(self) -> str:
        return f"<Field {str(self)!r}>"

    def get(self, code: str, default: str | None = None) -> str | None:
        """The value of the first subfield with the code, else the default."""
        value = None if self.control_field else self._find(code)
        return default if value is None else value

    def __getitem__(self, code: str) -> str:
        """The value of the first subfield with the code; KeyError when there is none."""
        value = None if self.control_field else self._find(code)
        if value is None:
            raise KeyError
        return value

    def __contains__(self, code: str) -> bool:
        """Whether there is a subfield with the code."""
        return not self.control_field and self._find(code) is not None

    def __setitem__(self, code: str, value: str) -> None:
        """Change the value of the one subfield with the code; KeyError unless there is one."""
        if self.control_field:
            raise KeyError("field is a control field")
        places = [i for i, subfield in enumerate(self.subfields) if subfield.code == code]
        if len(places) != 1:
            raise KeyError(f"{'more than one' if places else 'no'} code '{code}'")
        self.subfields[places[0]] = Subfield(code, value)

    def value(self) -> str:
        """The field's text: the data, or the subfields' values with a blank between."""
        if self.control_field:
            return self.data or ""
        payload = self._payload
        if payload is not None:
            if payload.rfind(SUBFIELD_INDICATOR) == 2:  # one subfield, as most fields have
                return payload[4:].strip()
            _, *parts = payload.split(SUBFIELD_INDICATOR)
            return " ".join([part[1:].strip() for part in parts])
        return " ".join([subfield.value.strip() for subfield in self._subfields])

    def format_field(self) -> str:
        """The field's text for people: without $6, with ` -- ` before subject subdivisions."""
        if self.control_field:
            return self.data or ""
        divisions = ("v", "x", "y", "z") if self.is_subject_field() else ()
        return "".join(
            f" -- {value}" if code in divisions else f" {value}"
            for code, value in self.subfields
            if code != "6"
        ).strip()

    def get_subfields(self, *codes: str) -> list[str]:
        """The values of the subfields with any of the codes, in the field's order."""
        return [subfield.value for subfield in self.subfields if subfield.code in codes]

    def add_subfield(self, code: str, value: str, pos: int | None = None) -> None:
        """Add a subfield at the end, or at a position. A control field stays as it is."""
        if self.control_field:
            return
        place = len(self.subfields) if pos is None else pos
        self.subfields.insert(place, Subfield(code, value))

    def delete_subfield(self, code: str) -> str | None:
        """Remove the first subfield with the code; its value, or None when there is none."""
        for place, subfield in enumerate(self.subfields):
            if subfield.code == code:
                return self.subfields.pop(place).value
        return None

    def subfields_as_dict(self) -> dict[str, list[str]]:
        """Code to values, each in the field's order; empty for a control field."""
        result: dict[str, list[str]] = {}
        for subfield in self.subfields:
            result.setdefault(subfield.code, []).append(subfield.value)
        return result

    def is_control_field(self) -> bool:
        """Whether this is a control field."""
        return self.control_field

    def is_subject_field(self) -> bool:
        """Whether the tag is a subject's, 6XX."""
        return self.tag.startswith("6")

    def linkage_occurrence_num(self) -> str | None:
        """The occurrence number of subfield 6 (`880-01/$1` gives `01`), None without one."""
        link = self.get("6", "")
        return link.split("-")[1].split("/")[0] if link else None

    def as_marc(self, encoding: str) -> bytes:
        """The field as it stands in ISO 2709, with its terminator."""
        if self._payload is not None:
            return f"{self._payload}{END_OF_FIELD}".encode(encoding)
        if self.control_field:
            return f"{self.data}{END_OF_FIELD}".encode(encoding)
        text = "".join(f"{SUBFIELD_INDICATOR}{s.code}{s.value}" for s in self.subfields)
        return f"{self.indicator1}{self.indicator2}{text}{END_OF_FIELD}".encode(encoding)

    as_marc21 = as_marc

    def __reduce_ex__(self, protocol: Any) -> Any:
        """For copy and pickle, in every protocol."""
        return copyreg.__newobj__, (type(self),), self.__getstate__()  # type: ignore[attr-defined]

    def __getstate__(self) -> Any:
        """What makes up the field; a copy shares the list of subfields, as pymarc's does."""
        return self.tag, self.control_field, self.data, self.indicators, self.subfields

    def __setstate__(self, state: Any) -> None:
        self._payload = None
        self._subfields = []
        self._indicators = self.data = None
        if len(state) == 2:  # from pymarc's own class: (None, what its slots hold)
            for name, value in state[1].items():
                if name not in ("_Field__pos", "pos"):
                    setattr(self, name, value)
            return
        self.tag, self.control_field, self.data, self._indicators, self._subfields = state


if not TYPE_CHECKING:
    Field = adopt(Field)


class RawField(Field):
    """A field whose text is bytes, as they stand in the source: see `to_unicode=False`."""

    __slots__ = ()

    def as_marc(self, encoding: str | None = None) -> bytes:
        """The field as it stands in ISO 2709; an encoding is of no use, and logged."""
        if encoding is not None:
            logger.warning("Attempt to force a RawField into encoding %s", encoding)
        end = END_OF_FIELD.encode("ascii")
        if self.control_field:
            data: Any = self.data
            return bytes(data + end)
        marc = (self.indicator1 + self.indicator2).encode("ascii")
        for code, value in self.subfields:
            text: Any = value
            marc += (SUBFIELD_INDICATOR + code).encode("ascii") + text
        return marc + end


def map_marc8_field(f: Field) -> Field:
    """Decode the texts of a field that holds MARC-8, in place."""
    if f.control_field:
        f.data = marc8_to_unicode(f.data)
    else:
        f.subfields = [Subfield(code, marc8_to_unicode(value)) for code, value in f.subfields]
    return f
