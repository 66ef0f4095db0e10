"""Reads MARC records, with pymarc's names, out of a daemon that parses them in parallel.

    import marcd as pymarc

    for record in pymarc.MARCReader("records.mrc"):
        print(record.title)

The daemon is started when none runs. `marcd.connect()` and `marcd.read()` are marcd's own.
"""

from ._findings import Diagnostic, Gap
from ._install import install_as_pymarc
from .authority import AuthorityMARCReader, AuthorityRecord
from .check import CheckProgress, check
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
    BadSubfieldCodeWarning,
    BaseAddressInvalid,
    BaseAddressNotFound,
    EndOfRecordNotFound,
    FatalReaderError,
    FieldNotFound,
    MissingLinkedFields,
    NoFieldsFound,
    PymarcException,
    RecordDirectoryInvalid,
    RecordLeaderInvalid,
    RecordLengthInvalid,
    ServerError,
    TruncatedRecord,
)
from .field import Field, Indicators, RawField, Subfield, map_marc8_field
from .holdings import HoldingsMARCReader, HoldingsRecord
from .leader import Leader
from .marc8 import MARC8ToUnicode, marc8_to_unicode
from .reader import MARCReader, Reader, map_records, read
from .record import Record, map_marc8_record, normalize_subfield_code
from .report import Report

__version__ = "0.1.0"

__all__ = [
    "DIRECTORY_ENTRY_LEN",
    "END_OF_FIELD",
    "END_OF_RECORD",
    "LEADER_LEN",
    "SUBFIELD_INDICATOR",
    "AuthorityMARCReader",
    "AuthorityRecord",
    "BadLeaderValue",
    "BadSubfieldCodeWarning",
    "BaseAddressInvalid",
    "BaseAddressNotFound",
    "CheckProgress",
    "Client",
    "Diagnostic",
    "EndOfRecordNotFound",
    "FatalReaderError",
    "Field",
    "FieldNotFound",
    "Gap",
    "HoldingsMARCReader",
    "HoldingsRecord",
    "Indicators",
    "Leader",
    "MARC8ToUnicode",
    "MARCReader",
    "MissingLinkedFields",
    "NoFieldsFound",
    "PymarcException",
    "RawField",
    "Reader",
    "Record",
    "RecordDirectoryInvalid",
    "RecordLeaderInvalid",
    "RecordLengthInvalid",
    "Report",
    "ServerError",
    "ServerFile",
    "ServerInfo",
    "Subfield",
    "TruncatedRecord",
    "check",
    "connect",
    "install_as_pymarc",
    "map_marc8_field",
    "map_marc8_record",
    "map_records",
    "marc8_to_unicode",
    "normalize_subfield_code",
    "read",
]
