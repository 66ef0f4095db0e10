"""Archives are listed, and read by member or whole; several files are read one after the other."""

from __future__ import annotations

import asyncio
import errno
import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import marcd
import marcd.aio
import pytest

from tests.e2e.calls import Client as Calls
from tests.e2e.calls import failure_of, file_service_pb2
from tests.generate import realistic
from tests.support import Daemon

RECORDS = list(realistic(900, seed=71))
# The third is compressed itself; the fourth holds nothing.
MEMBERS = {
    "a.mrc": RECORDS[:300],
    "part/b.mrc": RECORDS[300:600],
    "part/c.mrc.gz": RECORDS[600:],
    "empty.mrc": [],
}


def content(name: str) -> bytes:
    data = b"".join(MEMBERS[name])
    return gzip.compress(data) if name.endswith(".gz") else data


def write_members(path: Path, members: list[tuple[str, bytes]], mode: str = "w") -> None:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def write_tar(path: Path, mode: str) -> None:
    with tarfile.open(path, mode) as archive:
        folder = tarfile.TarInfo("part")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name in MEMBERS:
            info = tarfile.TarInfo(name)
            info.size = len(content(name))
            archive.addfile(info, io.BytesIO(content(name)))


def write_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in MEMBERS:
            archive.writestr(name, content(name))


KINDS: dict[str, Callable[[Path], None]] = {
    "tar": lambda path: write_tar(path, "w"),
    "tar.gz": lambda path: write_tar(path, "w:gz"),
    "tar.xz": lambda path: write_tar(path, "w:xz"),
    "zip": write_zip,
}


@pytest.fixture
def client(daemon: Daemon) -> Any:
    with marcd.connect(daemon.target) as connected:
        yield connected


@pytest.fixture(params=KINDS)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    file = tmp_path / f"dump.{request.param}"
    KINDS[request.param](file)
    return file


def marc(records: Any) -> list[bytes]:
    return [record.as_marc() for record in records]


def test_a_member_is_read_by_its_name(path: Path, client: marcd.Client) -> None:
    for name, records in MEMBERS.items():
        reader = marcd.read(path, member=name, client=client)
        assert marc(reader) == records
    assert [r.offset for r in marcd.read(path, member="part/b.mrc", client=client)][:1] == [0]


def test_without_one_all_members_are_read(path: Path, client: marcd.Client) -> None:
    reader = marcd.read(path, client=client)
    files = [reader.file for record in reader]
    assert marc(marcd.read(path, client=client)) == RECORDS
    assert [files[0], files[300]] == [f"{path} (a.mrc)", f"{path} (part/b.mrc)"]
    assert reader.position is None


def test_asyncio_reads_them_too(path: Path, daemon: Daemon) -> None:
    async def work() -> list[bytes]:
        async with await marcd.aio.connect(daemon.target) as client:
            return [r.as_marc() async for r in marcd.aio.read(path, client=client)]

    assert asyncio.run(work()) == RECORDS


def test_a_read_of_a_member_goes_on_at_a_position(path: Path, client: marcd.Client) -> None:
    for name in ("part/b.mrc", "part/c.mrc.gz"):
        reader = marcd.read(path, member=name, client=client)
        reader.skip(250)
        position = reader.position
        rest = marcd.read(path, member=name, position=position, client=client)
        assert marc(rest) == MEMBERS[name][250:]
        with pytest.raises(marcd.ServerError) as caught:
            list(marcd.read(path, member="a.mrc", position=position, client=client))
        assert caught.value.reason == "TOKEN_OPTIONS"


def test_members_are_read_in_any_order_and_at_once(path: Path, client: marcd.Client) -> None:
    def read(name: str) -> Any:
        return marcd.read(path, member=name, client=client)

    for name in [*reversed(MEMBERS), *MEMBERS, *MEMBERS]:
        assert marc(read(name)) == MEMBERS[name]
    together = zip(read("a.mrc"), read("part/b.mrc"), read("part/c.mrc.gz"))
    parts = [MEMBERS[name] for name in ("a.mrc", "part/b.mrc", "part/c.mrc.gz")]
    assert [tuple(marc(records)) for records in together] == list(zip(*parts))


def test_a_changed_archive_is_read_anew(tmp_path: Path, client: marcd.Client) -> None:
    file = tmp_path / "changed.tar"
    for records in (RECORDS[:3], RECORDS[3:6]):
        write_members(file, [(name, data) for name, data in zip("abc", records)])
        assert marc(marcd.read(file, member="a", client=client)) == records[:1]
        assert marc(marcd.read(file, member="b", client=client)) == records[1:2]


def listing(path: Path, page_size: int) -> Any:
    request = file_service_pb2.ListMembersRequest(page_size=page_size)
    request.file.name = str(path)
    return request


def refusal(calls: Calls, request: Any) -> str:
    return failure_of(lambda: calls.files.ListMembers(request, timeout=60)).reason


def test_an_archive_that_changes_amid_a_read_is_said(tmp_path: Path, client: marcd.Client) -> None:
    file = tmp_path / "changed.tar"
    write_members(file, [(name, data) for name, data in zip("abc", RECORDS[:3])])
    with marcd.read(file, client=client) as records:
        assert next(records).as_marc() == RECORDS[0]
        write_members(file, [(name, data) for name, data in zip("abcd", RECORDS[3:7])])
        with pytest.raises(marcd.ServerError, match=r"changed\.tar has changed") as raised:
            list(records)
    assert raised.value.reason == "FILE_CHANGED"


def test_a_page_of_an_archive_that_has_changed_is_refused(tmp_path: Path, daemon: Daemon) -> None:
    calls = Calls(daemon.target)
    file = tmp_path / "changed.tar"
    write_members(file, [(name, data) for name, data in zip("abc", RECORDS[:3])])
    request = listing(file, 1)
    request.page_token = calls.files.ListMembers(request, timeout=60).next_page_token
    write_members(file, [(name, data) for name, data in zip("cba", RECORDS[3:7])])
    assert refusal(calls, request) == "FILE_CHANGED"


def test_a_page_token_that_nobody_gave_is_refused(path: Path, daemon: Daemon) -> None:
    calls = Calls(daemon.target)
    request = listing(path, 1)
    given = calls.files.ListMembers(request, timeout=60).next_page_token
    for token in ("x", "1", given[:-1], given + " "):
        request.page_token = token
        assert refusal(calls, request) == "PAGE_TOKEN_INVALID"


def test_a_member_that_is_not_there_is_said(path: Path, client: marcd.Client) -> None:
    with pytest.raises(FileNotFoundError, match=r"has no member none\.mrc"):
        list(marcd.read(path, member="none.mrc", client=client))


def test_a_member_of_what_is_no_archive_is_said(tmp_path: Path, client: marcd.Client) -> None:
    file = tmp_path / "records.mrc"
    file.write_bytes(RECORDS[0])
    with pytest.raises(ValueError, match="is no archive"):
        list(marcd.read(file, member="a.mrc", client=client))


def test_members_are_listed_in_pages(path: Path, daemon: Daemon) -> None:
    calls = Calls(daemon.target)
    request = listing(path, 3)
    first = calls.files.ListMembers(request, timeout=60)
    request.page_token = first.next_page_token
    second = calls.files.ListMembers(request, timeout=60)
    found = {member.name: member.size for member in [*first.members, *second.members]}
    assert found == {name: len(content(name)) for name in MEMBERS}
    assert (len(first.members), second.next_page_token) == (3, "")


def test_the_same_name_twice_is_two_members(tmp_path: Path, client: marcd.Client) -> None:
    file = tmp_path / "twice.tar"
    write_members(file, [("a.mrc", RECORDS[0]), ("a.mrc", RECORDS[1])])
    assert marc(marcd.read(file, client=client)) == RECORDS[:2]
    assert marc(marcd.read(file, member="a.mrc (2)", client=client)) == RECORDS[1:2]


def test_names_that_are_not_ascii_are_read(tmp_path: Path, client: marcd.Client) -> None:
    names = ["a.mrc", "Bücher.mrc", "é.mrc"]
    zipped, tarred = tmp_path / "u.zip", tmp_path / "u.tar"
    with zipfile.ZipFile(zipped, "w") as archive:
        for name, record in zip(names, RECORDS):
            archive.writestr(name, record)
    write_members(tarred, list(zip(names, RECORDS)))
    for file in (zipped, tarred):
        assert marc(marcd.read(file, client=client)) == RECORDS[:3]
        assert marc(marcd.read(file, member="é.mrc", client=client)) == RECORDS[2:3]


def test_a_member_without_a_name_is_given_one(tmp_path: Path, client: marcd.Client) -> None:
    file = tmp_path / "unnamed.tar"
    write_members(file, [("", RECORDS[0]), ("a.mrc", RECORDS[1]), ("", RECORDS[2])])
    assert marc(marcd.read(file, client=client)) == RECORDS[:3]
    assert marc(marcd.read(file, member="(no name) (2)", client=client)) == RECORDS[2:3]


def test_it_is_said_how_one_member_is_read(path: Path, client: marcd.Client) -> None:
    with pytest.raises(marcd.ServerError, match=r"read's member=.* client\.list_members"):
        list(marcd.check(path, client=client))


def read_broken(path: Path, client: marcd.Client) -> tuple[list[bytes], marcd.ServerError]:
    """What comes before the error that the read ends with."""
    reader = marcd.read(path, mode="skip", client=client)
    given: list[bytes] = []
    with pytest.raises(marcd.ServerError) as caught:
        given.extend(record.as_marc() for record in reader)
    assert str(path) in str(caught.value)
    return given, caught.value


def test_a_cut_archive_gives_what_is_there_and_says_where(path: Path, client: marcd.Client) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])
    given, error = read_broken(path, client)
    assert error.reason == "ARCHIVE_DAMAGED"
    assert given == RECORDS[: len(given)]


def test_the_members_before_a_cut_are_whole(tmp_path: Path, client: marcd.Client) -> None:
    members = [(f"{at}.mrc", b"".join(RECORDS[at : at + 20])) for at in range(0, 100, 20)]
    tarred, zipped = tmp_path / "cut.tar", tmp_path / "cut.zip"
    write_members(tarred, members)
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    packed = tmp_path / "cut.tar.gz"
    packed.write_bytes(gzip.compress(tarred.read_bytes().rstrip(b"\0")))
    for file in (tarred, zipped, packed):
        whole = file.read_bytes().rstrip(b"\0")
        file.write_bytes(whole[: len(whole) * 7 // 10])
        given, error = read_broken(file, client)
        assert error.reason == "ARCHIVE_DAMAGED"
        assert given == RECORDS[: len(given)]
        # The fourth is cut, and begun.
        assert 60 < len(given) < 80


def test_a_zip_whose_directory_is_cut_gives_its_members(
    tmp_path: Path, client: marcd.Client
) -> None:
    file = tmp_path / "cut.zip"
    write_zip(file)
    file.write_bytes(file.read_bytes()[:-30])
    given, error = read_broken(file, client)
    assert (given, error.reason) == (RECORDS, "ARCHIVE_DAMAGED")


def test_a_tar_without_its_end_gives_its_members(tmp_path: Path, client: marcd.Client) -> None:
    file = tmp_path / "cut.tar"
    write_tar(file, "w")
    end = file.read_bytes().rstrip(b"\0")
    file.write_bytes(end.ljust(-(-len(end) // 512) * 512, b"\0"))
    given, error = read_broken(file, client)
    assert (given, error.reason) == (RECORDS, "ARCHIVE_DAMAGED")


def test_a_damaged_member_gives_what_is_there(tmp_path: Path, client: marcd.Client) -> None:
    file = tmp_path / "damaged.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.mrc", b"".join(RECORDS[:3]))
    damaged = bytearray(file.read_bytes())
    damaged[damaged.rindex(b"\x1e\x1d") - 1] ^= 1  # its checksum is another's
    file.write_bytes(damaged)
    given, error = read_broken(file, client)
    assert (given[:2], error.reason) == (RECORDS[:2], "ARCHIVE_DAMAGED")


def test_what_follows_an_archive_is_read_or_said(path: Path, client: marcd.Client) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole + b"".join(RECORDS[:50]))
    given, error = read_broken(path, client)
    assert (given, error.reason) == (RECORDS, "ARCHIVE_TRAILING")
    assert str(len(whole)) in str(error)
    path.write_bytes(whole + whole)
    if path.suffix != ".zip":
        assert marc(marcd.read(path, client=client)) == RECORDS + RECORDS
        return
    given, error = read_broken(path, client)
    assert (given, error.reason) == (RECORDS, "ARCHIVE_TRAILING")
    assert f"from byte {len(whole)} on, {len(whole)} bytes" in str(error)


def test_a_zip_of_many_members_is_whole(tmp_path: Path, daemon: Daemon) -> None:
    file = tmp_path / "many.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.comment = b"A remark"
        for number in range(65_536):  # more than an end that is not ZIP64's can tell
            archive.writestr(str(number), b"")
    calls = Calls(daemon.target)
    request = listing(file, 10_000)
    for _ in range(6):
        request.page_token = calls.files.ListMembers(request, timeout=60).next_page_token
    said = calls.files.ListMembers(request, timeout=60)
    assert (len(said.members), said.next_page_token) == (5_536, "")


def test_get_file_tells_the_kind(path: Path, daemon: Daemon) -> None:
    request = file_service_pb2.GetFileRequest()
    request.file.name = str(path)
    said = Calls(daemon.target).files.GetFile(request, timeout=60)
    assert said.archive == ("zip" if path.suffix == ".zip" else "tar")
    request.file.member = "part/c.mrc.gz"
    said = Calls(daemon.target).files.GetFile(request, timeout=60)
    assert (said.format, said.compression) == ("iso2709", "gzip")


def test_pymarcs_reader_takes_an_archive_for_what_it_does(path: Path, client: marcd.Client) -> None:
    assert next(marcd.MARCReader(path, client=client)) is None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    within = tmp_path / "dumps" / "old"
    within.mkdir(parents=True)
    (tmp_path / "dumps" / "a.mrc").write_bytes(b"".join(RECORDS[:10]))
    (tmp_path / "dumps" / "b.mrc.gz").write_bytes(gzip.compress(b"".join(RECORDS[10:20])))
    (within / "c.mrc").write_bytes(b"".join(RECORDS[20:30]))
    (tmp_path / "dumps" / "README").write_text("Nothing to read here")
    return tmp_path / "dumps"


def test_several_files_are_read_one_after_the_other(folder: Path, client: marcd.Client) -> None:
    files = [folder / "b.mrc.gz", str(folder / "a.mrc"), RECORDS[20]]
    reader = marcd.read(files, client=client)
    found = [(record.as_marc(), reader.file) for record in reader]
    assert [data for data, _ in found] == [*RECORDS[10:20], *RECORDS[:10], RECORDS[20]]
    assert [found[0][1], found[-2][1]] == [str(folder / "b.mrc.gz"), str(folder / "a.mrc")]
    assert found[-1][1] is None


def test_a_folder_stands_for_the_catalogue_files_in_it(folder: Path, client: marcd.Client) -> None:
    assert marc(marcd.read(folder, client=client)) == RECORDS[:30]


def test_a_pattern_stands_for_the_files_that_it_matches(folder: Path, client: marcd.Client) -> None:
    assert marc(marcd.read(str(folder / "*.mrc*"), client=client)) == RECORDS[:20]
    assert marc(marcd.read(str(folder / "**" / "*.mrc"), client=client)) == [
        *RECORDS[:10],
        *RECORDS[20:30],
    ]


def test_a_pattern_that_matches_folders_and_their_files_has_each_file_once(
    folder: Path, client: marcd.Client
) -> None:
    (folder / "README").unlink()
    for pattern in ("**", "**/*", "*"):
        assert marc(marcd.read(str(folder / pattern), client=client)) == RECORDS[:30]


def test_a_folder_that_cannot_be_listed_is_an_error(
    folder: Path, client: marcd.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def closed(path: Any) -> Any:
        if str(path).endswith("old"):
            raise PermissionError(errno.EACCES, "closed", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    for target in (folder, folder / "old", folder / "*"):
        with pytest.raises(PermissionError, match="closed"):
            marcd.read(target, client=client)


def test_a_pipe_in_a_folder_is_passed_over_and_told(folder: Path, client: marcd.Client) -> None:
    os.mkfifo(folder / "pipe.mrc")
    with pytest.warns(marcd.DataLossWarning, match="pipe.mrc is not read"):
        assert marc(marcd.read(folder, client=client)) == RECORDS[:30]


def test_a_file_named_like_a_pattern_is_that_file(folder: Path, client: marcd.Client) -> None:
    odd = folder / "[a].mrc"
    odd.write_bytes(RECORDS[40])
    assert marc(marcd.read(odd, client=client)) == [RECORDS[40]]


def test_what_stands_for_nothing_is_said(folder: Path, client: marcd.Client) -> None:
    with pytest.raises(FileNotFoundError, match=r"No file is named like .*\*\.xml"):
        marcd.read(folder / "*.xml", client=client)
    (folder / "none").mkdir()
    for target in (folder / "none", folder / "non*"):
        with pytest.raises(FileNotFoundError, match="has the suffix of a catalogue file"):
            marcd.read(target, client=client)


def test_several_files_have_no_position(folder: Path, client: marcd.Client) -> None:
    reader = marcd.read(folder, client=client)
    next(reader)
    assert reader.position is None
    with pytest.raises(ValueError, match="of one file"):
        marcd.read(folder, position="x", client=client)


def test_closing_ends_the_read_of_several(folder: Path, client: marcd.Client) -> None:
    reader = marcd.read(folder, client=client)
    next(reader)
    reader.close()
    with pytest.raises(ValueError, match="closed"):
        next(reader)
