"""Runs the measurements of bench/run and prints their tables.

Peers take turns in every round, so that a slow moment of the machine hits all of them;
the median of the rounds is given, with the least and the most. An answer is compared
with pymarc's before its time counts.
"""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from pathlib import Path

import aio_rows
import client_costs
import client_rows
import core_rows
import daemon_rows
import format_rows
import inputs
import start_rows
import wait_rows
from table import Table

SECTIONS = ("core", "daemon", "formats", "wait", "client", "start", "asyncio")
ROOT = Path(__file__).resolve().parent.parent
# That of the tree, and that of the wheel where deploy/build-wheel has been run.
DAEMONS = {
    "the daemon of this tree": ROOT / "clients/python/marcd/_bin/marcd",
    "the daemon of the wheel": ROOT / ".cache/wheel/source/marcd/_bin/marcd",
}


class Run:
    """What all sections need: the file, the rounds, and what is made when first asked for."""

    def __init__(self, arguments: argparse.Namespace, stack: ExitStack) -> None:
        self.file: Path = arguments.file.resolve()
        self.built: Path = arguments.built
        self.quick: bool = arguments.quick
        self.rounds = 1 if self.quick else 5
        self.table = Table()
        self._stack = stack
        self._big: Path | None = None

    def big(self) -> Path:
        """The file of 1 GB."""
        if self._big is None:
            self._big = self._stack.enter_context(inputs.big_file(self.file))
        return self._big


def core(run: Run) -> None:
    core_rows.core(run.table, run.built, run.file, run.rounds)
    core_rows.damaged(run.table, run.built, run.file, run.rounds)
    core_rows.marc8(run.table, run.built, run.file, run.rounds)


def daemon(run: Run, target: str) -> None:
    daemon_rows.stream(run.table, run.built, target, run.file, run.rounds)
    with daemon_rows.wait_for(target) as client:
        daemon_rows.checking(run.table, client, run.file, run.rounds)
        daemon_rows.compressed(run.table, client, run.file, run.rounds)
        if not run.quick:
            daemon_rows.memory(run.table, client, run.big())


def formats(run: Run, target: str) -> None:
    with daemon_rows.wait_for(target) as client:
        converted = format_rows.converted(client, run.file)
        format_rows.decoding(run.table, run.built, converted, run.rounds)
        format_rows.reading(run.table, client, converted, run.rounds)
        if not run.quick:
            format_rows.one_line(run.table, client, run.file)
    format_rows.writing(run.table, target, run.file, run.rounds)


def wait(run: Run, target: str) -> None:
    files = [run.file] if run.quick else [run.file, run.big()]
    with daemon_rows.wait_for(target) as client:
        wait_rows.waiting(run.table, client, run.rounds)
        wait_rows.first_record(run.table, client, files)


def client(run: Run, target: str) -> None:
    client_rows.client(run.table, target, run.file, run.rounds)
    client_costs.two_threads(run.table, target, run.file, run.rounds)
    client_costs.shares(run.table, target, run.file, run.rounds)
    client_costs.imports(run.table)
    client_costs.kept(run.table, target, run.file)
    if not run.quick:
        client_costs.peak(run.table, target, run.big())


def start(run: Run, target: str) -> None:
    del target  # these programs start their own
    for name, daemon in DAEMONS.items():
        if daemon.exists():
            start_rows.first_record(run.table, daemon, name, run.file)


def asyncio(run: Run, target: str) -> None:
    aio_rows.asyncio_rows(run.table, target, run.file, run.rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--built", type=Path, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=SECTIONS)
    arguments = parser.parse_args()
    wanted = (arguments.only,) if arguments.only else SECTIONS
    with ExitStack() as stack:
        run = Run(arguments, stack)
        facts = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next((line.split(":")[1].strip() for line in facts if "model name" in line), "?")
        print(f"{run.file.name}: {run.file.stat().st_size:,} bytes; {os.cpu_count()} x {cpu}")
        print("median (least..most) of", run.rounds, "rounds")
        if "core" in wanted:
            core(run)
        target = stack.enter_context(daemon_rows.running(run.file.parent))
        daemon_rows.wait_for(target).close()
        for section in (daemon, formats, wait, client, start, asyncio):
            name = section.__name__
            if name in wanted:
                section(run, target)
    if run.table.wrong:
        raise SystemExit("bench: not as pymarc has it:\n  " + "\n  ".join(run.table.wrong))


if __name__ == "__main__":
    main()
