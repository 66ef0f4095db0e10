"""The codec does what pymarc does: records, exceptions, warnings, log lines, stderr."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import marcd
import pymarc
import pytest
from marcd import codec

from tests.generate import damage, marc8, realistic, truncations
from tests.iso2709 import control_field, data_field, encode
from tests.pathological import pathological
from tests.python.conftest import corpus_file
from tests.python.peers import decoded, read_all, said

CHOICES = {
    "to_unicode": (True, False),
    "force_utf8": (False, True),
    "hide_utf8_warnings": (False, True),
    "utf8_handling": ("strict", "replace", "ignore"),
    "file_encoding": ("iso8859-1", "cp1251"),
}
OPTIONS = [dict(zip(CHOICES, values)) for values in itertools.product(*CHOICES.values())]
ODD_BYTES = b"\x00\x09\n\x1b\x1d\x1e\x1f 09:_+-Aaz\x7f\x80\x88\xc3\xe2\xff"
SCRAPS = (
    *(b"\x1b", b"\x1b(", b"\x1b(N", b"\x1b(B", b"\x1b)!E", b"\x1b-Q", b"\x1b$1", b"\x1b$,1"),
    *(b"\x1bp", b"\x1bg", b"\x1bs", b"\x1b$)1", b"!0!", b"\x21\x30\x21", b"\xe2e", b"\xebi\xeca"),
    *(b"\xff", b"\x1f", b"\x1f\xc3\xa9", b"\x1f\xe9", b"\x1f\xff", b"\x1e", "é".encode(), b"\xc3"),
)
SIMPLE = encode(
    [
        control_field("001", "42"),
        data_field("245", "10", ("a", "A title"), ("b", "café")),
        data_field("500", "  ", ("a", "note")),
    ]
)


def assert_same(source: Any, options: dict[str, Any]) -> None:
    outcomes = [decoded(package, source, **options) for package in (pymarc, marcd)]
    assert outcomes[0] == outcomes[1], (source, options)


def with_scraps(rng: random.Random) -> bytes:
    """A record whose fields are put together from what hurts."""

    def scrap() -> bytes:
        return b"".join(rng.choice(SCRAPS) for _ in range(rng.randint(0, 4)))

    fields = [(b"001", b"1" + rng.choice((b"", b"\xe9", b"\x1fa")))]
    for _ in range(rng.randint(0, 3)):
        indicators = rng.choice((b"10", b"10", b"10", b"", b"1", b"100", b"\xe91"))
        subfields = (b"\x1f" + rng.choice((b"a", b"a", b"", b"\xe9")) + scrap() for _ in range(3))
        fields.append((rng.choice((b"245", b"CAT", b"0 9")), indicators + b"".join(subfields)))
    return encode(fields, coding=rng.choice("  a"))


def mutants(count: int) -> Iterator[tuple[int, bytes]]:
    """Records with up to four bytes set to odd values, cut or put in."""
    good = [*realistic(6, seed=5), *marc8(6), SIMPLE]
    for seed in range(count):
        rng = random.Random(seed)
        record = bytearray(with_scraps(rng) if seed % 2 else rng.choice(good))
        for _ in range(rng.randrange(4)):
            # Half of them in the leader or the directory.
            at = rng.randrange(rng.choice((min(80, len(record)), len(record))))
            if rng.randrange(4):
                record[at] = rng.choice(ODD_BYTES)
            elif rng.randrange(2):
                del record[at]
            else:
                record.insert(at, rng.choice(ODD_BYTES))
        yield seed, bytes(record)


def test_damaged_records_are_pymarcs() -> None:
    for seed, source in mutants(3000):
        assert_same(source, OPTIONS[seed % len(OPTIONS)])


def test_every_byte_of_a_record_set_to_an_odd_value_is_pymarcs() -> None:
    for at, value in itertools.product(range(len(SIMPLE)), ODD_BYTES):
        assert_same(SIMPLE[:at] + bytes([value]) + SIMPLE[at + 1 :], OPTIONS[at % len(OPTIONS)])


def test_every_truncation_is_pymarcs() -> None:
    for source in truncations(SIMPLE):
        assert_same(source, {})
        assert_same(source and b"%05d" % len(source) + source[5:], {})


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: ",".join(map(str, o.values())))
def test_each_set_of_options_is_pymarcs(options: dict[str, Any]) -> None:
    for source in [SIMPLE, *marc8(8), *(case.data for case in pathological())]:
        if len(source) < 20_000:
            assert_same(source, options)
    for encoding in ("latin-1", "utf-16", "shift_jis", "no such encoding"):
        assert_same(SIMPLE.replace(b"a22", b" 22"), {**options, "file_encoding": encoding})


@pytest.mark.parametrize("source", ["text", bytearray(SIMPLE), memoryview(SIMPLE), [SIMPLE], b""])
def test_other_kinds_of_data_are_pymarcs(source: object) -> None:
    assert_same(source, {})


def test_decode_marc_adds_to_what_is_there_up_to_the_first_error() -> None:
    bad = encode([data_field("245", "10", ("a", "A")), (b"500", b"  \x1fa\xff")])
    facts = []
    for package in (pymarc, marcd):
        record = package.Record(SIMPLE)
        record.decode_marc(SIMPLE)
        with pytest.raises(UnicodeDecodeError):
            record.decode_marc(bad)
        facts.append((str(record), str(record.leader)))
    assert facts[0] == facts[1]
    assert [field.tag for field in record] == ["001", "245", "500"] * 2 + ["245"]


def test_a_warning_is_of_the_line_that_calls_decode_marc() -> None:
    source = encode([(b"245", b"10\x1f\xc3\xa9title")])
    for package in (pymarc, marcd):
        record = package.Record()
        with said() as words:
            record.decode_marc(source)
        assert [warning[2] for warning in words.warnings] == ["test_codec.py"]
        assert record["245"]["e"] == "title"


def test_a_clean_record_is_framed_and_no_other() -> None:
    for case in pathological():
        frame = codec.clean_frame(case.data)
        if frame is not None:
            assert case.good, case.name
            fields = [(f.tag, f.data, f.subfields) for f in marcd.Record(case.data).fields]
            record = pymarc.Record(case.data)
            assert fields == [(f.tag, f.data, f.subfields) for f in record.fields], case.name
    assert codec.clean_frame(SIMPLE) is not None


def test_damaged_files_are_read_as_pymarc_reads_them(alone: None) -> None:
    for seed in range(150):
        data, _ = damage(b"".join([*realistic(6, seed), *marc8(6, seed)]), seed % 6, seed)
        options = OPTIONS[seed % len(OPTIONS)]
        assert read_all(marcd, data, **options) == read_all(pymarc, data, **options), seed


def test_codes_without_a_letter_are_pymarcs() -> None:
    for code in [bytes([a]) for a in range(256)] + [
        bytes([a, b]) for a in range(194, 245) for b in range(128, 192)
    ]:
        outcomes = []
        for normalize in (pymarc.record.normalize_subfield_code, marcd.normalize_subfield_code):
            try:
                outcomes.append(normalize(code + b"x"))
            except IndexError as error:
                outcomes.append(str(error))
        assert outcomes[0] == outcomes[1]


def test_small_files_of_pymarcs_own_tests() -> None:
    for name in ("bad_records.mrc", "bad_indicator.dat", "bad_subfield_code.dat", "1251.dat"):
        data = corpus_file(f"pymarc/{name}").read_bytes()
        for options in OPTIONS:
            assert read_all(marcd, data, **options) == read_all(pymarc, data, **options), name
