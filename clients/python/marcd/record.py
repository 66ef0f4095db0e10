"""One record."""

from __future__ import annotations

import copyreg
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _frame, codec
from ._accelerated import adopt
from ._named_fields import NamedFields

# Names that are written "as" themselves are here because pymarc.record has them too.
from ._named_fields import isbn_regex as isbn_regex
from .codec import normalize_subfield_code as normalize_subfield_code
from .constants import DIRECTORY_ENTRY_LEN as DIRECTORY_ENTRY_LEN
from .constants import END_OF_FIELD, END_OF_RECORD, LEADER_LEN
from .constants import SUBFIELD_INDICATOR as SUBFIELD_INDICATOR
from .exceptions import BadSubfieldCodeWarning as BadSubfieldCodeWarning
from .exceptions import BaseAddressInvalid as BaseAddressInvalid
from .exceptions import BaseAddressNotFound as BaseAddressNotFound
from .exceptions import FieldNotFound, MissingLinkedFields
from .exceptions import NoFieldsFound as NoFieldsFound
from .exceptions import RecordDirectoryInvalid as RecordDirectoryInvalid
from .exceptions import RecordLeaderInvalid as RecordLeaderInvalid
from .exceptions import TruncatedRecord as TruncatedRecord
from .field import Field, RawField, map_marc8_field
from .field import Indicators as Indicators
from .field import Subfield as Subfield
from .field import logger as logger
from .leader import Leader
from .marc8 import marc8_to_unicode as marc8_to_unicode

if TYPE_CHECKING:
    from ._findings import Diagnostic


class RecordSource(NamedTuple):
    """Where a record was read: ordinals from 0; offset and length in bytes."""

    # The path or name of the file; None for bytes and for objects with `.read()`.
    file: str | None
    ordinal: int | None
    offset: int | None
    length: int | None


class Record(NamedFields):
    """A record: a leader and fields.

    One that a reader gives is lazy: it owns the bytes of its frame, and makes a field of
    them when it is asked for, the same object each time. It knows its `ordinal` in the
    source, its `offset` and its `length` in bytes; these are None in a record made by hand.
    Not safe to be used by two threads.
    """

    __slots__ = (
        "_diagnostics",
        "_fields",
        "_file",
        "_frame",
        "_leader",
        "_made",
        "force_utf8",
        "length",
        "offset",
        "ordinal",
        "pos",
        "to_unicode",
    )

    # The frame from which the record was made; None for one made by hand.
    _frame: bytes | None
    # The fields, once anything has asked for all of them; else those made so far.
    _fields: list[Field] | None
    _made: dict[int, Field] | None
    _leader: Leader | str | None
    _diagnostics: tuple[Diagnostic, ...]
    _file: str | None
    ordinal: int | None
    offset: int | None
    length: int | None

    def __init__(
        self,
        data: str | bytes = "",
        fields: list[Field] | None = None,
        to_unicode: bool = True,
        force_utf8: bool = False,
        hide_utf8_warnings: bool = False,
        utf8_handling: str = "strict",
        leader: str = " " * LEADER_LEN,
        file_encoding: str = "iso8859-1",
    ) -> None:
        """Make a record of ISO 2709 bytes, of fields, or an empty one."""
        self._take(None)
        self.fields = fields if fields else []
        self.leader = Leader(leader[0:10] + "22" + leader[12:20] + "4500")
        self.pos = 0
        self.to_unicode = to_unicode
        self.force_utf8 = force_utf8
        self._file = self.ordinal = self.offset = self.length = None
        if not fields and len(data) > 0:
            self.decode_marc(
                data, to_unicode, force_utf8, hide_utf8_warnings, utf8_handling, file_encoding
            )
        elif not fields and force_utf8:
            self.leader.coding_scheme = "a"

    def decode_marc(
        self,
        marc: str | bytes,
        to_unicode: bool = True,
        force_utf8: bool = False,
        hide_utf8_warnings: bool = False,
        utf8_handling: str = "strict",
        encoding: str = "iso8859-1",
    ) -> None:
        """Set the leader and add the fields of a record in ISO 2709, with pymarc's options.

        Raises pymarc's exceptions; what was read before the damage is then in the record.
        """
        if self.force_utf8:
            encoding = "utf-8"
        # Then all ways to decode a clean record come to the same.
        common = to_unicode and encoding in ("iso8859-1", "utf-8")
        empty = self._frame is None and not self.fields
        if common and empty and type(marc) is bytes:
            frame = codec.clean_frame(marc)
            if frame is not None:
                self._take(frame)
                return
        codec.decode_into(
            self, marc, to_unicode, force_utf8, hide_utf8_warnings, utf8_handling, encoding
        )

    def _take(self, frame: bytes | None) -> None:
        """Become the record of a frame; with None, one of nothing."""
        self._frame = frame
        self._fields = self._made = self._leader = None

    @property
    def _untouched(self) -> bool:
        """Whether nothing but the frame makes up the record."""
        parts = (self._fields, self._made, self._leader)
        return self._frame is not None and all(part is None for part in parts)

    @property
    def source(self) -> RecordSource | None:
        """Where the record was read; None for one made by hand."""
        if self.offset is None:
            return None
        return RecordSource(self._file, self.ordinal, self.offset, self.length)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was found in the record and delivered with it; for MARCReader, nothing."""
        try:
            return self._diagnostics
        except AttributeError:  # set for the few that have some
            return ()

    @property
    def fields(self) -> list[Field]:
        """All fields: a list to be changed at will."""
        if self._fields is None:
            self._fields = _frame.make_fields(self._frame, self._made) if self._frame else []
            self._made = None
        return self._fields

    @fields.setter
    def fields(self, value: list[Field]) -> None:
        self._fields = value
        self._made = None

    @property
    def leader(self) -> Leader | str:
        """The leader."""
        if self._leader is None:
            assert self._frame is not None
            self._leader = Leader(self._frame[_frame.LEADER].decode("ascii"))
        return self._leader

    @leader.setter
    def leader(self, value: Leader | str) -> None:
        self._leader = value

    def _field_at(self, place: int) -> Field:
        """The field at a place of a record whose fields are not all made."""
        assert self._frame is not None
        if self._made is None:
            self._made = {}
        field = self._made.get(place)
        if field is None:
            field = self._made[place] = _frame.make_field(self._frame, place)
        return field

    def _is_lazy(self) -> bool:
        """Whether the fields can be made one by one, by the tags in the frame."""
        if self._fields is not None or self._frame is None:
            return False
        made = self._made
        return made is None or all(_frame.tag_at(self._frame, p) == f.tag for p, f in made.items())

    def get(self, tag: str, default: Field | None = None) -> Field | None:
        """The first field with the tag, else the default."""
        if isinstance(tag, str) and self._is_lazy():
            assert self._frame is not None
            place = _frame.find(self._frame, tag)
            return default if place < 0 else self._field_at(place)
        for field in self.fields:
            if field.tag == tag:
                return field
        return default

    def __getitem__(self, tag: str) -> Field:
        """The first field with the tag; KeyError when there is none."""
        field = self.get(tag)
        if field is None:
            raise KeyError
        return field

    def __contains__(self, tag: str) -> bool:
        """Whether there is a field with the tag."""
        return self.get(tag) is not None

    def __iter__(self) -> Iterator[Field]:
        """The fields, in order."""
        self.pos = 0
        return self

    def __next__(self) -> Field:
        position = self.pos
        fields = self.fields
        if position >= len(fields):
            raise StopIteration
        self.pos = position + 1
        return fields[position]

    def get_fields(self, *args: str) -> list[Field]:
        """The fields with any of the tags; without a tag, the list of all."""
        if not args:
            return self.fields
        if len(args) == 1 and isinstance(args[0], str) and self._is_lazy():
            return list(self._fields_with(args[0]))
        return [field for field in self.fields if field.tag in args]

    def _fields_with(self, tag: str) -> Iterator[Field]:
        assert self._frame is not None
        place = _frame.find(self._frame, tag)
        while place >= 0:
            yield self._field_at(place)
            place = _frame.find(self._frame, tag, place + 1)

    def _between(self, first: str, last: str) -> list[Field]:
        """The fields with a tag from `first` to `last`, both numbers."""
        return [f for f in self.fields if first <= f.tag <= last and f.tag.isdigit()]

    def get_linked_fields(self, field: Field) -> list[Field]:
        """The 880 fields with the field's occurrence number; MissingLinkedFields if none."""
        number = field.linkage_occurrence_num()
        linked = [f for f in self.get_fields("880") if f.linkage_occurrence_num() == number]
        if number is not None and not linked:
            raise MissingLinkedFields(field)
        return linked

    def add_field(self, *fields: Field) -> None:
        """Add fields at the end."""
        self.fields.extend(fields)

    def add_ordered_field(self, *fields: Field) -> None:
        """Add each field before the first one with a higher tag."""
        for field in fields:
            self._insert(field, 3)

    def add_grouped_field(self, *fields: Field) -> None:
        """Add each field before the first one whose tag has a higher first digit."""
        for field in fields:
            self._insert(field, 1)

    def _insert(self, field: Field, digits: int) -> None:
        """Insert by the tag's first digits; a tag that is no number goes to the end."""
        fields = self.fields
        place = len(fields)
        if field.tag.isdigit():
            number = int(field.tag[:digits])
            for i, other in enumerate(fields):
                if not other.tag.isdigit() or int(other.tag[:digits]) > number:
                    place = i
                    break
        fields.insert(place, field)

    def remove_field(self, *fields: Field) -> None:
        """Remove fields; FieldNotFound when one is not in the record."""
        for field in fields:
            try:
                self.fields.remove(field)
            except ValueError:
                raise FieldNotFound from None

    def remove_fields(self, *tags: str) -> None:
        """Remove all fields with any of the tags."""
        if tags:
            self.fields[:] = [field for field in self.fields if field.tag not in tags]

    def _utf8_leader(self) -> str:
        """The leader, which now says that the record is UTF-8."""
        if isinstance(self.leader, Leader):
            self.leader.coding_scheme = "a"
        else:
            self.leader = self.leader[0:9] + "a" + self.leader[10:]
        return str(self.leader)

    def as_marc(self) -> bytes:
        """The record in ISO 2709, in UTF-8; sets the leader's coding scheme to say so.

        With `to_unicode=False` the leader is left as it is, and decides on the encoding.
        """
        if self._untouched:
            assert self._frame is not None
            if _frame.is_utf8(self._frame) if self.to_unicode else _frame.is_raw(self._frame):
                return _frame.as_marc(self._frame)
        if self.to_unicode:
            self._utf8_leader()
        leader = self.leader
        encoding = "utf-8" if leader[9] == "a" or self.force_utf8 else "iso8859-1"
        data = []
        directory = []
        position = 0
        for field in self.fields:
            text = field.as_marc() if isinstance(field, RawField) else field.as_marc(encoding)
            tag = f"{int(field.tag):03d}" if field.tag.isdigit() else f"{field.tag:>03}"
            directory.append(f"{tag}{len(text):04}{position:05}")
            position += len(text)
            data.append(text)
        head = ("".join(directory) + END_OF_FIELD).encode(encoding)
        base = LEADER_LEN + len(head)
        start = f"{base + position + 1:05}{leader[5:12]}{base:05}{leader[17:]}"
        return start.encode(encoding) + head + b"".join(data) + END_OF_RECORD.encode(encoding)

    as_marc21 = as_marc

    def as_dict(self) -> dict[str, Any]:
        """The record as MARC-in-JSON has it, in Python's types."""
        fields: list[dict[str, Any]] = []
        for field in self.fields:
            content: Any = field.data
            if not field.control_field:
                content = {
                    "ind1": field.indicator1,
                    "ind2": field.indicator2,
                    "subfields": [{code: value} for code, value in field.subfields],
                }
            fields.append({field.tag: content})
        return {"leader": str(self.leader), "fields": fields}

    def as_json(self, **kwargs: Any) -> str:
        """The record as MARC-in-JSON; arguments are those of json.dumps."""
        return json.dumps(self.as_dict(), **kwargs)

    def __str__(self) -> str:
        """The record in MARCMaker's text format."""
        return "\n".join([f"=LDR  {self.leader}", *map(str, self.fields)]) + "\n"

    def _as_xml(self, with_namespace: bool, ascii_only: bool) -> bytes | None:
        """MARCXML of the frame, where that is quicker than of the fields; None elsewhere."""
        return None

    def _as_frame(self) -> bytes | None:
        """The frame of a changed record, where that is quickly made; None elsewhere."""
        return None

    def __copy__(self) -> Record:
        """A record that shares leader and fields with this one, as a copy of pymarc's does."""
        _ = self.fields, self.leader  # makes them, for both to share
        copy = type(self).__new__(type(self))
        copy.__setstate__(self.__getstate__())
        return copy

    def __reduce_ex__(self, protocol: Any) -> Any:
        """For deepcopy and pickle, in every protocol."""
        return copyreg.__newobj__, (type(self),), self.__getstate__()  # type: ignore[attr-defined]

    def __getstate__(self) -> Any:
        """What makes up the record: its frame if it is untouched, else its parts."""
        untouched = self._untouched
        parts = (self._frame,) if untouched else (None, self.fields, self.leader)
        flags = (self.to_unicode, self.force_utf8)
        source = (self._file, self.ordinal, self.offset, self.length, self.diagnostics)
        return parts, flags, source, getattr(self, "__dict__", None)

    def __setstate__(self, state: Any) -> None:
        if len(state) == 2:  # from pymarc's own class: (None, what its slots hold)
            self.__init__()  # type: ignore[misc]
            for name, value in state[1].items():
                if name != "_Record__pos":
                    setattr(self, name, value)
            return
        parts, flags, source, more = state
        self._take(parts[0])
        if len(parts) > 1:
            self.fields, self.leader = parts[1:]
        self.pos = 0
        self.to_unicode, self.force_utf8 = flags
        self._file, self.ordinal, self.offset, self.length, self._diagnostics = source
        if more:
            self.__dict__.update(more)


if not TYPE_CHECKING:
    Record = adopt(Record)


def map_marc8_record(record: Record) -> Record:
    """Decode the texts of a record that holds MARC-8, in place, and mark it as UTF-8."""
    record.fields = [map_marc8_field(field) for field in record.fields]
    leader = str(record.leader)
    record.leader = Leader(leader[:9] + "a" + leader[10:])
    return record
