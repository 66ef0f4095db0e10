"""Formats in and out, beside yaz-marcdump, pymarc and mrrc."""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import time
from pathlib import Path

import marcd
import pymarc
from asking import ask
from core_rows import core_rates
from daemon_rows import resident_mib
from table import Table, spread

# By the suffix that asks for them, and yaz-marcdump's name for each that it reads.
FORMATS = {
    "marcxml": (".xml", "marcxml"),
    "turbomarc": (".turbomarc", "turbomarc"),
    "jsonl": (".jsonl", None),
    "json": (".json", None),  # yaz-marcdump reads one record
    "mrk": (".mrk", None),
    "alephseq": (".seq", None),
    "line": (".line", "line"),
}
PYMARC_RECORDS = 2000
ONE_LINE_BYTES = 1_000_000_000


def converted(client: marcd.Client, file: Path) -> dict[str, Path]:
    """The file in each format, beside it."""
    found = {"iso2709": file}
    for name, (suffix, _) in FORMATS.items():
        path = file.with_suffix(suffix)
        if not path.exists() or path.stat().st_mtime < file.stat().st_mtime:
            marcd.write(marcd.read(file, client=client), path, client=client)
        found[name] = path
    return found


def yaz_rate(form: str, path: Path, *options: str) -> float:
    """Bytes a second of processor time that yaz-marcdump reads."""
    command = ["yaz-marcdump", *options, "-i", form, str(path)]
    before = os.times().children_user + os.times().children_system
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True, timeout=600
    )
    spent = os.times().children_user + os.times().children_system - before
    if done.stderr:  # it says what it cannot read, and ends well
        raise SystemExit(f"bench: yaz-marcdump: {done.stderr.decode(errors='replace')}")
    return path.stat().st_size / spent


def pymarc_rate(path: Path) -> float:
    """Records a second of pymarc's parse_xml_to_array, over the first of a collection."""
    some = path.with_name("some.xml")
    text = path.read_bytes()
    end = 0
    for _ in range(PYMARC_RECORDS):
        end = text.index(b"</record>", end) + len(b"</record>")
    some.write_bytes(text[:end] + b"</collection>")
    try:
        start = time.perf_counter()
        count = len(pymarc.parse_xml_to_array(str(some)))  # type: ignore[no-untyped-call]
        seconds = time.perf_counter() - start
    finally:
        some.unlink()
    if count != PYMARC_RECORDS:
        raise SystemExit(f"bench: pymarc reads {count} records of {PYMARC_RECORDS}")
    return count / seconds


def decoding(table: Table, built: Path, files: dict[str, Path], rounds: int) -> None:
    """Framing and decode in C++, a core, beside yaz-marcdump's, a core."""
    table.head("C++: framing and decode of one file in each format, in memory, a core")
    table.row("", "GB/s", "framing alone", "two threads", "yaz-marcdump", "its -n", "at least")
    for name, path in files.items():
        rates = core_rates(built, path, rounds, "Framing|Decode/repair")
        one, two = (statistics.median(rates[f"Decode/repair/threads:{n}"]) for n in (1, 2))
        form = FORMATS[name][1] if name in FORMATS else "marc"
        of_yaz = ["", ""]
        if form is not None:
            for i, options in enumerate(((), ("-n",))):
                yaz = statistics.median(yaz_rate(form, path, *options) for _ in range(rounds))
                of_yaz[i] = f"{one * 1e9 / yaz:.1f}"
        decode = spread(rates["Decode/repair/threads:1"], "{:.2f}")
        framing = f"{statistics.median(rates['Framing']):.2f}"
        wanted = "1.6 and 3" if name == "marcxml" else ""
        table.row(name, decode, framing, f"{two / one:.2f}", *of_yaz, wanted)


def reading(table: Table, client: marcd.Client, files: dict[str, Path], rounds: int) -> None:
    """Files of each format through the daemon, counted."""
    counts = set()
    table.head("reading each format: one client, counting")
    table.row("", "records/s", "of pymarc's parse_xml", "at least")
    pymarcs = statistics.median(pymarc_rate(files["marcxml"]) for _ in range(rounds))
    for name, path in files.items():
        rates = []
        for _ in range(rounds):
            start = time.perf_counter()
            count = sum(1 for _ in marcd.read(path, client=client))
            rates.append(count / (time.perf_counter() - start))
            counts.add(count)
        xml = name == "marcxml"
        ratio = f"{statistics.median(rates) / pymarcs:.0f}" if xml else ""
        table.row(name, spread(rates), ratio, "20" if xml else "")
    if len(counts) != 1:
        raise SystemExit(f"bench: the formats have {counts} records")


def one_line(table: Table, client: marcd.Client, file: Path) -> None:
    """The daemon's memory with a MARCXML file of 1 GB that is one line."""
    path = file.with_name("one-line.xml")
    records = list(itertools.islice(marcd.read(file, client=client), 2000))
    marcd.write(records, path, client=client)
    text = path.read_bytes()
    begin = text.index(b"<record>")
    body = text[begin:].removesuffix(b"</collection>").replace(b"\n", b" ")
    times = ONE_LINE_BYTES // len(body)
    try:
        with path.open("wb") as out:
            out.write(text[:begin].replace(b"\n", b" "))
            for _ in range(times):
                out.write(body)
            out.write(b"</collection>")
        pid = client.info().pid
        peak = 0.0
        count = 0
        for batch in marcd.read(path, client=client).batches():
            count += len(batch)
            peak = max(peak, resident_mib(pid, "VmRSS"))
    finally:
        path.unlink()
    if count != times * len(records):
        raise SystemExit(f"bench: {count} records of {times * len(records)}")
    table.head("a MARCXML file of 1 GB in one line")
    table.row("", "daemon's largest, MiB")
    table.row(f"{count:,} records", f"{peak:.0f}")


def writing(table: Table, target: str, file: Path, rounds: int) -> None:
    """Every record of the file written again, as it came, by each."""
    table.head("writing: every record of a file into another, as it came, to the disk")
    table.row("", "records/s", "of pymarc", "of mrrc", "at least")
    rates: dict[str, list[float]] = {}
    for _ in range(rounds):
        for peer in ("pymarc", "mrrc", "marcd", "marcd-write"):
            out = file.with_name("written.mrc")
            said = ask(target, "written", peer, str(file), str(out))
            if out.read_bytes() != file.read_bytes():
                table.note(f"{peer} writes another file", wrong=peer.startswith("marcd"))
            rates.setdefault(peer, []).append(said["count"] / said["wall"])
            out.unlink()
    pymarcs, mrrcs = (statistics.median(rates[peer]) for peer in ("pymarc", "mrrc"))
    for peer, found in rates.items():
        rate = statistics.median(found)
        table.row(peer, spread(found), f"{rate / pymarcs:.1f}", f"{rate / mrrcs:.1f}", "20 and 2")
