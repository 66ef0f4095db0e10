"""A report as text for people: aligned columns, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._tallies import Distribution, GapTally, ReasonTally, TagTally
    from .report import Report

# How many of a reason's examples are shown, and of the values of one place.
SHOWN_EXAMPLES = 3
SHOWN_VALUES = 10
# A blank as MARC 21 prints it, and what else could be taken for one.
_SHOWN_AS = {" ": "#", "#": "'#'"}


def table(report: Report) -> str:
    """The whole report."""
    parts: list[list[str]] = [[report.verdict] if report.verdict else [], _account(report)]
    if report.reasons:
        parts.append(["What was found in records", *_reasons(report.reasons)])
    if report.gap_reasons:
        parts.append(["Bytes of no record", *_gaps(report.gap_reasons)])
    if report.delivered:
        parts += [_facts(report), _tags(report)]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _columns(rows: Iterable[Sequence[str | int]], gap: str = "  ") -> list[str]:
    """Rows as lines: numbers to the right, text to the left."""
    texts = [[f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows]
    numbers = [any(isinstance(cell, int) for cell in column) for column in zip(*rows)]
    widths = [max(map(len, column)) for column in zip(*texts)]
    return [
        gap.join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numbers)
        ).rstrip()
        for row in texts
    ]


def _account(report: Report) -> list[str]:
    clean = report.delivered - report.repaired - report.noted
    rows: list[tuple[str, int]] = [
        ("records", report.records),
        ("  as they stand", clean),
        ("  with notes", report.noted),
        ("  repaired", report.repaired),
        ("  skipped", report.skipped),
        ("bytes", report.bytes),
        ("  in records", report.record_bytes),
        (f"  in {report.gaps:,} gap{'' if report.gaps == 1 else 's'}", report.gap_bytes),
    ]
    return _columns(rows)


def _severity(tally: ReasonTally) -> tuple[int, int, int]:
    return tally.skipped, tally.repaired, tally.noted


def _done(tally: ReasonTally) -> str:
    counts = {"skipped": tally.skipped, "repaired": tally.repaired, "noted": tally.noted}
    done = [(word, count) for word, count in counts.items() if count]
    if len(done) == 1:
        return done[0][0]
    return ", ".join(f"{count:,} {word}" for word, count in done)


def _reasons(reasons: Mapping[str, ReasonTally]) -> Iterator[str]:
    worst_first = sorted(reasons.items(), key=lambda item: _severity(item[1]), reverse=True)
    heads = _columns(
        [(name, t.records, _plural(t.records, "record"), _done(t)) for name, t in worst_first]
    )
    for head, (_, tally) in zip(heads, worst_first):
        yield f"  {head}"
        for example in tally.examples[:SHOWN_EXAMPLES]:
            yield f"    record {example.ordinal:,} at byte {example.offset:,}: {example.message}"


def _gaps(gaps: Mapping[str, GapTally]) -> Iterator[str]:
    largest_first = sorted(gaps.items(), key=lambda item: item[1].bytes, reverse=True)
    heads = _columns(
        [
            (name, t.gaps, _plural(t.gaps, "gap"), t.bytes, _plural(t.bytes, "byte"))
            for name, t in largest_first
        ]
    )
    for head, (_, tally) in zip(heads, largest_first):
        yield f"  {head}"
        for gap in tally.examples[:SHOWN_EXAMPLES]:
            yield f"    {gap.length:,} {_plural(gap.length, 'byte')} at byte {gap.offset:,}"


def _plural(count: int, word: str) -> str:
    return word if count == 1 else word + "s"


def _values(counts: Mapping[str, int]) -> str:
    """`a 12, # 3`: the most frequent first, a blank as MARC 21 prints it."""
    most_first = sorted(counts.items(), key=lambda item: -item[1])
    shown = [_value(value, count) for value, count in most_first[:SHOWN_VALUES]]
    if len(most_first) > SHOWN_VALUES:
        shown.append(f"{len(most_first) - SHOWN_VALUES:,} others")
    return ", ".join(shown)


def _value(value: str, count: int) -> str:
    return f"{_SHOWN_AS.get(value, value)} {count:,}"


def _spread(numbers: Distribution, unit: str) -> str:
    return f"{numbers.min:,} to {numbers.max:,} {unit}, {numbers.mean:,.0f} on average"


def _facts(report: Report) -> list[str]:
    profile = report.profile
    return _columns(
        [
            ("Encodings found", _values(profile.encodings)),
            ("  declared (leader/09)", _values(profile.declared_encodings)),
            ("Record types (leader/06)", _values(profile.record_types)),
            ("Record lengths", _spread(profile.lengths, "bytes")),
            ("Fields in a record", _spread(profile.fields, "fields")),
        ]
    )


def _tag_row(tag: str, tally: TagTally) -> tuple[str | int, ...]:
    codes = ", ".join(_value(code, count.occurrences) for code, count in tally.codes.items())
    indicators = (_values(tally.indicator1), _values(tally.indicator2))
    return tag, tally.records, tally.occurrences, *indicators, codes


def _tags(report: Report) -> list[str]:
    profile = report.profile
    rows = [_tag_row(tag, tally) for tag, tally in profile.tags.items()]
    if profile.other_fields:
        rows.append(("other", "", profile.other_fields, "", "", ""))
    if not rows:
        return []
    return _columns([("tag", "records", "fields", "ind. 1", "ind. 2", "subfields"), *rows])
