"""Reads MARC records, with pymarc's names, out of a daemon that parses them in parallel.

    import marcd as pymarc

    for record in pymarc.MARCReader("records.mrc"):
        print(record.title)

The daemon is started when none runs. `marcd.connect()` and `marcd.read()` are marcd's own.
"""

from typing import TYPE_CHECKING, Any

from ._accelerated import accelerated
from ._findings import Diagnostic, Gap
from ._install import install_as_pymarc
from ._write import write
from ._writing import WriteResult
from .authority import AuthorityMARCReader, AuthorityRecord
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
    DataLossWarning,
    EndOfRecordNotFound,
    FatalReaderError,
    FieldNotFound,
    MissingLinkedFields,
    NoActiveFile,
    NoFieldsFound,
    PymarcException,
    RecordDirectoryInvalid,
    RecordLeaderInvalid,
    RecordLengthInvalid,
    ServerError,
    TruncatedRecord,
    WriteNeedsRecord,
)
from .field import Field, Indicators, RawField, Subfield, map_marc8_field
from .holdings import HoldingsMARCReader, HoldingsRecord
from .leader import Leader
from .marc8 import MARC8ToUnicode, marc8_to_unicode
from .marcjson import JSONHandler, parse_json_to_array
from .marcxml import (
    MARC_XML_NS,
    MARC_XML_SCHEMA,
    XSI_NS,
    XmlHandler,
    map_xml,
    parse_xml,
    parse_xml_to_array,
    record_to_xml,
    record_to_xml_node,
)
from .reader import (
    JSONReader,
    MARCMakerReader,
    MARCReader,
    Reader,
    RecordReader,
    map_records,
    read,
)
from .record import Record, isbn_regex, logger, map_marc8_record, normalize_subfield_code
from .writer import JSONWriter, MARCWriter, TextWriter, Writer, XMLWriter

if TYPE_CHECKING:
    from ._check import CheckProgress as CheckProgress
    from ._check import check as check
    from .report import Report as Report
else:
    # What few programs want is imported when it is first asked for.
    _LATER = {"CheckProgress": "_check", "Report": "report", "check": "_check"}

    def __getattr__(name: str) -> Any:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_LATER})


__version__ = "0.1.0"

__all__ = [
    "DIRECTORY_ENTRY_LEN",
    "END_OF_FIELD",
    "END_OF_RECORD",
    "LEADER_LEN",
    "MARC_XML_NS",
    "MARC_XML_SCHEMA",
    "SUBFIELD_INDICATOR",
    "XSI_NS",
    "AuthorityMARCReader",
    "AuthorityRecord",
    "BadLeaderValue",
    "BadSubfieldCodeWarning",
    "BaseAddressInvalid",
    "BaseAddressNotFound",
    "CheckProgress",
    "Client",
    "DataLossWarning",
    "Diagnostic",
    "EndOfRecordNotFound",
    "FatalReaderError",
    "Field",
    "FieldNotFound",
    "Gap",
    "HoldingsMARCReader",
    "HoldingsRecord",
    "Indicators",
    "JSONHandler",
    "JSONReader",
    "JSONWriter",
    "Leader",
    "MARC8ToUnicode",
    "MARCMakerReader",
    "MARCReader",
    "MARCWriter",
    "MissingLinkedFields",
    "NoActiveFile",
    "NoFieldsFound",
    "PymarcException",
    "RawField",
    "Reader",
    "Record",
    "RecordDirectoryInvalid",
    "RecordLeaderInvalid",
    "RecordLengthInvalid",
    "RecordReader",
    "Report",
    "ServerError",
    "ServerFile",
    "ServerInfo",
    "Subfield",
    "TextWriter",
    "TruncatedRecord",
    "WriteNeedsRecord",
    "WriteResult",
    "Writer",
    "XMLWriter",
    "XmlHandler",
    "accelerated",
    "check",
    "connect",
    "install_as_pymarc",
    "isbn_regex",
    "logger",
    "map_marc8_field",
    "map_marc8_record",
    "map_records",
    "map_xml",
    "marc8_to_unicode",
    "normalize_subfield_code",
    "parse_json_to_array",
    "parse_xml",
    "parse_xml_to_array",
    "read",
    "record_to_xml",
    "record_to_xml_node",
    "write",
]
