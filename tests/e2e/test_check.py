"""CheckFile: its report is what a naive look at the records and the bytes gives."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests import generate
from tests.e2e.calls import DEADLINE_SECONDS, MESSAGES, Client, failure_of, wait_until
from tests.e2e.conftest import BIG_RECORDS
from tests.e2e.test_account import BENCH, CORPUS, unpacked
from tests.e2e.watch import check_quiet, daemon_with, peak_kib
from tests.iso2709 import control_field, data_field, encode
from tests.pathological import pathological

pytest.importorskip("marcd.report")
from marcd.report import Report
from marcd.v1 import file_service_pb2, options_pb2

NOTED, REPAIRED, SKIPPED = 1, 2, 3
MODES = {"repair": options_pb2.RECOVERY_MODE_REPAIR, "skip": options_pb2.RECOVERY_MODE_SKIP}


def start(client: Client, path: Path, **request: Any) -> Any:
    """A CheckFile call; `mode`, `text` and `with_source` are options."""
    names = options_pb2.ReadOptions.DESCRIPTOR.fields_by_name
    options = {name: request.pop(name) for name in list(request) if name in names}
    message = file_service_pb2.CheckFileRequest(
        file=file_service_pb2.FileReference(name=str(path)),
        options=options_pb2.ReadOptions(**options),
        **request,
    )
    return client.files.CheckFile(message, timeout=DEADLINE_SECONDS)


def check(client: Client, path: Path, **request: Any) -> Report:
    """The report, which the last response holds and no other."""
    responses = list(start(client, path, **request))
    assert [r.HasField("report") for r in responses] == [False] * (len(responses) - 1) + [True]
    return Report.of(responses[-1].report)


def naive_profile(client: Client, path: Path, mode: int) -> dict[str, Counter[str]]:
    """Fields, records and subfields by tag, from the records as messages."""
    counts = {name: Counter[str]() for name in ("fields", "records", "codes", "ind1", "ind2", "06")}
    for response in client.stream(path, view=MESSAGES, recovery_mode=mode):
        for record in response.batch.records:
            counts["06"][record.leader[6]] += 1
            counts["records"].update({field.tag for field in record.fields})
            for field in record.fields:
                counts["fields"][field.tag] += 1
                if not field.HasField("data"):
                    counts["ind1"][field.tag + field.indicator1] += 1
                    counts["ind2"][field.tag + field.indicator2] += 1
                counts["codes"].update(field.tag + subfield.code for subfield in field.subfields)
    return counts


def profile_counts(report: Report) -> dict[str, Counter[str]]:
    tags = report.profile.tags.items()
    return {
        "fields": Counter({tag: tally.occurrences for tag, tally in tags}),
        "records": Counter({tag: tally.records for tag, tally in tags}),
        "codes": Counter(
            {t + c: n.occurrences for t, tally in tags for c, n in tally.codes.items()}
        ),
        "ind1": Counter({t + v: n for t, tally in tags for v, n in tally.indicator1.items()}),
        "ind2": Counter({t + v: n for t, tally in tags for v, n in tally.indicator2.items()}),
        "06": Counter(report.profile.record_types),
    }


def naive_account(client: Client, path: Path, mode: int) -> dict[str, Any]:
    """What the diagnostics and gaps of a read add up to."""
    worst: dict[int, int] = {}
    delivered = gap_bytes = 0
    findings, records = Counter[str](), Counter[str]()
    for response in client.stream(path, view=MESSAGES, recovery_mode=mode):
        delivered += len(response.batch.records)
        gap_bytes += sum(gap.length for gap in response.batch.gaps)
        for d in response.batch.diagnostics:
            worst[d.ordinal] = max(worst.get(d.ordinal, 0), d.disposition)
            findings[d.reason] += 1
        records.update({(d.ordinal, d.reason): 1 for d in response.batch.diagnostics}.keys())
    return {
        "delivered": delivered,
        "noted": list(worst.values()).count(NOTED),
        "repaired": list(worst.values()).count(REPAIRED),
        "skipped": list(worst.values()).count(SKIPPED),
        "gap_bytes": gap_bytes,
        "findings": findings,
        "records": Counter(reason for _, reason in records),
    }


def account(report: Report) -> dict[str, Any]:
    reasons = report.reasons.items()
    return {
        "delivered": report.delivered,
        "noted": report.noted,
        "repaired": report.repaired,
        "skipped": report.skipped,
        "gap_bytes": report.gap_bytes,
        "findings": Counter({reason: tally.findings for reason, tally in reasons}),
        "records": Counter({reason: tally.records for reason, tally in reasons}),
    }


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records of all sorts: sound, damaged by rule and by chance, with junk between."""
    rng = random.Random(4)
    parts = [
        *generate.realistic(300, seed=4),
        *generate.marc8(60),
        *(c.data for c in pathological()),
    ]
    rng.shuffle(parts)
    parts = [part + rng.choice([b"", b"", b"\r\n", b"\n\n", b"junk"]) for part in parts]
    data, _ = generate.damage(b"".join(parts), 200, seed=4)
    path = tmp_path_factory.mktemp("damaged") / "damaged.mrc"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("mode", MODES)
def test_report_is_what_a_naive_look_gives(client: Client, damaged: Path, mode: str) -> None:
    report = check(client, damaged, recovery_mode=MODES[mode])
    assert account(report) == naive_account(client, damaged, MODES[mode])
    assert profile_counts(report) == naive_profile(client, damaged, MODES[mode])
    assert report.bytes == report.end_offset == damaged.stat().st_size
    assert report.gaps > 10 and (report.skipped if mode == "skip" else report.repaired) > 10


def test_lengths_and_fields_are_those_of_the_records(client: Client, tmp_path: Path) -> None:
    records = list(generate.realistic(50, seed=2))
    path = tmp_path / "a.mrc"
    path.write_bytes(b"".join(records))
    report = check(client, path)
    lengths = report.profile.lengths
    sizes = sorted(map(len, records))
    assert (lengths.numbers, lengths.sum, lengths.min, lengths.max) == (
        *(50, sum(sizes)),
        *(sizes[0], sizes[-1]),
    )
    buckets = Counter(size.bit_length() for size in sizes)
    assert lengths.buckets == tuple(buckets[i] for i in range(sizes[-1].bit_length() + 1))
    counts = [record.count(b"\x1e") - 1 for record in records]
    fields = report.profile.fields
    assert (fields.sum, fields.min, fields.max) == (sum(counts), min(counts), max(counts))
    assert report.ok


def test_encodings_are_told_as_declared_and_as_found(client: Client, tmp_path: Path) -> None:
    text = "Kærlighed på københavnsk, bøger og ænder".encode()
    records = [
        *[encode([(b"245", b"10\x1fa" + text)])] * 5,
        *[encode([(b"245", b"10\x1fa" + text)], coding=" ")] * 3,
        *[encode([data_field("245", "10", ("a", "plain"))], coding=" ")] * 2,
        *[encode([(b"245", b"10\x1facaf\xe2e au lait")], coding=" ")],
    ]
    path = tmp_path / "mixed.mrc"
    path.write_bytes(b"".join(records))
    profile = check(client, path).profile
    assert profile.declared_encodings == {"a": 5, " ": 6}
    assert profile.encodings == {"UTF-8": 8, "ASCII": 2, "MARC-8": 1}


def corpus() -> Iterator[Path]:
    return (p for p in sorted(CORPUS.rglob("*")) if p.is_file() and p != BENCH)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no ../shared/corpus here")
def test_every_file_of_the_corpus_adds_up(client: Client, tmp_path: Path) -> None:
    compared = 0
    for packed in corpus():
        path = unpacked(packed, tmp_path)
        size = path.stat().st_size
        report = check(client, path)
        assert report.end_offset == report.record_bytes + report.gap_bytes == size, packed
        assert bool(report.verdict) == (report.delivered == 0), packed
        if path.suffix in (".mrc", ".dat", ".bin") and size < 2 << 20:
            assert account(report) == naive_account(client, path, MODES["repair"]), packed
            assert profile_counts(report) == naive_profile(client, path, MODES["repair"]), packed
            compared += 1
    assert compared >= 40


@pytest.mark.skipif(not BENCH.is_file(), reason="no ../shared/corpus here")
def test_counts_of_a_sound_file_are_those_of_its_delimiters(client: Client, tmp_path: Path) -> None:
    path = unpacked(BENCH, tmp_path)
    data = path.read_bytes()
    report = check(client, path)
    tags = report.profile.tags.values()
    assert report.delivered == report.records == data.count(b"\x1d") == 50_085
    assert sum(tag.occurrences for tag in tags) == data.count(b"\x1e") - 50_085
    codes = (code.occurrences for tag in tags for code in tag.codes.values())
    assert sum(codes) == data.count(b"\x1f")
    assert (report.repaired, report.skipped, report.gaps) == (0, 0, 0)
    assert report.record_bytes == len(data) == 111_542_248


def test_reports_of_ranges_add_up_to_that_of_the_whole(client: Client, damaged: Path) -> None:
    whole = check(client, damaged)
    rng = random.Random(1)
    for _ in range(30):
        cuts = sorted(rng.sample(range(whole.end_offset), rng.randint(1, 3)))
        total: Report | None = None
        for end in (*cuts, None):
            at = {} if total is None else _after(total)
            limit = {} if end is None else {"end_offset": max(end, at.get("start_offset", 0))}
            part = check(client, damaged, **at, **limit)
            total = part if total is None else total + part
        assert total == whole, cuts


def _after(report: Report) -> dict[str, int]:
    return {"start_offset": report.end_offset, "start_ordinal": report.next_ordinal}


def test_adding_reports_that_are_no_neighbours_is_refused(client: Client, damaged: Path) -> None:
    report = check(client, damaged)
    with pytest.raises(ValueError, match="neighbouring"):
        report + report


def test_a_gap_in_two_ranges_is_one(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "hole.mrc"
    record = next(generate.realistic(1))
    path.write_bytes(record + bytes(30 << 20) + record)  # more than one piece of a walk
    whole = check(client, path)
    assert (whole.records, whole.gaps, whole.gap_bytes) == (2, 1, 30 << 20)
    first = check(client, path, end_offset=len(record) + 1)
    assert first.gaps == 1
    assert first + check(client, path, **_after(first)) == whole


def test_progress_is_told_on_the_way(client: Client, big: Path) -> None:
    responses = list(start(client, big))
    size = big.stat().st_size
    done = [response.progress.bytes_done for response in responses]
    assert len(done) >= 3 and done == sorted(done) and done[-1] == size
    assert all(response.progress.file_size == size for response in responses)
    assert responses[-1].progress.records == BIG_RECORDS
    # Not a response for each of the hundred batches of this file.
    assert len(responses) < 50


def test_bad_records_come_with_their_bytes_in_order(client: Client, damaged: Path) -> None:
    data = damaged.read_bytes()
    bad: dict[int, Any] = {}
    report = None
    for response in start(client, damaged, with_source=True, batch_bytes=4096):
        for d in response.bad:
            if d.ordinal not in bad:
                assert d.ordinal > max(bad, default=-1), "out of order"
                assert d.source == data[d.offset : d.offset + d.length] != b""
                bad[d.ordinal] = [d]
            else:
                assert not d.source
                bad[d.ordinal].append(d)
        report = response.report
    assert report is not None
    assert len(bad) == report.repaired + report.skipped > 20
    for findings in bad.values():
        assert max(d.disposition for d in findings) > NOTED
    assert not any(r.bad for r in start(client, damaged))


def test_verdict_says_what_is_no_marc(client: Client, tmp_path: Path) -> None:
    records = b"".join(generate.realistic(3))
    rng = random.Random(3)
    cases = {
        b"": "empty",
        b"Dear Sir or Madam,\n" * 5000: "no MARC",
        bytes(3 << 20): "no MARC",
        rng.randbytes(10): "no MARC",
        b"".join(bytes([b, 0]) for b in records): "UTF-16",
    }
    for data, word in cases.items():
        path = tmp_path / "any.mrc"
        path.write_bytes(data)
        report = check(client, path)
        assert word in report.verdict, data[:20]
        assert report.verdict in str(report)
        assert not report.ok and report.gaps == (1 if data else 0)


def test_random_bytes_are_accounted_for(client: Client, tmp_path: Path) -> None:
    rng = random.Random(5)
    path = tmp_path / "noise.mrc"
    for size in (1, 25, 1_000, 300_000):
        path.write_bytes(rng.randbytes(size))
        assert check(client, path).end_offset == size


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"recovery_mode": options_pb2.RECOVERY_MODE_PYMARC}, "MODE_UNFIT"),
        ({"start_offset": 10**9}, "RANGE_INVALID"),
        ({"start_offset": 9, "end_offset": 5}, "RANGE_INVALID"),
        ({"start_ordinal": 2**64 - 1}, "RANGE_INVALID"),
        ({"batch_bytes": 2**32 - 1}, "BATCH_BYTES_OUT_OF_RANGE"),
    ],
)
def test_what_cannot_be_checked_is_refused(
    client: Client, damaged: Path, request_: dict[str, Any], reason: str
) -> None:
    failure = failure_of(lambda: list(start(client, damaged, **request_)))
    assert failure.what == ("INVALID_ARGUMENT", reason)


def test_strict_ends_at_the_first_damaged_record(client: Client, damaged: Path) -> None:
    strict = options_pb2.RECOVERY_MODE_STRICT
    failure = failure_of(lambda: list(start(client, damaged, recovery_mode=strict)))
    assert failure.code is grpc.StatusCode.DATA_LOSS
    assert "offset" in failure.metadata and "path" in failure.metadata


def test_a_cancelled_check_is_gone(client: Client, big: Path) -> None:
    stream = start(client, big)
    next(stream)
    stream.cancel()
    wait_until(lambda: client.info().open_streams == 0, "the stream is still open")


def test_memory_is_bounded_whatever_the_tags(tmp_path: Path) -> None:
    """Every record has other tags, codes and indicators, and all are in the profile."""
    rng = random.Random(6)
    letters = [chr(c) for c in range(0x21, 0x7F)]

    def odd() -> Iterator[bytes]:
        for ordinal in range(20_000):
            fields = [control_field("001", str(ordinal))]
            for _ in range(20):
                tag = "".join(rng.choices(letters, k=3))
                fields.append(data_field(tag, "".join(rng.choices(letters, k=2)), ("a", "x")))
            yield encode(fields)

    path = tmp_path / "odd.mrc"
    generate.write_records(path, odd())
    with daemon_with("--decode_threads=2") as daemon, Client(daemon.target) as client:
        idle = peak_kib(daemon.pid)
        report = check(client, path)
        assert peak_kib(daemon.pid) - idle < 100 * 1024
    profile = report.profile
    fields = sum(tag.occurrences for tag in profile.tags.values()) + profile.other_fields
    assert fields == profile.fields.sum == 21 * 20_000
    assert len(profile.tags) <= 2_000 and profile.other_fields > 300_000


def test_a_client_that_does_not_read_costs_bounded_memory(tmp_path: Path) -> None:
    """Every record is bad, and their bytes are wanted by one who does not take them."""
    bad = encode([(b"245", b"1"), data_field("500", "  ", ("a", "x" * 9000))])
    path = tmp_path / "bad.mrc"
    path.write_bytes(bad * 8000)
    with (
        daemon_with() as daemon,
        Client(daemon.target, small_window=True) as slow,
    ):
        idle = peak_kib(daemon.pid)
        stream = start(slow, path, with_source=True)
        first = next(stream)
        check_quiet(daemon.pid)
        assert peak_kib(daemon.pid) - idle < path.stat().st_size / 1024 / 2
        seen = {d.ordinal for r in (first, *stream) for d in r.bad}
        assert len(seen) == 8000
