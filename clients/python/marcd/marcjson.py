"""MARC-in-JSON to records."""

from __future__ import annotations

from typing import Any

from .field import Field, Indicators
from .leader import Leader
from .reader import JSONReader
from .record import Record


class JSONHandler:
    """Makes records of MARC-in-JSON that was parsed; a subclass may take each as it comes.

    The dictionaries are left as they are. KeyError for one that lacks something.
    """

    def __init__(self) -> None:
        """Begin without records."""
        self.records: list[Record] = []
        self._record: Record | None = None
        self._field: Field | None = None

    def element(self, element_dict: Any, name: str | None = None) -> None:
        """Take in a record.

        By name, take in the part of one from its "leader" or from its "fields" on, or the
        "subfields" of the field that is being made.
        """
        if name == "subfields":
            self._add_subfields(element_dict)
            return
        if not name:
            self._record = Record()
        record = self._record
        if record is None or name not in (None, "", "leader", "fields"):
            return
        if name != "fields":
            record.leader = Leader(element_dict["leader"])
        for item in element_dict["fields"]:
            tag, content = item.copy().popitem()
            field = self._field = Field(tag)
            if field.control_field:
                field.data = content
            else:
                self.element(content, "subfields")
                field.indicators = Indicators(content["ind1"], content["ind2"])
            record.add_field(field)
        self.process_record(record)

    def _add_subfields(self, content: Any) -> None:
        if self._field is not None:
            for item in content["subfields"]:
                self._field.add_subfield(*item.copy().popitem())

    def elements(self, dict_list: Any) -> list[Record]:
        """Take in a list of records, or one; gives all that were made so far."""
        for element in dict_list if type(dict_list) is list else [dict_list]:
            self.element(element)
        return self.records

    def process_record(self, record: Record) -> None:
        """Called with each record; keeps it in `records`."""
        self.records.append(record)


def parse_json_to_array(json_file: Any) -> list[Record]:
    """The records of a MARC-in-JSON text, given as `JSONReader` takes it."""
    return JSONHandler().elements(JSONReader(json_file).records)
