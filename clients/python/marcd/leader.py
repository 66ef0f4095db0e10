"""The leader of a record: 24 characters with names for its positions."""

from __future__ import annotations

from typing import Any

from ._accelerated import use
from .constants import LEADER_LEN
from .exceptions import BadLeaderValue, RecordLeaderInvalid


class _Span:
    """One named stretch of the leader, read and written as an attribute."""

    def __init__(self, start: int, width: int, what: str) -> None:
        self.start = start
        self.width = width
        self.what = what
        last = start + width - 1
        self.__doc__ = f"{what} ({start:02}{f'-{last:02}' if width > 1 else ''})."

    def __get__(self, leader: Leader | None, owner: type | None = None) -> Any:
        if leader is None:
            return self
        return leader.leader[self.start : self.start + self.width]

    def __set__(self, leader: Leader, value: str) -> None:
        if len(value) != self.width:
            room = "1 char" if self.width == 1 else f"{self.width} chars"
            raise BadLeaderValue(f"{self.what} is {room} field, got {value}")
        leader._replace_values(self.start, value)


class Leader:
    """A leader that can be changed in place.

    Positions are read and written by number or slice (`leader[5]`, `leader[0:5] = "00042"`)
    and by name (`leader.record_status`, `leader["record_status"]`). Lengths and addresses
    in it are those of the source: `Record.as_marc` computes its own.
    """

    record_length = _Span(0, 5, "Record length")
    record_status = _Span(5, 1, "Record status")
    type_of_record = _Span(6, 1, "Type of record")
    bibliographic_level = _Span(7, 1, "Bibliographic level")
    type_of_control = _Span(8, 1, "Type of control")
    coding_scheme = _Span(9, 1, "Character coding scheme")
    indicator_count = _Span(10, 1, "Indicator count")
    subfield_code_count = _Span(11, 1, "Subfield code count")
    base_address = _Span(12, 5, "Base address of data")
    encoding_level = _Span(17, 1, "Encoding level")
    cataloging_form = _Span(18, 1, "Descriptive cataloging form")
    multipart_ressource = _Span(19, 1, "Multipart resource record level")
    length_of_field_length = _Span(20, 1, "Length of the length-of-field portion")
    starting_character_position_length = _Span(
        21, 1, "Length of the starting-character-position portion"
    )
    implementation_defined_length = _Span(22, 1, "Length of the implementation-defined portion")

    def __init__(self, leader: str) -> None:
        """Take the 24 characters; RecordLeaderInvalid if there are not 24."""
        if len(leader) != LEADER_LEN:
            raise RecordLeaderInvalid
        self.leader = leader

    def __getitem__(self, item: str | int | slice) -> str:
        """Characters by position or slice, or a named stretch."""
        if isinstance(item, (slice, int)):
            return self.leader[item]
        value: str = getattr(self, item)
        return value

    def __setitem__(self, item: str | int | slice, value: str) -> None:
        """Replace characters from a position or a slice's start, or a named stretch."""
        if isinstance(item, slice):
            self._replace_values(item.start, value)
        elif isinstance(item, int):
            self._replace_values(item, value)
        else:
            setattr(self, item, value)

    def __str__(self) -> str:
        return self.leader

    def __repr__(self) -> str:
        return f"Leader({self.leader!r})"

    def _replace_values(self, position: int, value: str) -> None:
        if position < 0:
            raise IndexError("Position must be positive")
        after = position + len(value)
        if after > LEADER_LEN:
            raise BadLeaderValue(f"{value} is too long to be inserted at {position}")
        self.leader = self.leader[:position] + value + self.leader[after:]


use(Leader=Leader)
