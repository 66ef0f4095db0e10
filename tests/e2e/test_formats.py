"""Records go through every format and come back as they were."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import marcd
import pytest

from tests.generate import marc8, realistic
from tests.python.conftest import CORPUS, corpus_file
from tests.support import Daemon

# The formats that are read and written, by the suffixes that ask for them.
SUFFIXES = {
    "iso2709": ".mrc",
    "marcxml": ".xml",
    "json": ".json",
    "jsonl": ".jsonl",
    "mrk": ".mrk",
    "alephseq": ".seq",
    "line": ".line",
    "turbomarc": ".turbomarc",
}
# Aleph sequential and yaz's lines have no way to write what they use as marks themselves.
LOSSLESS = ("iso2709", "marcxml", "json", "jsonl", "mrk", "turbomarc")
# Of a record, what a change of format changes: leader/00-04 and 09-16.
Content = tuple[str, list[Any]]


@pytest.fixture(scope="module")
def client(daemon: Daemon) -> Any:
    with marcd.connect(daemon.target) as connected:
        yield connected


def content(record: marcd.Record, form: str = "") -> Content:
    leader = str(record.leader)
    fields = [
        (field.tag, field.data)
        if field.is_control_field()
        else (field.tag, *field.indicators, *map(tuple, field.subfields))
        for field in record.fields
    ]
    if form:
        fields = [tuple(normal(part, form) for part in field) for field in fields]
    return leader[5:9] + leader[17:], fields


def normal(part: Any, form: str) -> Any:
    if isinstance(part, tuple):
        return tuple(normal(each, form) for each in part)
    return unicodedata.normalize(form, part)


def contents(records: Iterable[marcd.Record], form: str = "") -> list[Content]:
    return [content(record, form) for record in records]


def assert_goes_through_all(
    source: Any, folder: Path, client: marcd.Client, formats: Iterable[str] = LOSSLESS
) -> int:
    """Through each format to each; what comes from any two is the same file. How many records."""
    straight = {}
    # Whatever it was in, its leaders then say what ISO 2709 in UTF-8 has them say.
    first = list(marcd.read(source, client=client))
    for record in first:
        record.leader.coding_scheme = "a"
    # XML cannot hold every character; which records have one, it says.
    told = marcd.write(first, folder / "first.xml", client=client).diagnostics
    cannot = {finding.ordinal for finding in told}
    kept = (record for place, record in enumerate(first) if place not in cannot)
    marcd.write(kept, folder / "first.mrc", client=client)
    first = list(marcd.read(folder / "first.mrc", client=client))
    for form in formats:
        path = folder / f"straight{SUFFIXES[form]}"
        assert marcd.write(first, path, client=client).records == len(first)
        straight[form] = path.read_bytes()
        reader = marcd.read(path, client=client)
        assert contents(reader) == contents(first)
        assert {finding.disposition for finding in reader.diagnostics} <= {"NOTED"}
    for form in formats:
        middle = folder / f"straight{SUFFIXES[form]}"
        for other in formats:
            path = folder / f"by_{form}{SUFFIXES[other]}"
            marcd.write(marcd.read(middle, client=client), path, client=client)
            assert path.read_bytes() == straight[other], (form, other)
            path.unlink()
    return len(first)


def test_generated_records_go_through_all(tmp_path: Path, client: marcd.Client) -> None:
    data = b"".join(realistic(60, seed=5))
    assert assert_goes_through_all(data, tmp_path, client, SUFFIXES) == 60


def test_records_of_many_scripts_go_through_all(tmp_path: Path, client: marcd.Client) -> None:
    assert assert_goes_through_all(b"".join(marc8(40)), tmp_path, client) == 40


def hostile() -> list[marcd.Record]:
    """Text that each format has to treat with care."""
    texts = [
        *("$a {dollar} \\ {", "<b>&amp;</b> ]]>", '"\\u0041\\"', "$$a ^ L", "a\nb", "a\r\nb\tc"),
        *(" begins and ends ", "", " ", "&#x41; &eacute;", "{eacute} {nothing}", "e\u0301 \u00e9"),
        *(
            "\u05e9\u05dc\u05d5\u05dd",
            "\U0001f600",
            "\u4e2d\u6587",
            "=245  10$aNot a field",
            "-- x",
        ),
    ]
    records = []
    for number, text in enumerate(texts):
        record = marcd.Record()
        record.leader = marcd.Leader("00000nam a2200000 i 4500")
        record.add_field(marcd.Field("001", data=f"x{number}"))
        record.add_field(marcd.Field("008", data=text.replace("\n", " ").replace("\r", " ")))
        subfields = [marcd.Subfield(code, text) for code in ("a", "$", "9", " ")]
        record.add_field(marcd.Field("245", indicators=["\\", "^"], subfields=subfields))
        record.add_field(marcd.Field("9XX", indicators=[" ", "#"], subfields=[]))
        records.append(record)
    return records


@pytest.mark.parametrize("form", LOSSLESS)
def test_hostile_text_comes_back(form: str, tmp_path: Path, client: marcd.Client) -> None:
    records = hostile()
    path = tmp_path / f"out{SUFFIXES[form]}"
    marcd.write(records, path, client=client)
    found = contents(marcd.read(path, client=client))
    assert found == contents(records)


@pytest.mark.full
@pytest.mark.parametrize(
    "file", sorted(str(path.relative_to(CORPUS)) for path in CORPUS.glob("*/*") if path.is_file())
)
def test_the_corpus_goes_through_all(file: str, tmp_path: Path, client: marcd.Client) -> None:
    path = corpus_file(file)
    reader = marcd.read(path, client=client)
    if (
        next(reader, None) is None
        or max(map(len, (r.as_marc() for r in reader)), default=0) > 99_999
    ):
        pytest.skip("it has no record, or one that ISO 2709 cannot hold")
    assert_goes_through_all(path, tmp_path, client)


@pytest.mark.parametrize("name", ["", "_withBOM", "_no_Prolog"])
def test_spec_test_records_are_the_same_in_marcxml(name: str, client: marcd.Client) -> None:
    marc = marcd.read(corpus_file("solrmarc/specTestRecs.mrc"), client=client)
    xml = marcd.read(corpus_file(f"solrmarc/specTestRecs{name}.xml"), client=client)
    assert contents(xml, "NFC") == contents(marc, "NFC")
