"""The counts that a report is made of: each is a value, and joins with its like.

`of` makes one from its message in marcd.v1; `joined` gives what counting both at once
would have given, `following` being of what comes later in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import zip_longest
from typing import Any, NamedTuple, TypeVar

from ._findings import Diagnostic, Gap

# How many examples of a reason are kept, the first ones.
MAX_EXAMPLES = 5
# How many tags that are not three digits have a place, the first ones in order.
MAX_OTHER_TAGS = 1000

_DISPOSITIONS = ("UNSPECIFIED", "NOTED", "REPAIRED", "SKIPPED")

K = TypeVar("K")
V = TypeVar("V")


def joined_maps(
    first: Mapping[K, V], second: Mapping[K, V], join: Callable[[V, V], V]
) -> dict[K, V]:
    """The entries of both, those of the same key joined."""
    both = {**first, **second}
    return {k: join(first[k], second[k]) if k in first and k in second else both[k] for k in both}


def _add(first: int, second: int) -> int:
    return first + second


def _value_counts(messages: Any) -> dict[str, int]:
    return {each.value: each.count for each in messages}


def diagnostic_of(message: Any) -> Diagnostic:
    """The finding that a message tells."""
    return Diagnostic(
        reason=message.reason,
        disposition=_DISPOSITIONS[message.disposition],
        ordinal=message.ordinal,
        offset=message.offset,
        length=message.length,
        tag=message.tag,
        message=message.message,
        variables=dict(message.variables),
        source=message.source or None,
    )


def gap_of(message: Any) -> Gap:
    """The gap that a message tells."""
    return Gap(message.offset, message.length, message.reason, message.message)


class ReasonTally(NamedTuple):
    """How often one reason was given for records; docs/diagnostics.md lists them."""

    findings: int
    records: int
    # Findings by what was done: nothing, the record was mended, it was left out.
    noted: int
    repaired: int
    skipped: int
    # The first five at most.
    examples: tuple[Diagnostic, ...]

    @classmethod
    def of(cls, message: Any) -> ReasonTally:
        return cls(
            message.findings,
            message.records,
            message.noted,
            message.repaired,
            message.skipped,
            tuple(map(diagnostic_of, message.examples)),
        )

    def joined(self, following: ReasonTally) -> ReasonTally:
        return ReasonTally(
            self.findings + following.findings,
            self.records + following.records,
            self.noted + following.noted,
            self.repaired + following.repaired,
            self.skipped + following.skipped,
            (self.examples + following.examples)[:MAX_EXAMPLES],
        )


def is_more_of(gap: Gap, following: Gap) -> bool:
    """Whether the second gap goes on where the first ends, and for the same reason."""
    return (gap.reason, gap.offset + gap.length) == (following.reason, following.offset)


class GapTally(NamedTuple):
    """How often one reason was given for gaps. Gaps of one reason that touch are one."""

    gaps: int
    bytes: int
    # The first five at most.
    examples: tuple[Gap, ...]

    @classmethod
    def of(cls, message: Any) -> GapTally:
        return cls(message.gaps, message.bytes, tuple(map(gap_of, message.examples)))

    def joined(self, following: GapTally, last: Gap | None = None) -> GapTally:
        """`last` is the last gap before what follows, which may begin with more of it."""
        gaps, mine, others = self.gaps, self.examples, following.examples
        if last is not None and is_more_of(last, others[0]):
            gaps -= 1
            if mine[-1].offset == last.offset:
                grown = mine[-1].length + others[0].length
                mine = (*mine[:-1], mine[-1]._replace(length=grown))
            others = others[1:]
        examples = (mine + others)[:MAX_EXAMPLES]
        return GapTally(gaps + following.gaps, self.bytes + following.bytes, examples)


class CodeTally(NamedTuple):
    """How often one subfield code occurs in the fields of one tag."""

    records: int
    occurrences: int

    def joined(self, following: CodeTally) -> CodeTally:
        return CodeTally(self.records + following.records, self.occurrences + following.occurrences)


class TagTally(NamedTuple):
    """How often one tag occurs, with which subfield codes and indicators."""

    records: int
    occurrences: int
    codes: Mapping[str, CodeTally]
    indicator1: Mapping[str, int]
    indicator2: Mapping[str, int]

    @classmethod
    def of(cls, message: Any) -> TagTally:
        return cls(
            message.records,
            message.occurrences,
            {each.code: CodeTally(each.records, each.occurrences) for each in message.codes},
            _value_counts(message.indicator1),
            _value_counts(message.indicator2),
        )

    def joined(self, following: TagTally) -> TagTally:
        return TagTally(
            self.records + following.records,
            self.occurrences + following.occurrences,
            joined_maps(self.codes, following.codes, CodeTally.joined),
            joined_maps(self.indicator1, following.indicator1, _add),
            joined_maps(self.indicator2, following.indicator2, _add),
        )


class Distribution(NamedTuple):
    """How numbers are spread. `min` and `max` are 0 without a number."""

    numbers: int
    sum: int
    min: int
    max: int
    # Element 0 counts zeros, element i the numbers from 2**(i - 1) to 2**i - 1.
    buckets: tuple[int, ...]

    @classmethod
    def of(cls, message: Any) -> Distribution:
        return cls(message.count, message.sum, message.min, message.max, tuple(message.buckets))

    @property
    def mean(self) -> float:
        """The average; 0 without a number."""
        return self.sum / self.numbers if self.numbers else 0.0

    def joined(self, following: Distribution) -> Distribution:
        if not self.numbers or not following.numbers:
            return self if self.numbers else following
        buckets = zip_longest(self.buckets, following.buckets, fillvalue=0)
        return Distribution(
            self.numbers + following.numbers,
            self.sum + following.sum,
            min(self.min, following.min),
            max(self.max, following.max),
            tuple(map(sum, buckets)),
        )


class Profile(NamedTuple):
    """What the records delivered look like."""

    tags: Mapping[str, TagTally]
    # Fields whose tag is none of three digits, and not among the first thousand others.
    other_fields: int
    # What the records are written in: `ASCII` if they hold nothing else, the encoding
    # that was found, or the one declared where nothing else was found.
    encodings: Mapping[str, int]
    # By position in the leader: 5 to 9 and 17 to 19.
    leader: Mapping[int, Mapping[str, int]]
    # Of the records in the file, in bytes; how many fields a record has.
    lengths: Distribution
    fields: Distribution

    @classmethod
    def of(cls, message: Any) -> Profile:
        return cls(
            {each.tag: TagTally.of(each) for each in message.tags},
            message.other_fields,
            _value_counts(message.encodings),
            {each.position: _value_counts(each.values) for each in message.leader},
            Distribution.of(message.lengths),
            Distribution.of(message.fields),
        )

    @property
    def record_types(self) -> Mapping[str, int]:
        """The values of leader/06."""
        return self.leader[6]

    @property
    def declared_encodings(self) -> Mapping[str, int]:
        """The values of leader/09: `a` says UTF-8, a blank MARC-8."""
        return self.leader[9]

    def joined(self, following: Profile) -> Profile:
        tags = joined_maps(self.tags, following.tags, TagTally.joined)
        others = sorted(tag for tag in tags if not _is_digits(tag))
        unplaced = [tags.pop(tag) for tag in others[MAX_OTHER_TAGS:]]
        return Profile(
            {tag: tags[tag] for tag in sorted(tags, key=lambda tag: (not _is_digits(tag), tag))},
            self.other_fields + following.other_fields + sum(tag.occurrences for tag in unplaced),
            joined_maps(self.encodings, following.encodings, _add),
            {at: joined_maps(self.leader[at], following.leader[at], _add) for at in self.leader},
            self.lengths.joined(following.lengths),
            self.fields.joined(following.fields),
        )


def _is_digits(tag: str) -> bool:
    return tag.isascii() and tag.isdigit()
