"""Files that marcd writes, read by everybody else's programs: as many records, the same text."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import marcd
import pymarc
import pytest

from tests.generate import marc8, realistic
from tests.python.conftest import corpus_file
from tests.support import Daemon

PROGRAMS = Path(__file__).parent / "other_readers"
MARC4J = Path("/usr/share/java/marc4j.jar")
DEADLINE = 300
# What is written: the records' text, and how many of a corpus file are looked at.
SOURCES = ["generated", "gpo/bench.mrc.xz", "gpo/lclawlib_records_1672_utf8.mrc.gz"]
MOST = 2000
# The halves of double-width marks, which pymarc gives as they stand in MARC-8.
HALVES = {0xFE20: 0x361, 0xFE21: None, 0xFE22: 0x360, 0xFE23: None}
REFERENCE = re.compile("&#x([0-9A-F]{4,6});")


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, timeout=DEADLINE, check=False)
    assert (done.returncode, done.stderr.decode()[-2000:]) == (0, "")
    return done.stdout.decode()


def need(program: str | Path) -> str:
    """The program, if it is here."""
    found = shutil.which(program) or (str(program) if Path(program).exists() else None)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def lines_of(records: Iterable[Any]) -> list[str]:
    """The fields of records of marcd or pymarc, a line each, and an empty one behind each."""
    lines = []
    for record in records:
        for field in record.fields:
            if field.is_control_field():
                lines.append(f"{field.tag} {field.data}")
            else:
                values = "".join(f"\x1f{each.code}{each.value}" for each in field.subfields)
                lines.append(f"{field.tag} {''.join(field.indicators)}{values}")
        lines.append("")
    return lines


def normal(lines: Iterable[str]) -> list[str]:
    """In normal form C, with what others leave as it is in MARC-8: references and half marks."""
    return [
        unicodedata.normalize("NFC", REFERENCE.sub(referred, line).translate(HALVES))
        for line in lines
    ]


def referred(reference: re.Match[str]) -> str:
    return chr(int(reference[1], 16))


@pytest.fixture(scope="module")
def client(daemon: Daemon) -> Any:
    with marcd.connect(daemon.target) as connected:
        yield connected


@pytest.fixture(scope="module", params=SOURCES)
def records(request: pytest.FixtureRequest, client: marcd.Client) -> list[marcd.Record]:
    if request.param == "generated":
        return list(marcd.read(b"".join([*realistic(200, seed=3), *marc8(50)]), client=client))
    reader = marcd.read(corpus_file(request.param), client=client)
    return reader.read_batch(MOST)


@pytest.fixture(scope="module")
def lines(records: list[marcd.Record]) -> list[str]:
    return lines_of(records)


@pytest.fixture
def write(records: list[marcd.Record], client: marcd.Client, tmp_path: Path) -> Any:
    def written(name: str, **options: Any) -> Path:
        marcd.write(records, tmp_path / name, client=client, **options)
        return tmp_path / name

    return written


def test_pymarc_reads_iso_2709(write: Any, lines: list[str]) -> None:
    with open(write("out.mrc"), "rb") as file:
        assert lines_of(pymarc.MARCReader(file)) == lines


def test_pymarc_reads_marcxml(write: Any, lines: list[str]) -> None:
    assert lines_of(pymarc.parse_xml_to_array(str(write("out.xml")))) == lines


def test_pymarc_reads_json(write: Any, lines: list[str]) -> None:
    with open(write("out.json"), encoding="utf-8") as file:
        assert lines_of(pymarc.parse_json_to_array(file)) == lines


def test_python_reads_json_lines(write: Any, records: list[marcd.Record]) -> None:
    with open(write("out.jsonl"), encoding="utf-8") as file:
        assert [json.loads(line) for line in file] == [record.as_dict() for record in records]


@pytest.mark.parametrize(
    ("name", "form"),
    [("out.mrc", "marc"), ("out.xml", "marcxml"), ("out.turbomarc", "turbomarc")],
)
def test_yaz_reads_them(name: str, form: str, write: Any, lines: list[str], tmp_path: Path) -> None:
    yaz = need("yaz-marcdump")
    (tmp_path / "yaz.xml").write_text(run(yaz, "-i", form, "-o", "marcxml", write(name)))
    assert lines_of(pymarc.parse_xml_to_array(str(tmp_path / "yaz.xml"))) == lines


def test_yaz_reads_marc8(write: Any, lines: list[str], tmp_path: Path) -> None:
    file = write("out.mrc", encoding="marc-8")
    yaz = need("yaz-marcdump")
    text = run(yaz, "-f", "marc-8", "-t", "utf-8", "-i", "marc", "-o", "marcxml", file)
    (tmp_path / "yaz.xml").write_text(text)
    found = lines_of(pymarc.parse_xml_to_array(str(tmp_path / "yaz.xml")))
    assert without_066(normal(found)) == without_066(normal(lines))


def test_pymarc_reads_marc8(write: Any, lines: list[str]) -> None:
    with open(write("out.mrc", encoding="marc-8"), "rb") as file:
        found = lines_of(pymarc.MARCReader(file))
    assert without_066(normal(found)) == without_066(normal(lines))


def without_066(lines: list[str]) -> list[str]:
    """Without the field that says which sets a record's text is in."""
    return [line for line in lines if not line.startswith("066 ")]


@pytest.mark.parametrize("name", ["out.xml", "out.turbomarc"])
def test_xmllint_finds_nothing_wrong(name: str, write: Any) -> None:
    assert run(need("xmllint"), "--noout", write(name)) == ""


@pytest.mark.parametrize(("name", "form"), [("out.mrc", "USMARC"), ("out.xml", "XML")])
def test_marc_batch_reads_them(name: str, form: str, write: Any, lines: list[str]) -> None:
    need("perl")
    if subprocess.run(["perl", "-MMARC::File::XML", "-e", "1"], capture_output=True).returncode:
        pytest.skip("MARC::File::XML is not installed")
    found = run("perl", PROGRAMS / "lines.pl", form, write(name))
    assert found.removesuffix("\n").split("\n") == lines


@pytest.mark.parametrize(
    ("name", "form"), [("out.mrc", "marc"), ("out.xml", "xml"), ("out.jsonl", "json")]
)
def test_marc4j_reads_them(name: str, form: str, write: Any, lines: list[str]) -> None:
    java = need("java")
    need("javac")
    need(MARC4J)
    found = run(java, "-cp", MARC4J, PROGRAMS / "Lines.java", form, write(name))
    assert sorted(found.split("\n")) == sorted([*lines, ""])
