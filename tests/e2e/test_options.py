"""What a read may be asked for: refused with a reason, or done exactly."""

from __future__ import annotations

from pathlib import Path

import pytest
from marcd.v1.options_pb2 import TEXT_POLICY_DETECT, TextOptions

from tests import generate
from tests.e2e.calls import (
    DEFAULT_MODE,
    FRAMES,
    ISO2709,
    REPAIR,
    STRICT,
    Client,
    Item,
    Reading,
    token_tail,
)

COUNT = 40


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with records, damaged ones, and newlines between some."""
    records = list(generate.realistic(COUNT))
    for ordinal in (3, 4, 17):
        records[ordinal] = b"x" + records[ordinal][1:]
    for ordinal in (8, 25, COUNT - 1):
        records[ordinal] += b"\r\n"
    path = tmp_path_factory.mktemp("options") / "small.mrc"
    path.write_bytes(b"".join(records))
    return path


@pytest.fixture(scope="module")
def whole(client: Client, small: Path) -> Reading:
    """All of `small`."""
    reading = client.read(small)
    assert len(reading.records) == COUNT - 3
    assert [item.reason for item in reading.skipped] == ["LENGTH_NOT_DIGITS"] * 3
    assert [item.reason for item in reading.gaps] == ["BYTES_BETWEEN_RECORDS"] * 3
    reading.check_covers(0, small.stat().st_size)
    return reading


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ({"recovery_mode": 99}, "MODE_UNSUPPORTED"),
        ({"view": 3}, "VIEW_UNSUPPORTED"),
        ({"view": 99}, "VIEW_UNSUPPORTED"),
        ({"source_format": 99}, "FORMAT_UNSUPPORTED"),
    ],
)
def test_what_does_not_exist_is_unimplemented(
    client: Client, small: Path, option: dict[str, int], reason: str
) -> None:
    (value,) = option.values()
    for reading in (client.read(small, **option), client.parse(b"", **option)):
        assert reading.failure is not None
        assert reading.failure.what == ("UNIMPLEMENTED", reason)
        assert reading.failure.metadata == {"value": str(value)}
        assert str(value) in reading.failure.message


def test_batch_bytes_past_the_limit_is_refused_with_the_limit(client: Client, small: Path) -> None:
    failure = client.read(small, batch_bytes=4_194_305).failure
    assert failure is not None
    assert failure.what == ("INVALID_ARGUMENT", "BATCH_BYTES_OUT_OF_RANGE")
    assert failure.metadata["limit"] == "4194304"


@pytest.mark.parametrize("batch_bytes", [1, 512, 4_194_304])
def test_the_size_of_batches_changes_no_record(
    client: Client, small: Path, whole: Reading, batch_bytes: int
) -> None:
    reading = client.read(small, batch_bytes=batch_bytes)
    assert reading.items == whole.items
    if batch_bytes <= 512:  # a batch holds at least one record, here not two
        assert reading.responses >= COUNT


def test_naming_the_defaults_changes_no_record(client: Client, small: Path) -> None:
    default = client.read(small, recovery_mode=DEFAULT_MODE)
    named = client.read(
        small,
        source_format=ISO2709,
        recovery_mode=REPAIR,
        text=TextOptions(policy=TEXT_POLICY_DETECT, encoding="marc-8"),
    )
    assert named.items == default.items
    assert len(default.records) == COUNT


def test_every_record_can_be_resumed_after(client: Client, small: Path, whole: Reading) -> None:
    for at, record in enumerate(whole.records):
        rest = client.read(small, resume_token=whole.token_after(record), batch_bytes=4096)
        assert rest.failure is None
        assert rest.records == whole.records[at + 1 :]
        rest.check_covers(record.end, small.stat().st_size, record.ordinal + 1)


def test_every_batch_can_be_resumed_after(client: Client, small: Path, whole: Reading) -> None:
    so_far = Reading()
    for response in client.stream(small, batch_bytes=1):
        so_far.add(response)
        rest = client.read(small, resume_token=so_far.token)
        assert so_far.items + rest.items == whole.items


def test_another_view_goes_on_from_the_same_position(
    client: Client, small: Path, whole: Reading
) -> None:
    rest = client.read(small, resume_token=whole.token_after(whole.records[9]), view=FRAMES)
    assert rest.ordinals == whole.ordinals[10:]


def test_a_range_holds_the_records_that_begin_in_it(
    client: Client, small: Path, whole: Reading
) -> None:
    for first, last in ((0, 1), (5, 12), (12, 36)):
        begin, end = whole.records[first].offset, whole.records[last].offset
        ordinal = whole.records[first].ordinal
        for stop in (end, whole.records[last - 1].offset + 1):
            part = client.read(small, start_offset=begin, end_offset=stop, start_ordinal=ordinal)
            assert part.records == whole.records[first:last]
            assert part.end


def test_ranges_side_by_side_give_the_whole(client: Client, small: Path, whole: Reading) -> None:
    items: list[Item] = []
    offset = ordinal = 0
    for stop in (*range(5_000, small.stat().st_size, 5_000), None):
        request = {} if stop is None else {"end_offset": stop}
        part = client.read(small, start_offset=offset, start_ordinal=ordinal, **request)
        assert part.failure is None
        items += part.items
        offset, ordinal = part.next_offset, part.next_ordinal
    assert items == whole.items


@pytest.mark.parametrize(
    "request_",
    [
        {"start_offset": 10**12},
        {"start_offset": 5, "end_offset": 3},
        {"start_offset": 5, "resume_token": "marcd1:"},
        {"start_ordinal": 5, "resume_token": "marcd1:"},
    ],
)
def test_a_range_that_cannot_be_is_refused(
    client: Client, small: Path, request_: dict[str, int | str]
) -> None:
    failure = client.read(small, **request_).failure
    assert failure is not None
    assert failure.what == ("INVALID_ARGUMENT", "RANGE_INVALID")


def test_a_token_that_is_none_is_refused(client: Client, small: Path, whole: Reading) -> None:
    token, prefix = whole.token_after(whole.records[5]), whole.prefix
    place = token.removeprefix(prefix).rsplit(":", 1)[0]
    offset, ordinal = map(int, place.split(":"))
    bad = ["x", "marcd1:", prefix, token[:-1], token + "0", " " + token, token.upper()]
    bad += [token.replace("marcd1", "marcd2"), token[:-8] + "00000000", "\N{SNOWMAN}" * 99]
    bad += [prefix + token_tail(prefix, -1, ordinal), prefix + token_tail(prefix, 2**64, ordinal)]
    bad += [prefix + token_tail(prefix, offset, 2**64), "9" * 1_000_000]
    zeros = prefix.replace("marcd1:", "marcd1:0")
    bad += [zeros + token_tail(zeros, offset, ordinal)]
    for text in bad:
        failure = client.read(small, resume_token=text).failure
        assert failure is not None, text
        assert failure.what == ("INVALID_ARGUMENT", "TOKEN_INVALID"), text[:99]
        assert len(failure.message) < 2_000


def test_a_token_past_the_end_is_refused(client: Client, small: Path, whole: Reading) -> None:
    past = whole.prefix + token_tail(whole.prefix, small.stat().st_size + 1, COUNT)
    failure = client.read(small, resume_token=past).failure
    assert failure is not None
    assert failure.code.name == "INVALID_ARGUMENT"


def test_a_token_of_another_mode_is_refused(client: Client, small: Path, whole: Reading) -> None:
    token = whole.token_after(whole.records[0])
    failure = client.read(small, resume_token=token, recovery_mode=STRICT).failure
    assert failure is not None
    assert failure.what == ("INVALID_ARGUMENT", "TOKEN_OPTIONS")
