"""MARCXML: records to it and from it, beside pymarc's."""

from __future__ import annotations

import io
import lzma
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import tostring
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

import marcd
import pymarc
import pytest
from marcd import Field, Record, Subfield

from tests.python.conftest import CORPUS, corpus_file
from tests.python.odd_records import contents, made, odd_pairs, outcome

LEADER = f"<leader>{' ' * 24}</leader>"
MARC = 'xmlns="http://www.loc.gov/MARC21/slim"'
FORMS = (None, "NFC", "NFD", "NFKC", "none", "")


def collection(body: str, attributes: str = "") -> str:
    return f"<collection {attributes}><record>{LEADER}{body}</record></collection>"


DOCUMENTS = (
    *("", "<a/>", "<collection/>", "<record/>", "<record/><record></record>", collection("")),
    *(collection("", MARC), collection("", 'xmlns="urn:x"'), f"<record {MARC}><leader>x</leader>"),
    *(collection("<leader/>"), collection("")[:-5], collection("") + "<"),
    collection('<controlfield tag="001">a&amp;b</controlfield>'),
    collection('<controlfield tag="001"/><controlfield tag="245">lost</controlfield>'),
    collection("<controlfield>no tag</controlfield>"),
    collection('<controlfield tag="001">e\u0301\u00e9ﬁ</controlfield>', MARC),
    collection('<controlfield tag="001"><!-- c -->a<![CDATA[<b>]]>c</controlfield>'),
    collection('<controlfield tag="001" m:tag="9" xmlns:m="u">x</controlfield>'),
    collection('<controlfield tag="001">x<subfield code="b">in</subfield></controlfield>'),
    collection('<datafield tag="245"><subfield code="a">T</subfield></datafield>'),
    collection('<datafield tag="1"/><datafield tag=""/><datafield tag="FMT" ind1="12" ind2=""/>'),
    collection('<datafield tag="001" ind1="1"><subfield code="a">lost</subfield></datafield>'),
    collection('<datafield ind1="1"/>'),
    collection('<datafield tag="245"><subfield>no code</subfield></datafield>'),
    collection(
        '<datafield tag="245"><subfield code="">x</subfield><subfield code="ab"/></datafield>'
    ),
    collection('<datafield tag="245">a<subfield code="a">b<i>c</i>d</subfield>e</datafield>'),
    collection('<datafield tag="1"><controlfield tag="001">x</controlfield></datafield>'),
    collection(
        '<subfield code="a">early</subfield><datafield tag="1"/><subfield code="b">z</subfield>'
    ),
    collection(f'<record>{LEADER}</record><controlfield tag="002">after</controlfield>'),
    collection(
        '<m:datafield tag="1" xmlns:m="u"><m:subfield code="a">x</m:subfield></m:datafield>'
    ),
    f'<collection>{LEADER}<controlfield tag="001"/><datafield tag="2"/></collection>',
    '<!DOCTYPE r [<!ENTITY e "ent">]>' + collection('<controlfield tag="1">a&e;b</controlfield>'),
    '<!DOCTYPE r SYSTEM "no-such.dtd">' + collection('<controlfield tag="1">ab</controlfield>'),
    f"<c><record>{LEADER}</record><record>{LEADER}</record><record><leader>5</leader></record></c>",
)


def node(package: Any, record: Any, *options: bool) -> str:
    return tostring(package.record_to_xml_node(record, *options), "unicode")


def parsed(package: Any, source: Any, *options: Any) -> Any:
    """What a document gives by parse_xml_to_array, and what a handler gets of it until it ends."""
    if isinstance(source, bytes):
        source = io.BytesIO(source)
    return [contents(record) for record in package.parse_xml_to_array(source, *options)]


def handled(package: Any, source: bytes) -> Any:
    """What a subclass of the handler gets, an error included, and then map_xml."""
    seen: list[Any] = []

    class Handler(package.XmlHandler):
        def process_record(self, record: Any) -> None:
            seen.append(contents(record))

    handler = Handler()
    end = outcome(package.parse_xml, io.BytesIO(source), handler)
    files = io.BytesIO(source), io.BytesIO(source)
    ends = end, outcome(package.map_xml, lambda record: seen.append(str(record)), *files)
    return seen, handler.records, ends


@pytest.mark.parametrize("quiet", [False, True])
@pytest.mark.parametrize("namespace", [False, True])
@pytest.mark.parametrize("oddity", [0.0, 0.3])
def test_any_records_xml_is_pymarcs(quiet: bool, namespace: bool, oddity: float) -> None:
    for ours, theirs in odd_pairs(600, seed=5, oddity=oddity):
        for options in [(quiet, namespace), (quiet,)]:
            mine = outcome(marcd.record_to_xml, ours, *options)
            assert mine == outcome(pymarc.record_to_xml, theirs, *options)
            mine = outcome(node, marcd, ours, *options)
            assert mine == outcome(node, pymarc, theirs, *options)


def test_real_records_xml_is_pymarcs() -> None:
    with lzma.open(corpus_file("gpo/bench.mrc.xz")) as file:
        data = file.read(3_000_000)
    for source in data.split(b"\x1d")[:400]:
        ours, theirs = marcd.Record(source + b"\x1d"), pymarc.Record(source + b"\x1d")
        assert marcd.record_to_xml(ours) == pymarc.record_to_xml(theirs)


def test_marc8_in_bytes_is_decoded_with_one_state_for_the_record() -> None:
    subfields = [("a", b"\x1b(N"), ("b", b"abc"), ("c", b"\xff"), ("d", "text")]
    facts = {"fields": [("RawField", {"tag": "245", "subfields": subfields})]}
    for quiet in (False, True):
        mine = outcome(marcd.record_to_xml, made(marcd, facts), quiet)
        assert mine == outcome(pymarc.record_to_xml, made(pymarc, facts), quiet)
    assert "АБЦ".encode("ascii", "xmlcharrefreplace") in mine[1]


def test_a_subclass_of_record_says_itself_what_its_fields_are() -> None:
    class Short(Record):
        def __iter__(self) -> Any:
            return iter(self.fields[:1])

    record = Short(fields=[Field("001", data="x"), Field("590", subfields=[Subfield("a", "y")])])
    assert b"001" in marcd.record_to_xml(record)
    assert b"590" not in marcd.record_to_xml(record)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_any_document_is_read_as_pymarc_reads_it(strict: bool, form: str | None) -> None:
    for document in DOCUMENTS:
        mine = outcome(parsed, marcd, document.encode(), strict, form)
        assert mine == outcome(parsed, pymarc, document.encode(), strict, form), document


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_handlers_and_map_xml_see_what_pymarcs_see(document: str, encoding: str) -> None:
    source = document.encode(encoding)
    assert handled(marcd, source) == handled(pymarc, source)


def test_what_was_written_is_read_as_pymarc_reads_it() -> None:
    for ours, _ in odd_pairs(600, seed=6, oddity=0):
        kind, xml, *_ = outcome(marcd.record_to_xml, ours)
        if kind == "gives":
            for form in (None, "NFD"):
                mine = outcome(parsed, marcd, xml, False, form)
                assert mine == outcome(parsed, pymarc, xml, False, form)


def test_paths_file_objects_and_text_are_sources() -> None:
    path = corpus_file("pymarc/utf8.xml")
    want = parsed(pymarc, str(path))
    assert len(want) == 1
    with path.open("rb") as binary, path.open(encoding="utf-8") as text:
        for source in (str(path), path, path.as_uri(), binary, text):
            assert parsed(marcd, source) == want
        assert binary.closed == text.closed is True


@pytest.mark.parametrize("path", sorted(CORPUS.rglob("*.xml")), ids=lambda path: path.name)
def test_the_corpus_is_read_as_pymarc_reads_it(path: Path) -> None:
    for strict in (False, True):
        mine = outcome(parsed, marcd, str(path), strict)
        assert mine == outcome(parsed, pymarc, str(path), strict)


def test_records_before_an_error_reach_the_handler() -> None:
    handler = marcd.XmlHandler()
    with pytest.raises(SAXParseException):
        marcd.parse_xml(io.StringIO(collection("") + "<"), handler)
    assert len(handler.records) == 1


def test_any_content_handler_can_be_told_of_a_file() -> None:
    class Elements(ContentHandler):
        def __init__(self) -> None:
            super().__init__()
            self.names: list[str] = []

        def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:
            self.names.append(name[1])

    handler = Elements()
    marcd.parse_xml(io.StringIO(collection("")), handler)
    assert handler.names == ["collection", "record", "leader"]
