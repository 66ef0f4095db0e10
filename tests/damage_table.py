"""Makes the table of docs/reading.md: what each mode delivers of damaged files.

python3 -m tests.damage_table prints it. The files are other projects' tests for damage,
in ../shared/corpus.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import marcd

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
GLOBS = ("mrrc/error_fixtures/*.bin", "pymarc/bad_*.[dm]*", "solrmarc/error*")
BEGIN = "<!-- damage table: begin -->\n"
END = "<!-- damage table: end -->\n"


def _strict(path: Path) -> str:
    count = 0
    try:
        for _ in marcd.read(str(path), mode="strict"):
            count += 1
    except marcd.ServerError as error:
        return f"{count}, then `{error.reason}`"
    return str(count)


def _skip(path: Path) -> tuple[int, int]:
    """Records delivered, and records in all."""
    reader = marcd.read(str(path), mode="skip")
    count = sum(1 for _ in reader)
    left_out = {found.ordinal for found in reader.diagnostics if found.disposition == "SKIPPED"}
    return count, count + len(left_out)


def _repair(path: Path) -> tuple[int, str]:
    """Records delivered, and the reasons given with how often."""
    reader = marcd.read(str(path))
    count = sum(1 for _ in reader)
    reasons = (
        f"`{reason}`" + (f" × {times}" if times > 1 else "")
        for reason, times in sorted(reader.reason_counts.items())
    )
    return count, ", ".join(reasons)


def _pymarc(path: Path) -> str:
    records = list(marcd.MARCReader(str(path), hide_utf8_warnings=True))
    refused = records.count(None)
    return str(len(records) - refused) + (f", {refused} `None`" if refused else "")


def table() -> Iterator[str]:
    """The lines of the table."""
    yield "| file | records | STRICT | SKIP | REPAIR | PYMARC | what REPAIR says |"
    yield "|---|---:|---|---:|---:|---|---|"
    for glob in GLOBS:
        for path in sorted(CORPUS.glob(glob)):
            delivered, records = _skip(path)
            repaired, said = _repair(path)
            cells = (_strict(path), delivered, repaired, _pymarc(path), said)
            yield f"| {path.stem} | {records} | " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    print("\n".join(table()))
