"""marcd.check: the report as values and as text, the quarantine, and what breaks."""

from __future__ import annotations

import csv
import io
import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import marcd
import pytest
from marcd._tallies import MAX_OTHER_TAGS, Distribution, Profile, TagTally
from marcd.v1 import file_service_pb2

from tests import generate
from tests.iso2709 import control_field, data_field, encode
from tests.python.fake_server import Abort, FakeServer, serve

GOOD = encode([control_field("001", "one"), data_field("245", "10", ("a", "A title"))])
SHORT = encode([control_field("001", "two"), (b"245", b"1")])  # one indicator
NOTED = GOOD[:5] + b"?" + GOOD[6:]  # a record status that is none
BOOKS = [GOOD, SHORT, GOOD, b"\n\n", NOTED, SHORT, GOOD]


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """Six records, two of them bad, and a gap."""
    path = tmp_path / "books.mrc"
    path.write_bytes(b"".join(BOOKS))
    return path


def rows(path: Path) -> list[dict[str, str]]:
    """The lines of a sidecar."""
    return list(csv.DictReader(io.StringIO(path.read_text()), delimiter="\t"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_report_tells_what_is_in_a_file(client: marcd.Client, books: Path) -> None:
    report = marcd.check(books)
    assert (report.records, report.delivered, report.skipped) == (6, 6, 0)
    assert (report.repaired, report.noted, report.gaps, report.gap_bytes) == (2, 1, 1, 2)
    assert report.record_bytes + report.gap_bytes == report.bytes == books.stat().st_size
    tally = report.reasons["INDICATOR_MISSING"]
    assert (tally.findings, tally.records, tally.repaired) == (2, 2, 2)
    assert [example.ordinal for example in tally.examples] == [1, 4]
    assert tally.examples[0].offset == len(GOOD) and tally.examples[0].tag == "245"
    assert report.gap_reasons["BYTES_BETWEEN_RECORDS"].examples[0].length == 2
    assert report.profile.tags["245"].codes["a"].occurrences == 4
    assert report.profile.record_types == {"a": 6}
    assert not report.ok and report.verdict == ""
    assert repr(report) == "<marcd.Report of 6 records: 2 repaired, 0 skipped, 1 gaps>"


def test_a_sound_file_is_ok(client: marcd.Client, tmp_path: Path) -> None:
    path = tmp_path / "sound.mrc"
    path.write_bytes(GOOD * 3)
    assert marcd.check(str(path)).ok
    assert marcd.check(client.file("all", str(path).lstrip("/"))).ok


def test_report_is_a_table(client: marcd.Client, books: Path) -> None:
    lines = str(marcd.check(books)).splitlines()
    size = books.stat().st_size
    assert lines[:8] == [
        "records            6",
        "  as they stand    3",
        "  with notes       1",
        "  repaired         2",
        "  skipped          0",
        f"bytes            {size}",
        f"  in records     {size - 2}",
        "  in 1 gap         2",
    ]
    at = lines.index("What was found in records")
    assert lines[at + 1].split() == ["INDICATOR_MISSING", "2", "records", "repaired"]
    assert lines[at + 2].startswith(f"    record 1 at byte {len(GOOD):,}: ")
    worst_first = [
        line.split()[0] for line in lines[at:] if line.startswith("  ") and line[2] != " "
    ]
    assert worst_first[:2] == ["INDICATOR_MISSING", "LEADER_VALUE"]
    assert lines[-2].split() == ["001", "6", "6"]
    assert lines[-1].split() == ["245", "6", "6", "1", "6", "0", "4,", "#", "2", "a", "4"]


def test_a_table_has_thousands_separators(client: marcd.Client, tmp_path: Path) -> None:
    path = tmp_path / "many.mrc"
    path.write_bytes(GOOD * 1234)
    assert "records           1,234\n" in str(marcd.check(path))


def test_a_file_that_is_no_marc_has_a_verdict(client: marcd.Client, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam,\n" * 100)
    report = marcd.check(path)
    assert str(report).startswith(report.verdict) and "no MARC" in report.verdict
    assert not report.ok


def test_text_options_decide_how_text_is_read(client: marcd.Client, tmp_path: Path) -> None:
    path = tmp_path / "latin.mrc"
    path.write_bytes(encode([(b"245", b"10\x1faGr\xe9goire")], coding=" "))
    forced = marcd.check(path, text="force", encoding="cp1252").profile
    assert forced.encodings == {"cp1252": 1}
    with pytest.raises(ValueError, match="text is one of"):
        marcd.check(path, text="guess")
    with pytest.raises(ValueError, match="cp0"):
        marcd.check(path, text="force", encoding="cp0")


@pytest.mark.parametrize("target", [b"00026", io.BytesIO(b""), 7, None])
def test_what_is_no_path_is_a_type_error(target: Any) -> None:
    with pytest.raises(TypeError, match="write it to a file first"):
        marcd.check(target)


def test_a_path_without_a_file_is_told_before_anything_runs(alone: None, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        marcd.check(tmp_path / "none.mrc", quarantine=tmp_path / "bad.mrc")
    with pytest.raises(IsADirectoryError):
        marcd.check(tmp_path)
    assert names(tmp_path) == []


def test_a_name_that_is_not_utf8_is_told(client: marcd.Client, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.mrc"
    with open(path, "wb") as file:
        file.write(GOOD)
    with pytest.raises(ValueError, match="another name"):
        marcd.check(os.fsdecode(path))


def test_progress_goes_to_a_function(client: marcd.Client, books: Path) -> None:
    seen: list[marcd.CheckProgress] = []
    marcd.check(books, progress=seen.append)
    size = books.stat().st_size
    assert seen[-1] == marcd.CheckProgress(size, size, 6, 2)


def test_progress_goes_to_standard_error(
    client: marcd.Client, books: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marcd.check(books, progress=True)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith("\r100 %  6 records, 2 bad\n")


def test_quarantine_holds_the_bad_records_and_says_why(
    client: marcd.Client, books: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.mrc"
    marcd.check(books, quarantine=bad)
    assert bad.read_bytes() == SHORT + SHORT
    first, second = rows(tmp_path / "bad.mrc.tsv")
    assert list(first) == [
        *("ordinal", "offset", "length", "quarantine_offset"),
        *("disposition", "reasons", "tag", "message"),
    ]
    assert (first["ordinal"], first["offset"]) == ("1", str(len(GOOD)))
    assert (first["length"], first["quarantine_offset"]) == (str(len(SHORT)), "0")
    assert (first["disposition"], first["tag"]) == ("REPAIRED", "245")
    assert "INDICATOR_MISSING" in first["reasons"].split(",")
    assert "indicator" in first["message"]
    assert (second["ordinal"], second["quarantine_offset"]) == ("4", str(len(SHORT)))
    assert names(tmp_path) == ["bad.mrc", "bad.mrc.tsv", "books.mrc"]


def test_a_record_has_one_line_whatever_is_in_it(client: marcd.Client, tmp_path: Path) -> None:
    data, _ = generate.damage(b"".join(generate.realistic(200)), 2000, seed=9)
    path, bad = tmp_path / "damaged.mrc", tmp_path / "bad.mrc"
    path.write_bytes(data)
    report = marcd.check(path, quarantine=bad)
    held = bad.read_bytes()
    lines = rows(tmp_path / "bad.mrc.tsv")
    assert len(lines) == report.repaired + report.skipped > 100
    for line in lines:
        offset, length, place = (
            int(line[name]) for name in ("offset", "length", "quarantine_offset")
        )
        assert held[place : place + length] == data[offset : offset + length]
    assert sum(int(line["length"]) for line in lines) == len(held)


def test_quarantine_of_a_sound_file_is_empty(client: marcd.Client, tmp_path: Path) -> None:
    path, bad = tmp_path / "sound.mrc", tmp_path / "bad.mrc"
    path.write_bytes(GOOD)
    marcd.check(path, quarantine=bad)
    assert bad.read_bytes() == b"" and rows(tmp_path / "bad.mrc.tsv") == []


@pytest.mark.parametrize("name", ["bad.mrc", "bad.mrc.tsv"])
def test_quarantine_replaces_a_file_only_when_told_to(
    client: marcd.Client, books: Path, tmp_path: Path, name: str
) -> None:
    bad = tmp_path / "bad.mrc"
    (tmp_path / name).write_text("mine")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        marcd.check(books, quarantine=bad)
    assert (tmp_path / name).read_text() == "mine"
    marcd.check(books, quarantine=bad, overwrite=True)
    assert bad.read_bytes() == SHORT + SHORT
    assert len(rows(tmp_path / "bad.mrc.tsv")) == 2


def test_a_file_that_comes_while_it_is_checked_is_not_replaced(
    client: marcd.Client, books: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.mrc"
    with pytest.raises(FileExistsError):
        marcd.check(books, quarantine=bad, progress=lambda _: bad.write_text("mine"))
    assert bad.read_text() == "mine"
    assert names(tmp_path) == ["bad.mrc", "books.mrc"]


def test_the_file_that_is_checked_is_no_quarantine(
    client: marcd.Client, books: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.mrc"
    link.symlink_to(books)
    with pytest.raises(ValueError, match="would replace"):
        marcd.check(books, quarantine=link, overwrite=True)
    assert books.read_bytes() == b"".join(BOOKS)


def test_a_check_that_fails_leaves_no_quarantine(
    client: marcd.Client, books: Path, tmp_path: Path
) -> None:
    def stop(progress: marcd.CheckProgress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        marcd.check(books, quarantine=tmp_path / "bad.mrc", progress=stop)
    assert names(tmp_path) == ["books.mrc"]


def failing(function: Callable[..., Any], nth: int) -> Callable[..., Any]:
    """The function, save that its n-th call fails as on a full disk."""
    calls = iter(range(1, 1000))

    def call(*args: Any, **keywords: Any) -> Any:
        if next(calls) == nth:
            raise OSError(28, "No space left on device")
        return function(*args, **keywords)

    return call


@pytest.mark.parametrize("name", ["fsync", "rename"])
@pytest.mark.parametrize("nth", [1, 2])
def test_whatever_the_disk_refuses_no_half_file_is_left(
    client: marcd.Client,
    books: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    nth: int,
) -> None:
    monkeypatch.setattr(os, name, failing(getattr(os, name), nth))
    with pytest.raises(OSError, match="No space left"):
        marcd.check(books, quarantine=tmp_path / "bad.mrc")
    assert names(tmp_path) == ["books.mrc"]


def test_a_disk_that_is_full_while_writing_leaves_nothing(
    client: marcd.Client, books: Path, tmp_path: Path
) -> None:
    books.write_bytes(SHORT * 1000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            marcd.check(books, quarantine=tmp_path / "bad.mrc")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert names(tmp_path) == ["books.mrc"]


# A daemon that breaks off.


@pytest.fixture
def fake(client: marcd.Client, books: Path, tmp_path: Path) -> Iterator[Any]:
    """Runs a check whose calls follow scripts; `last` is all that the daemon says."""
    request = file_service_pb2.CheckFileRequest()
    request.file.name = str(books)
    request.options.with_source = True
    (said,) = client.check_file(request)

    class Fake:
        server = FakeServer([])
        first = file_service_pb2.CheckFileResponse(progress=said.progress, bad=said.bad[:1])
        last = said

        def check(self, *scripts: list[Any], **arguments: Any) -> marcd.Report:
            self.server = FakeServer(list(scripts))
            with serve(self.server, tmp_path) as target, marcd.client.Client(target) as broken:
                return marcd.check(books, client=broken, **arguments)

    yield Fake()


BREAK = Abort(grpc.StatusCode.UNAVAILABLE)


def test_a_check_that_broke_off_is_begun_again_and_counts_once(fake: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mrc"
    report = fake.check([fake.first, BREAK], [BREAK], [], [fake.last], quarantine=bad)
    assert report.records == 6
    assert bad.read_bytes() == SHORT + SHORT
    assert len(rows(tmp_path / "bad.mrc.tsv")) == 2
    assert fake.server.scripts == []


def test_a_check_that_keeps_breaking_off_ends_with_the_error(fake: Any, tmp_path: Path) -> None:
    with pytest.raises(marcd.ServerError) as caught:
        fake.check(*[[fake.first, BREAK]] * 9, quarantine=tmp_path / "bad.mrc")
    assert caught.value.code == "UNAVAILABLE"
    assert len(fake.server.requests) == 4  # once, and three times again
    assert names(tmp_path) == ["books.mrc"]


def test_an_error_that_is_none_of_the_connection_is_raised_at_once(fake: Any) -> None:
    lost = Abort(grpc.StatusCode.DATA_LOSS, "FILE_CHANGED")
    with pytest.raises(marcd.ServerError) as caught:
        fake.check([fake.first, lost], [fake.last])
    assert caught.value.reason == "FILE_CHANGED"


@pytest.mark.parametrize("wrong", ["record_bytes", "end_offset"])
def test_a_report_that_does_not_add_up_is_not_believed(fake: Any, wrong: str) -> None:
    setattr(fake.last.report, wrong, 5)
    with pytest.raises(ValueError, match="does not add up"):
        fake.check([fake.last])


def test_a_report_about_a_part_of_the_file_is_not_believed(fake: Any) -> None:
    fake.last.progress.file_size += 1
    with pytest.raises(ValueError, match="of a file of"):
        fake.check([fake.last])


# Adding up what no daemon needs to say.


def profile_of(tags: dict[str, int]) -> Profile:
    none = Distribution(0, 0, 0, 0, ())
    tallies = {tag: TagTally(count, count, {}, {}, {}) for tag, count in tags.items()}
    return Profile(tallies, 0, {}, {6: {}}, none, none)


def test_profiles_join_within_the_bound_on_tags() -> None:
    letters = "ABCDEFGHIJ"
    many = [a + b + c for a in letters for b in letters for c in letters]
    first = profile_of({"245": 1, **dict.fromkeys(many[::2], 1)})
    second = profile_of({"999": 1, "A!!": 3, "ZZZ": 2, **dict.fromkeys(many[1::2], 1)})
    for joined in (first.joined(second), second.joined(first)):
        assert list(joined.tags)[:3] == ["245", "999", "A!!"]
        assert len(joined.tags) == 2 + MAX_OTHER_TAGS
        assert "ZZZ" not in joined.tags and "JJJ" not in joined.tags
        assert joined.other_fields == 2 + 1


def test_distributions_join_with_none() -> None:
    none, some = Distribution(0, 0, 0, 0, ()), Distribution(2, 7, 3, 4, (0, 0, 1, 1))
    assert none.joined(some) == some.joined(none) == some
    assert some.joined(some) == Distribution(4, 14, 3, 4, (0, 0, 2, 2))
    assert some.mean == 3.5 and none.mean == 0.0
