"""Reads a file through marcd and says what is in it. Called by deploy/quickstart."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

import marcd


def say(what: str, text: object) -> None:
    print(f"{what + ':':18}{text}", flush=True)


def describe(error: marcd.RecordError | marcd.Gap) -> str:
    return f"at byte {error.offset:,}: {error.message}"


def main(path: Path) -> int:
    started = time.perf_counter()
    client = marcd.connect()  # starts the daemon if none of this build runs
    info = client.info()
    milliseconds = (time.perf_counter() - started) * 1000
    say("daemon", f"version {info.version}, process {info.pid}, answered in {milliseconds:.0f} ms")

    size = path.stat().st_size
    good, accounted = 0, 0
    reasons: Counter[str] = Counter()
    examples: dict[str, str] = {}
    started = time.perf_counter()
    with marcd.MARCReader(path, client=client) as reader:
        for record in reader:
            if record is not None:
                accounted += record.length or 0
                good += 1
                if good == 1:
                    print(f"first record:\n\n{record}\n")
            elif error := reader.current_exception:
                accounted += error.length or 0
                reasons[error.reason] += 1
                examples.setdefault(error.reason, f"record {error.ordinal} {describe(error)}")
        seconds = time.perf_counter() - started
        gaps, gap_bytes = reader.gaps, reader.gap_bytes
        gap_reasons = {g.reason: reader.reason_counts[g.reason] for g in gaps}

    for gap in reversed(gaps):
        examples[gap.reason] = f"{gap.length:,} bytes {describe(gap)}"
    skipped = sum(reasons.values())
    say("file", f"{path}, {size:,} bytes")
    say("records", f"{good:,} read, {skipped:,} skipped")
    say(
        "bytes",
        f"{accounted:,} in records, {gap_bytes:,} in none, {size - accounted - gap_bytes} lost",
    )
    say("speed", f"{(good + skipped) / seconds:,.0f} records/s, {size / seconds / 1e6:,.0f} MB/s")
    if not examples:
        say("wrong with it", "nothing")
    for reason, count in (reasons + Counter(gap_reasons)).most_common():
        say("wrong with it", f"{count:,} x {reason}, first: {examples[reason]}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1])))
    except (OSError, marcd.ServerError) as error:
        sys.exit(f"quickstart: {error}")
