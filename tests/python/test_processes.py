"""Programs of many processes and threads: each reads right, whoever made it and when."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import marcd
import pytest

from tests.generate import realistic
from tests.python import scripts
from tests.python.test_reader import wait_until

DEADLINE = 180.0
METHODS = ["fork", "spawn", "forkserver"]
FIRST = """
import sys, marcd
print(next(marcd.MARCReader(sys.argv[1]))["001"].data)
"""
POOLS = """
import hashlib, multiprocessing, sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
import marcd

def digest(path):
    found = hashlib.sha256()
    for record in marcd.MARCReader(path):
        found.update(record.as_marc())
    return found.hexdigest()

if __name__ == "__main__":
    kind, method, before, *paths = sys.argv[1:]
    readers = [marcd.MARCReader(path) for path in paths]
    if before == "begun":
        assert all(next(reader) for reader in readers)
    context = multiprocessing.get_context(method)
    if kind == "Pool":
        with context.Pool(8) as pool:
            print(*pool.map(digest, paths, chunksize=1))
    elif kind == "ProcessPool":
        with ProcessPoolExecutor(8, mp_context=context) as pool:
            print(*pool.map(digest, paths))
    else:
        with ThreadPoolExecutor(8) as pool:
            print(*pool.map(digest, paths))
"""


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Eight files, each with records of its own."""
    files = [tmp_path / f"{seed}.mrc" for seed in range(8)]
    for seed, file in enumerate(files):
        file.write_bytes(b"".join(realistic(100, seed=seed)))
    return files


def digest(path: Path) -> str:
    """What a process that is alone finds; pymarc's records are as they stand."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_each_of_32_processes_at_once_has_its_record(runtime: Path, paths: list[Path]) -> None:
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", FIRST, paths[number % 8]],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(32)
    ]
    said = [program.communicate(timeout=DEADLINE) for program in programs]
    wanted = [next(marcd.MARCReader(path))["001"].data for path in paths]
    assert said == [(f"{wanted[number % 8]}\n", "") for number in range(32)]
    assert len(list(runtime.glob("marcd/*.sock"))) == 1


@pytest.mark.parametrize("before", ["fresh", "begun"])
@pytest.mark.parametrize(
    ("kind", "method"),
    [(kind, method) for kind in ("Pool", "ProcessPool") for method in METHODS]
    + [("ThreadPool", "spawn")],
)
def test_a_pool_reads_what_one_process_reads(
    kind: str, method: str, before: str, runtime: Path, tmp_path: Path, paths: list[Path]
) -> None:
    """With the daemon started by the pool itself, or by a parent that has begun to read."""
    said = scripts.run(tmp_path, POOLS, kind, method, before, *paths)
    assert said == (0, " ".join(map(digest, paths)) + "\n", "")


def in_child(act: Callable[[], object]) -> int:
    """The exit status of a forked child: 7 when `act` has done there."""
    child = os.fork()
    if child == 0:
        try:
            act()
            os._exit(7)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


fork = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@fork
def test_a_client_made_before_a_fork_serves_both(client: marcd.Client, paths: list[Path]) -> None:
    def read_and_close() -> None:
        assert len(list(marcd.MARCReader(paths[0], client=client))) == 100
        client.close()

    reader = marcd.MARCReader(paths[0], client=client)
    next(reader)
    assert in_child(read_and_close) == 7
    assert len(list(reader)) == 99
    wait_until(lambda: client.info().open_streams == 0)


@fork
def test_a_client_closed_before_a_fork_stays_closed(client: marcd.Client) -> None:
    def is_closed() -> None:
        with pytest.raises(marcd.ServerError, match="was closed"):
            client.info()

    client.close()
    assert in_child(is_closed) == 7


@fork
def test_a_child_of_a_child_reads(client: marcd.Client, paths: list[Path]) -> None:
    def read() -> None:
        assert len(list(marcd.MARCReader(paths[0]))) == 100

    def read_on() -> None:
        read()
        assert in_child(read) == 7

    read()
    assert in_child(read_on) == 7
    read()


@fork
def test_a_process_that_forks_first_starts_one_daemon(runtime: Path, paths: list[Path]) -> None:
    def read() -> None:
        assert len(list(marcd.MARCReader(paths[0]))) == 100

    assert [in_child(read) for _ in range(3)] == [7, 7, 7]
    read()
    assert len(list(runtime.glob("marcd/*.sock"))) == 1


@fork
def test_a_child_may_outlive_the_daemon(runtime: Path, paths: list[Path]) -> None:
    """It starts one of its own accord, as its parent would."""
    with marcd.connect() as client:
        first = client.info().pid

        def read() -> None:
            os.kill(first, 9)
            assert len(list(marcd.MARCReader(paths[0], client=client))) == 100

        assert in_child(read) == 7
        assert client.info().pid != first
