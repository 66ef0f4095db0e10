"""marcd's Python client beside pymarc and its rivals, rmarc and mrrc.

Every figure comes from a fresh process (peer.py); the peers of a row take turns.
"""

from __future__ import annotations

import importlib.util
import statistics
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import inputs
import marcd
from asking import Failed, ask
from table import Table, spread
from work import WORKS

RIVALS = ("rmarc", "mrrc")
# What of pymarc's records/s marcd shall reach on bench.mrc, and pure Python in extract.
AT_LEAST = {
    "read": 80,
    "extract": 35,
    "touch": 14,
    "select": 45,
    "roundtrip": 90,
    "as_json": 25,
    "as_xml": 40,
    "keep": 100,
}
PURE_AT_LEAST = 3.5
MARC8_AT_LEAST = 60
# So many records are compared letter for letter; the rest by the sum of their lengths.
COMPARED_RECORDS = 2_000
PURE = "marcd-pure"
HANDLE = "marcd-handle"


class Row(NamedTuple):
    """A work over a file, by some peers."""

    name: str
    work: str
    file: Path
    peers: tuple[str, ...]
    at_least: dict[str, float]
    compared_by: str


def installed_rivals() -> tuple[str, ...]:
    return tuple(name for name in RIVALS if importlib.util.find_spec(name))


def takes_part(peer: str, turn: int) -> bool:
    """pymarc and rivals take most of the time and spread least: every second round is theirs."""
    return peer.startswith("marcd") or turn % 2 == 0


def take(target: str, task: str, peer: str, *arguments: object) -> Any:
    """Ask, by the peer's own name and environment."""
    name = "marcd" if peer == PURE else peer
    return ask(target, task, name, *arguments, pure=peer == PURE)


def measure(target: str, row: Row, rounds: int) -> tuple[dict[str, list[Any]], dict[str, str]]:
    """The answers of each peer's rounds, and why there are none of some."""
    found: dict[str, list[Any]] = {peer: [] for peer in row.peers}
    failed: dict[str, str] = {}
    for turn in range(rounds):
        for peer in row.peers:
            if peer not in failed and takes_part(peer, turn):
                try:
                    found[peer].append(take(target, "timed", peer, row.work, row.file))
                except Failed as error:
                    failed[peer] = str(error)
    return found, failed


def differences(target: str, row: Row) -> dict[str, str]:
    """Which peers give another answer than pymarc, and for how many of the first records."""
    told = {}
    arguments = (row.compared_by, row.file, COMPARED_RECORDS)
    expected = take(target, "answers", "pymarc", *arguments)
    for peer in row.peers[1:]:
        try:
            given = take(target, "answers", peer, *arguments)
        except Failed as error:
            told[peer] = f"fails: {error}"
            continue
        other = sum(a != b for a, b in zip(given, expected))
        other += abs(len(given) - len(expected))
        if other:
            share = 100 * other / len(expected)
            told[peer] = f"{share:.1f} % of {len(expected):,} records come out otherwise"
    return told


def judge(table: Table, row: Row, found: dict[str, list[Any]], told: dict[str, str]) -> None:
    """Say which answers are not pymarc's."""
    expected = {(one["count"], one["total"]) for one in found["pymarc"]}
    for peer in row.peers[1:]:
        given = {(one["count"], one["total"]) for one in found[peer]}
        if given and given != expected and peer not in told:
            told[peer] = f"says {sorted(given)}, pymarc {sorted(expected)}"
        if peer == PURE and any(one["accelerated"] for one in found[peer]):
            told[peer] = "is accelerated in spite of MARCD_PURE_PYTHON"
    for peer, text in told.items():
        table.note(f"{row.name}: {peer}: {text}", wrong=peer.startswith("marcd"))


def show(table: Table, target: str, row: Row, rounds: int) -> None:
    """Measure a row and print it, a line for each way of marcd's."""
    told = differences(target, row)
    found, failed = measure(target, row, rounds)
    told.update({peer: f"fails: {why}" for peer, why in failed.items()})
    rates = {p: [one["count"] / one["wall"] for one in ones] for p, ones in found.items()}
    base = statistics.median(rates["pymarc"])
    rivals = [
        spread([rate / base for rate in rates[rival]], "{:.1f}") if rates.get(rival) else "-"
        for rival in RIVALS
    ]
    for peer in row.peers:
        if peer.startswith("marcd") and rates[peer]:
            first = peer == "marcd"
            goal = row.at_least.get(peer)
            table.row(
                row.name + {PURE: ", pure Python", HANDLE: ", open file"}.get(peer, ""),
                spread(rates["pymarc"]) if first else "",
                *(rivals if first else [""] * len(rivals)),
                spread([rate / base for rate in rates[peer]], "{:.1f}"),
                f"{goal:g}" if goal else "",
                f"{statistics.median(rates[peer]):,.0f}",
                spread([one["cpu"] / one["wall"] for one in found[peer]], "{:.2f}"),
            )
    judge(table, row, found, told)


def rows(file: Path, goals: bool) -> Iterator[Row]:
    """All works over a file."""
    rivals = installed_rivals()
    for name in WORKS:
        peers = ("pymarc", *rivals, "marcd")
        at_least: dict[str, float] = {"marcd": AT_LEAST[name]} if goals else {}
        if name == "read":
            peers += (HANDLE,)
        if name == "extract":
            peers += (PURE,)
            at_least |= {PURE: PURE_AT_LEAST} if goals else {}
        yield Row(name, name, file, peers, at_least, "extract" if name == "keep" else name)


def head(table: Table, file: Path) -> None:
    versions = ", ".join(
        f"{name} {metadata.version(name)}" for name in ("pymarc", *installed_rivals())
    )
    how = "accelerated" if getattr(marcd, "accelerated", False) else "in pure Python"
    table.head(f"marcd's Python client, {how}, over {file.name}, beside {versions}")
    table.row(
        "",
        "pymarc records/s",
        *(f"{rival}, times" for rival in RIVALS),
        "marcd, times",
        "at least",
        "marcd records/s",
        "client CPU/wall",
    )


def client(table: Table, target: str, file: Path, rounds: int) -> None:
    """Every work, over the bench file, a small file and a MARC-8 file."""
    for rival in RIVALS:
        if rival not in installed_rivals():
            table.note(f"{rival} is not installed: not measured")
    small = inputs.realistic_file()
    for one in [file, small] if small else [file]:
        head(table, one)
        for row in rows(one, goals=one is file):
            show(table, target, row, rounds)
    twin = inputs.marc8_file(file.parent)
    if twin is None:
        table.note("MARC-8: not measured: no ../shared/corpus here")
        return
    head(table, twin)
    peers = ("pymarc", *installed_rivals(), "marcd")
    row = Row("read, MARC-8", "read", twin, peers, {"marcd": MARC8_AT_LEAST}, "extract")
    show(table, target, row, rounds)
