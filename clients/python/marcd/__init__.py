"""Reads MARC records, with pymarc's names, out of a daemon that parses them in parallel.

    import marcd as pymarc

    for record in pymarc.MARCReader("records.mrc"):
        print(record.title)

The daemon is started when none runs. `marcd.connect()` and `marcd.read()` are marcd's own.
"""

from ._batch import Diagnostic, Gap
from .client import Client, ServerFile, ServerInfo, connect
from .constants import (
    DIRECTORY_ENTRY_LEN,
    END_OF_FIELD,
    END_OF_RECORD,
    LEADER_LEN,
    SUBFIELD_INDICATOR,
)
from .exceptions import (
    BadLeaderValue,
    BaseAddressInvalid,
    BaseAddressNotFound,
    EndOfRecordNotFound,
    FatalReaderError,
    FieldNotFound,
    MissingLinkedFields,
    NoFieldsFound,
    PymarcException,
    RecordDirectoryInvalid,
    RecordError,
    RecordLeaderInvalid,
    RecordLengthInvalid,
    ServerError,
    TruncatedRecord,
)
from .field import Field, Indicators, Subfield
from .leader import Leader
from .reader import MARCReader, Reader, map_records, read
from .record import Record

__version__ = "0.1.0"

__all__ = [
    "DIRECTORY_ENTRY_LEN",
    "END_OF_FIELD",
    "END_OF_RECORD",
    "LEADER_LEN",
    "SUBFIELD_INDICATOR",
    "BadLeaderValue",
    "BaseAddressInvalid",
    "BaseAddressNotFound",
    "Client",
    "Diagnostic",
    "EndOfRecordNotFound",
    "FatalReaderError",
    "Field",
    "FieldNotFound",
    "Gap",
    "Indicators",
    "Leader",
    "MARCReader",
    "MissingLinkedFields",
    "NoFieldsFound",
    "PymarcException",
    "Reader",
    "Record",
    "RecordDirectoryInvalid",
    "RecordError",
    "RecordLeaderInvalid",
    "RecordLengthInvalid",
    "ServerError",
    "ServerFile",
    "ServerInfo",
    "Subfield",
    "TruncatedRecord",
    "connect",
    "map_records",
    "read",
]
