"""Generated files through the daemon: nothing is lost, whatever is in them.

The sum of all records, skipped ones included, and of all gaps is the file's size.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import grpc
import pytest

from tests import generate
from tests.pathological import pathological
from tests.support import Daemon

file_service = pytest.importorskip("marcd.v1.file_service_pb2", reason="tools/install_client")
from marcd.v1 import options_pb2, record_service_pb2, record_service_pb2_grpc  # noqa: E402

CASES = pathological()
MEMORY_LIMIT_KIB = 150 * 1024


@dataclass
class Result:
    """What came of reading a file."""

    ordinals: list[int] = field(default_factory=list)
    skipped: dict[int, str] = field(default_factory=dict)  # ordinal: reason
    record_bytes: int = 0
    gap_bytes: int = 0
    next_offset: int = 0
    next_ordinal: int = 0
    end: bool = False

    def add(self, response) -> None:
        batch = response.batch
        self.ordinals += batch.ordinals
        self.record_bytes += sum(batch.lengths)
        for found in batch.diagnostics:
            if found.index == -1:
                assert found.ordinal not in self.skipped
                self.skipped[found.ordinal] = found.reason
                self.record_bytes += found.length
        self.gap_bytes += sum(gap.length for gap in batch.gaps)
        self.next_offset, self.next_ordinal = response.next_offset, response.next_ordinal
        self.end = response.end


@pytest.fixture(scope="module")
def read(daemon: Daemon):
    """`read(path)`: reads a file, checks that nothing of it is lost, and gives the rest."""
    with grpc.insecure_channel(daemon.target) as channel:
        stub = record_service_pb2_grpc.RecordServiceStub(channel)

        def run(path: Path) -> Result:
            request = record_service_pb2.ReadRecordsRequest(
                file=file_service.FileReference(name=str(path)),
                options=options_pb2.ReadOptions(
                    source_format=options_pb2.RECORD_FORMAT_ISO2709,
                    view=options_pb2.VIEW_FRAMES,
                    recovery_mode=options_pb2.RECOVERY_MODE_SKIP,
                ),
            )
            result = Result()
            for response in stub.ReadRecords(request, timeout=120):
                assert not result.end
                result.add(response)
            assert result.end
            assert result.record_bytes + result.gap_bytes == path.stat().st_size
            found = sorted([*result.ordinals, *result.skipped])
            assert found == list(range(len(found)))
            # The position stays before a record that the file's end cuts short.
            cut = result.skipped.get(len(found) - 1, "").startswith("TRUNCATED_")
            assert result.next_ordinal == len(found) - cut
            return result

        yield run


@pytest.mark.parametrize("count", [1, 1_000, 10_000, 100_000])
def test_every_realistic_record_is_delivered(read, tmp_path: Path, count: int) -> None:
    path = tmp_path / "realistic.mrc"
    generate.write_records(path, generate.realistic(count))
    result = read(path)
    assert result.ordinals == list(range(count))
    assert result.next_offset == path.stat().st_size


def test_of_pathological_records_just_the_good_are_delivered(read, tmp_path: Path) -> None:
    path = tmp_path / "pathological.mrc"
    path.write_bytes(b"".join(case.data for case in CASES))
    result = read(path)
    delivered = {CASES[ordinal].name for ordinal in result.ordinals}
    assert delivered == {case.name for case in CASES if case.good}
    assert result.gap_bytes == 0


def test_every_truncation_delivers_what_is_whole(read, tmp_path: Path) -> None:
    first, second = generate.realistic(2)
    path = tmp_path / "cut.mrc"
    for cut in generate.truncations(first + second):
        path.write_bytes(cut)
        assert read(path).ordinals == ([0] if len(cut) >= len(first) else [])


@pytest.mark.parametrize("seed", range(20))
def test_damage_costs_no_byte_and_little_else(read, tmp_path: Path, seed: int) -> None:
    path = tmp_path / "damaged.mrc"
    hits = 25
    path.write_bytes(generate.damage(b"".join(generate.realistic(300, seed)), hits, seed)[0])
    # A damaged boundary may cost the record on either side of it.
    assert len(read(path).ordinals) >= 300 - 2 * hits


def peak_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


@pytest.mark.full
def test_a_sparse_file_past_4_gib_is_read_in_bounded_memory(
    read, daemon: Daemon, tmp_path: Path
) -> None:
    path = tmp_path / "sparse.mrc"
    made = generate.write_sparse(path)
    result = read(path)
    assert result.ordinals == list(range(2 * made.records))
    assert result.gap_bytes == made.hole_bytes
    assert peak_kib(daemon.pid) < MEMORY_LIMIT_KIB
