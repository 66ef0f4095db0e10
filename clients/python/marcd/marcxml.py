"""MARCXML to records, and records to MARCXML."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from xml.sax.handler import ContentHandler, feature_namespaces

from ._xml_text import plain_xml
from .field import Field, Indicators
from .leader import Leader
from .marc8 import MARC8ToUnicode
from .record import Record

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

XSI_NS = "http://www.w3.org/2001/XMLSchema-instance"
MARC_XML_NS = "http://www.loc.gov/MARC21/slim"
MARC_XML_SCHEMA = f"{MARC_XML_NS} http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"

# A record's attributes where it names its namespace itself.
_NAMESPACE = {"xmlns": MARC_XML_NS, "xmlns:xsi": XSI_NS, "xsi:schemaLocation": MARC_XML_SCHEMA}
_IN_NAMESPACE = "".join(f' {name}="{value}"' for name, value in _NAMESPACE.items())

# How an attribute is named to a handler: its namespace, then its name.
_TAG, _IND1, _IND2, _CODE = ((None, name) for name in ("tag", "ind1", "ind2", "code"))


class XmlHandler(ContentHandler):
    """Makes records of the events of an XML parser; a subclass may take each as it comes.

    Elements go by their local names, whatever surrounds them; with `strict`, only those in
    MARCXML's namespace do. With `normalize_form` text comes in that normal form of
    Unicode. KeyError for a field without a tag or a subfield without a code, and
    RecordLeaderInvalid for a leader that has not 24 characters, end the parse.
    """

    def __init__(self, strict: bool = False, normalize_form: Any = None) -> None:
        """Begin without records."""
        super().__init__()
        self.records: list[Record] = []
        self.normalize_form = normalize_form
        self._strict = strict
        self._record: Record | None = None
        self._field: Field | None = None
        self._subfield_code: str | None = None
        self._text: list[str] = []

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:
        """Begin a record, a field or a subfield."""
        namespace, element = name
        if self._strict and namespace != MARC_XML_NS:
            return
        self._text = []
        if element == "subfield":
            self._subfield_code = attrs[_CODE]
        elif element == "datafield":
            indicators = Indicators(attrs.get(_IND1, " "), attrs.get(_IND2, " "))
            self._field = Field(attrs[_TAG], indicators)
        elif element == "controlfield":
            self._field = Field(attrs[_TAG])
        elif element == "record":
            self._record = Record()

    def endElementNS(self, name: Any, qname: Any) -> None:
        """Complete what began, with the text since the last event of an element."""
        namespace, element = name
        if self._strict and namespace != MARC_XML_NS:
            return
        text = "".join(self._text)
        self._text = []
        if self.normalize_form is not None:
            text = unicodedata.normalize(self.normalize_form, text)
        if element == "subfield":
            if self._field is not None and self._subfield_code:
                self._field.add_subfield(self._subfield_code, text)
                self._subfield_code = None
        elif self._record is not None:
            self._end_part(element, self._record, text)

    def _end_part(self, element: str, record: Record, text: str) -> None:
        """Complete a record, or what stands in one itself."""
        if element == "record":
            self.process_record(record)
            self._record = None
        elif element == "leader":
            record.leader = Leader(text)
        elif element in ("controlfield", "datafield") and self._field is not None:
            if element == "controlfield":
                self._field.data = text
            record.add_field(self._field)
            self._field = None

    def characters(self, content: str) -> None:
        """Add to the text."""
        self._text.append(content)

    def process_record(self, record: Record) -> None:
        """Called with each record; keeps it in `records`."""
        self.records.append(record)


def parse_xml(xml_file: Any, handler: ContentHandler) -> None:
    """Parse a path, a URL or a file object, and tell the handler of it, in this thread.

    xml.sax.SAXParseException for what is no well-formed XML; the handler then has the
    records before it.
    """
    from xml.sax import make_parser

    parser = make_parser()
    parser.setContentHandler(handler)
    parser.setFeature(feature_namespaces, True)
    parser.parse(xml_file)


def map_xml(function: Callable[[Record], object], *files: Any) -> None:
    """Call the function with each record of each file, as it is read."""
    handler = XmlHandler()
    handler.process_record = function  # type: ignore[assignment,method-assign]
    for xml_file in files:
        parse_xml(xml_file, handler)


def parse_xml_to_array(
    xml_file: Any, strict: bool = False, normalize_form: Any = None
) -> list[Record]:
    """The records of a file, with the options of `XmlHandler`."""
    handler = XmlHandler(strict, normalize_form)
    parse_xml(xml_file, handler)
    return handler.records


def record_to_xml(record: Record, quiet: bool = False, namespace: bool = False) -> bytes:
    """The record's XML: ASCII, with references for all other characters.

    Its options are those of `record_to_xml_node`. A control character stays as it is,
    though XML cannot hold it; TypeError for an indicator, tag or code that is no str.
    """
    return _serialized(record, quiet, namespace, "us-ascii")


def record_to_xml_utf8(record: Record) -> bytes:
    """The record's XML as `XMLWriter` writes it."""
    return _serialized(record, False, False, "utf-8")


def _serialized(record: Record, quiet: bool, namespace: bool, encoding: str) -> bytes:
    """What ElementTree makes of the record's element."""
    native = record._as_xml(namespace, encoding == "us-ascii") if type(record) is Record else None
    if native is not None:
        return native
    text = plain_xml(record, _IN_NAMESPACE if namespace else "")
    if text is not None:
        return text.encode(encoding, "xmlcharrefreplace")
    from xml.etree.ElementTree import tostring

    xml: bytes = tostring(record_to_xml_node(record, quiet, namespace), encoding)
    return xml


def record_to_xml_node(record: Record, quiet: bool = False, namespace: bool = False) -> Element:
    """The record as an element `record`, in MARCXML's namespace if `namespace` says so.

    Texts that are bytes are decoded from MARC-8; what cannot be decoded is told on stderr
    unless `quiet`.
    """
    from xml.etree.ElementTree import Element, SubElement

    marc8 = MARC8ToUnicode(quiet=quiet)

    def add(parent: Element, name: str, text: Any, attributes: dict[str, Any]) -> None:
        child = SubElement(parent, name, attributes)
        child.text = text if type(text) is str else marc8.translate(text)

    root = Element("record", _NAMESPACE if namespace else {})
    add(root, "leader", str(record.leader), {})
    for field in record:
        if field.control_field:
            add(root, "controlfield", field.data, {"tag": field.tag})
            continue
        indicators: Any = field.indicators
        attributes = {"ind1": indicators.first, "ind2": indicators.second, "tag": field.tag}
        parent = SubElement(root, "datafield", attributes)
        for subfield in field:
            add(parent, "subfield", subfield.value, {"code": subfield.code})
    return root
