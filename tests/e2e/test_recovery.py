"""What each recovery mode delivers of a damaged file, and what it says."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from marcd.v1 import batch_pb2, options_pb2, record_pb2

from tests import generate
from tests.e2e.calls import FRAMES, PYMARC, REPAIR, SKIP, STRICT, Client, Reading
from tests.iso2709 import control_field, data_field, encode

COUNT = 12
DELIVERED = [ordinal for ordinal in range(COUNT) if ordinal not in (2, 5, 7)]


def title(number: int, text: str = "Title") -> bytes:
    return encode([control_field("001", f"n{number}"), data_field("245", "10", ("a", text))])


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records, of which three are damaged: in the length, an indicator, the text."""
    records = [title(ordinal) for ordinal in range(COUNT)]
    records[2] = b"x" + records[2][1:]
    records[5] = records[5].replace(b"10\x1fa", b"1\x07\x1fa")
    records[7] = records[7].replace(b"Title", b"T\xe9tle")
    path = tmp_path_factory.mktemp("recovery") / "damaged.mrc"
    path.write_bytes(b"".join(records))
    return path


def records_of(client: Client, path: Path | str, **options: object) -> list[record_pb2.Record]:
    reading = client.read(path, **options)
    assert reading.failure is None, reading.failure
    return [record_pb2.Record.FromString(item.content) for item in reading.records]


def value(record: record_pb2.Record, tag: str = "245") -> str:
    (field,) = [field for field in record.fields if field.tag == tag]
    return field.subfields[0].value


def test_strict_ends_at_the_first_damage(client: Client, damaged: Path) -> None:
    reading = client.read(damaged, recovery_mode=STRICT)
    assert reading.ordinals == [0, 1]
    assert reading.failure is not None
    assert reading.failure.what == ("DATA_LOSS", "LENGTH_NOT_DIGITS")


def test_skip_leaves_out_and_says_why(client: Client, damaged: Path) -> None:
    reading = client.read(damaged, recovery_mode=SKIP)
    assert reading.ordinals == DELIVERED
    assert reading.reasons == ["LENGTH_NOT_DIGITS", "INDICATOR_INVALID", "INVALID_UTF8"]
    reading.check_covers(0, damaged.stat().st_size)


def test_repair_delivers_all_and_says_what_was_mended(client: Client, damaged: Path) -> None:
    reading = client.read(damaged, recovery_mode=REPAIR)
    assert reading.ordinals == list(range(COUNT))
    assert [found.ordinal for found in reading.findings][:2] == [2, 5]
    assert reading.reasons[:2] == ["LENGTH_NOT_DIGITS", "INDICATOR_INVALID"]
    mended = reading.findings[1]
    assert mended.disposition == batch_pb2.DISPOSITION_REPAIRED
    assert mended.tag == "245"
    assert mended.variables["count"] == "1"
    reading.check_covers(0, damaged.stat().st_size)


def test_pymarc_hands_odd_records_over_as_they_are(client: Client, damaged: Path) -> None:
    reading = client.read(damaged, recovery_mode=PYMARC, view=FRAMES)
    # pymarc stops at a length that is no number, having read those five bytes.
    assert reading.ordinals == [0, 1, 2]
    assert reading.records[2].length == 5
    assert [gap.reason for gap in reading.gaps] == ["PYMARC_STOP"]
    reading.check_covers(0, damaged.stat().st_size)
    begin = len(damaged.read_bytes()) * 3 // COUNT  # all records are of one length
    rest = client.read(damaged, recovery_mode=PYMARC, view=FRAMES, start_offset=begin)
    undecoded = [item for item in rest.records if item.content[0] & 2]
    assert [item.ordinal + 3 for item in undecoded] == [5, 7]
    for item in undecoded:
        assert damaged.read_bytes()[item.offset : item.end] in item.content
    assert [found.disposition for found in rest.findings] == [batch_pb2.DISPOSITION_NOTED] * 2


def test_bytes_of_bad_records_come_on_request(client: Client, damaged: Path) -> None:
    data = damaged.read_bytes()
    reading = client.read(damaged, recovery_mode=SKIP, with_source=True)
    for found in reading.findings:
        assert found.source == data[found.offset : found.offset + found.length]
    without = client.read(damaged, recovery_mode=SKIP)
    assert [found.source for found in without.findings] == [b""] * 3


@pytest.mark.parametrize(
    ("policy", "encoding", "expected"),
    [
        (options_pb2.TEXT_POLICY_TRUST, "", "caf\ufffd"),
        (options_pb2.TEXT_POLICY_FORCE, "cp1252", "caf\xe9"),
        (options_pb2.TEXT_POLICY_FORCE, "Windows-1251", "caf\u0439"),
        (options_pb2.TEXT_POLICY_FORCE, "utf-8", "caf\ufffd"),
    ],
)
def test_text_is_decoded_as_asked(
    client: Client, tmp_path: Path, policy: int, encoding: str, expected: str
) -> None:
    path = tmp_path / "text.mrc"
    path.write_bytes(title(0, "cafe").replace(b"cafe", b"caf\xe9"))
    text = options_pb2.TextOptions(policy=policy, encoding=encoding)
    (record,) = records_of(client, path, recovery_mode=REPAIR, text=text)
    assert value(record) == expected


def test_marc8_is_decoded(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "marc8.mrc"
    generate.write_records(path, generate.marc8(60))
    expected = [text for _, text in generate.MARC8_TEXTS] * 10
    for mode in (STRICT, SKIP, REPAIR):
        assert [value(r) for r in records_of(client, path, recovery_mode=mode)] == expected
    nfc = options_pb2.TextOptions(nfc=True)
    composed = [value(r) for r in records_of(client, path, recovery_mode=SKIP, text=nfc)]
    assert composed[1] == "caf\xe9"


def test_unknown_encoding_is_refused_by_name(client: Client, damaged: Path) -> None:
    failure = client.read(damaged, text=options_pb2.TextOptions(encoding="klingon")).failure
    assert failure is not None
    assert failure.what == ("INVALID_ARGUMENT", "ENCODING_UNKNOWN")
    assert failure.metadata["encoding"] == "klingon"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"recovery_mode": PYMARC}, "VIEW_UNFIT"),
        ({"text": options_pb2.TextOptions(raw=True)}, "VIEW_UNFIT"),
        ({"view": FRAMES, "recovery_mode": PYMARC, "join_continued": True}, "JOIN_UNFIT"),
    ],
)
def test_what_does_not_go_together_is_refused(
    client: Client, damaged: Path, options: dict[str, object], reason: str
) -> None:
    failure = client.read(damaged, **options).failure
    assert failure is not None
    assert failure.what == ("INVALID_ARGUMENT", reason)


def test_raw_payloads_are_the_sources_bytes(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "raw.mrc"
    record = title(0).replace(b"Title", b"T\xe9tle")
    path.write_bytes(record)
    raw = options_pb2.TextOptions(raw=True)
    reading = client.read(path, view=FRAMES, text=raw)
    assert b"T\xe9tle" in reading.records[0].content
    assert reading.records[0].content[0] & 4


def parts(count: int, number: str = "same") -> list[bytes]:
    fields = [
        [control_field("001", number), data_field("500", "  ", ("a", str(i)))] for i in range(count)
    ]
    return [encode(each) for each in fields]


@pytest.mark.parametrize("batch_bytes", [1, 200, 4096])
def test_records_that_go_on_are_joined_on_request(
    client: Client, tmp_path: Path, batch_bytes: int
) -> None:
    path = tmp_path / "joined.mrc"
    path.write_bytes(b"".join([title(1), *parts(3), title(2), *parts(2, "other"), *parts(2)]))
    options = {"recovery_mode": SKIP, "batch_bytes": batch_bytes}
    reading: Reading = client.read(path, join_continued=True, **options)
    reading.check_covers(0, path.stat().st_size)
    assert reading.reasons == ["RECORDS_JOINED"] * 3
    joined = [record_pb2.Record.FromString(item.content) for item in reading.records]
    assert len(joined) == 5
    assert [field.tag for field in joined[1].fields] == ["001", "500", "500", "500"]
    assert [f.subfields[0].value for f in joined[1].fields[1:]] == ["0", "1", "2"]
    for record in reading.records:  # each can be gone on from
        rest = client.read(
            path, join_continued=True, resume_token=reading.token_after(record), **options
        )
        assert rest.ordinals == list(range(record.ordinal + 1, 5))
    assert len(client.read(path, **options).records) == 9


# (seed, ordinal) of records that were not hit and yet are not delivered as they were: a
# byte before or behind them was, and their boundary became ambiguous.
AMBIGUOUS: set[tuple[int, int]] = set()


@pytest.mark.parametrize("mode", [SKIP, REPAIR], ids=["skip", "repair"])
def test_damage_costs_no_record_that_it_did_not_hit(
    client: Client, tmp_path: Path, mode: int
) -> None:
    lost = set()
    path = tmp_path / "hit.mrc"
    for seed in range(40):
        records = list(generate.realistic(120, seed))
        ends = list(itertools.accumulate(map(len, records)))
        data, places = generate.damage(b"".join(records), 30, seed)
        path.write_bytes(data)
        reading = client.read(path, recovery_mode=mode, view=FRAMES)
        reading.check_covers(0, len(data))
        delivered = {(item.offset, item.length) for item in reading.records}
        for ordinal, (record, end) in enumerate(zip(records, ends)):
            begin = end - len(record)
            if any(begin <= place < end for place in places):
                continue
            if (begin, len(record)) not in delivered:
                lost.add((seed, ordinal))
    assert lost == AMBIGUOUS


def test_what_is_said_of_tiny_records_fits_into_a_usual_message(
    client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "tiny.mrc"
    path.write_bytes(b"00030\x1d" * 60_000)
    reading = client.read(path, recovery_mode=REPAIR)  # gRPC's limit is 4 MiB
    assert reading.failure is None
    assert len(reading.findings) >= 12_000
    reading.check_covers(0, path.stat().st_size)
