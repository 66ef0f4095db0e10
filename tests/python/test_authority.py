"""Readers of authority and holdings records, and the records' own words."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import marcd
import pytest

from tests.generate import realistic
from tests.iso2709 import control_field, data_field, encode
from tests.python.conftest import corpus_file

AUTHORITY = encode(
    [
        control_field("001", "1"),
        *(data_field(tag, "  ", ("a", tag)) for tag in ("100", "110", "400", "451", "500", "551")),
        *(data_field(tag, "  ", ("a", tag)) for tag in ("659", "663", "670", "688", "690", "750")),
    ]
)
HOLDINGS = encode(
    [
        control_field("004", "1"),
        *(data_field(tag, "  ", ("a", tag)) for tag in ("852", "852", "853", "855", "856", "863")),
        *(data_field(tag, "  ", ("a", tag)) for tag in ("865", "866", "868", "869", "876", "CAT")),
    ]
)
ODD = encode([(b"130", b"1\x1faOne indicator")])


def tags(fields: list[marcd.Field]) -> list[str]:
    return [field.tag for field in fields]


def test_an_authority_record_names_its_fields() -> None:
    record = marcd.AuthorityRecord(AUTHORITY)
    assert record.heading is record["100"]
    assert tags(record.see_from) == ["400", "451"]
    assert tags(record.see_also) == ["500", "551"]
    assert tags(record.notes) == ["663", "670", "688"]
    assert tags(record.linking_entries) == ["750"]


def test_a_holdings_record_names_its_fields() -> None:
    record = marcd.HoldingsRecord(HOLDINGS)
    assert tags(record.locations) == ["852", "852"]
    assert tags(record.captions) == ["853", "855"]
    assert tags(record.enumeration) == ["863", "865"]
    assert tags(record.textual_holdings) == ["866", "868"]


def test_a_record_without_such_fields_has_none() -> None:
    authority, holdings = marcd.AuthorityRecord(), marcd.HoldingsRecord()
    assert authority.heading is None
    assert authority.see_from == authority.notes == authority.linking_entries == []
    assert holdings.locations == holdings.captions == holdings.textual_holdings == []


TARGETS: dict[str, Callable[[Path], Any]] = {
    "path": lambda path: path,
    "bytes": lambda path: path.read_bytes(),
    "BytesIO": lambda path: io.BytesIO(path.read_bytes()),
    "pushed": lambda path: io.BufferedReader(io.BytesIO(path.read_bytes())),
}


@pytest.mark.parametrize("size", [0, 100])
@pytest.mark.parametrize("target", TARGETS)
def test_every_kind_of_source_gives_such_records(
    target: str, size: int, tmp_path: Path, client: marcd.Client
) -> None:
    path = tmp_path / "records.mrc"
    path.write_bytes(b"".join([AUTHORITY, HOLDINGS, ODD, *realistic(size)]))
    for reader_class, record_class in (
        (marcd.AuthorityMARCReader, marcd.AuthorityRecord),
        (marcd.HoldingsMARCReader, marcd.HoldingsRecord),
    ):
        records = list(reader_class(TARGETS[target](path)))
        assert len(records) == 3 + size
        assert {type(record) for record in records} == {record_class}


def test_mrrcs_files(client: marcd.Client) -> None:
    (authority,) = marcd.AuthorityMARCReader(corpus_file("mrrc/simple_authority.mrc"))
    assert authority.leader[6] == "z"
    assert authority.heading is not None
    assert authority.heading.tag.startswith("1")
    (holdings,) = marcd.HoldingsMARCReader(corpus_file("mrrc/simple_holdings.mrc"))
    assert holdings.leader[6] in "uvxy"
    assert tags(holdings.fields)[:2] == ["001", "005"]
    assert holdings.locations == []
