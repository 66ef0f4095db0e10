"""Reads a file through marcd and says what is in it. Called by deploy/quickstart."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

import marcd


def say(what: str, text: object) -> None:
    print(f"{what + ':':18}{text}", flush=True)


def describe(finding: marcd.Diagnostic | marcd.Gap) -> str:
    return f"at byte {finding.offset:,}: {finding.message}"


def main(path: Path) -> int:
    started = time.perf_counter()
    client = marcd.connect()  # starts the daemon if none of this build runs
    info = client.info()
    milliseconds = (time.perf_counter() - started) * 1000
    say("daemon", f"version {info.version}, process {info.pid}, answered in {milliseconds:.0f} ms")

    read = read_bytes = 0
    started = time.perf_counter()
    with marcd.read(path, client=client) as reader:
        for record in reader:
            read += 1
            read_bytes += record.length or 0
            if read == 1:
                print(f"first record:\n\n{record}\n")
        seconds = time.perf_counter() - started
        diagnostics, gaps, gap_bytes = reader.diagnostics, reader.gaps, reader.gap_bytes
        counts = Counter(reader.reason_counts)

    examples = {gap.reason: f"{gap.length:,} bytes {describe(gap)}" for gap in reversed(gaps)}
    for found in reversed(diagnostics):
        examples[found.reason] = f"record {found.ordinal} {describe(found)} ({found.disposition})"
    size = path.stat().st_size
    say("file", f"{path}, {size:,} bytes")
    say("records", f"{read:,}")
    say("bytes", f"{read_bytes:,} in records, {gap_bytes:,} in gaps, of {size:,}")
    say("speed", f"{read / seconds:,.0f} records/s, {size / seconds / 1e6:,.0f} MB/s")
    if not counts:
        say("found", "nothing")
    for reason, count in counts.most_common():
        say("found", f"{count:,} x {reason}, first: {examples.get(reason, '')}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1])))
    except (OSError, marcd.ServerError) as error:
        sys.exit(f"quickstart: {error}")
