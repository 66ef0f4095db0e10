"""Records made of the same facts with marcd and with pymarc, with all that a program can put in."""

from __future__ import annotations

import contextlib
import io
import random
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import marcd
import pymarc


class Text(str):
    """A str that is none by its type."""


TEXTS = (
    *(
        "plain text",
        "",
        " ",
        "<a href=\"x\"> & 'b' ]]>",
        "Käse",
        "東京",
        "😀 \U0010ffff",
        "e\u0301",
    ),
    *("tab\tline\ncarriage\r", "\x1bE", "\x00", "a\x1eb", "\x1fa", "\x1d", "\ufffe", "\x85\u2028"),
    *("$a$$b", "\\ \\", "=LDR  00000", "x" * 10_500, "\n\n=001  y", "", "\ud83d"),
)
ODD_VALUES = (None, b"caf\xe2e \x1b(N", b"", b"\x1b$1!!", Text("sub & class"), 5, ["a"])
TAGS = ("245", "880", "010", "100", "FMT", "24é", "2455", "1", 650, "0 1", '"<>"', "")
CONTROL_TAGS = ("001", "008", "009", "9", 5, "000")
CODES = (*"abcdxyz6890" * 2, *("", "ab", "é", "<", '"', "&", "\t", " ", "\x00", Text("a")))
INDICATORS = (None, ("1", " "), ["0", "4"], ("", ""), ("12", "é"), ("<", '"'), (" ", "\\"))
LEADERS = (
    *("00000nam a2200000 a 4500", "00000cas  2200000 i 4500", "é0000nam a2200000 a 4500"),
    *("short", "", " " * 24, "0&<>0nam a2200000 a 45\x000"),
)


def odd_facts(rng: random.Random, oddity: float) -> dict[str, Any]:
    """What a record is made of; of its values, so many are of another type than str."""

    def value() -> Any:
        return rng.choice(ODD_VALUES if rng.random() < oddity else TEXTS)

    def field() -> tuple[str, dict[str, Any]]:
        if rng.random() < 0.3:
            return "Field", {"tag": rng.choice(CONTROL_TAGS), "data": value()}
        subfields = [(rng.choice(CODES), value()) for _ in range(rng.randrange(4))]
        kind = "RawField" if rng.random() < oddity else "Field"
        indicators = rng.choice(INDICATORS)
        return kind, {"tag": rng.choice(TAGS), "indicators": indicators, "subfields": subfields}

    return {
        "options": {"to_unicode": rng.random() < 0.8, "force_utf8": rng.random() < 0.2},
        "leader": rng.choice(LEADERS) if rng.random() < 0.5 else None,
        "leader_is_str": rng.random() < 0.5,
        "fields": [field() for _ in range(rng.randrange(5))],
    }


def made(package: Any, facts: dict[str, Any]) -> Any:
    """The record that a package makes of the facts."""
    record = package.Record(**facts.get("options", {}))
    for kind, arguments in facts["fields"]:
        arguments = dict(arguments)
        if "subfields" in arguments:
            arguments["subfields"] = [package.Subfield(*pair) for pair in arguments["subfields"]]
        record.add_field(getattr(package, kind)(**arguments))
    leader = facts.get("leader")
    if leader is not None:
        long_enough = len(leader) == 24 and not facts["leader_is_str"]
        record.leader = package.Leader(leader) if long_enough else leader
    return record


def contents(record: Any) -> tuple[Any, ...]:
    """All that a record holds."""
    fields = [
        (
            type(field).__name__,
            *(field.tag, field.data, field.control_field, field.indicators),
            [(type(subfield).__name__, *subfield) for subfield in field.subfields],
        )
        for field in record.fields
    ]
    return type(record.leader).__name__, str(record.leader), fields


def outcome(function: Callable[..., Any], *args: Any) -> tuple[Any, ...]:
    """A function's result, or its exception's type and text; and what it says on stderr."""
    with contextlib.redirect_stderr(io.StringIO()) as err, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = function(*args)
        except UnicodeError as error:  # its text has a place that hangs on how texts are joined
            return "raises", type(error).__name__, err.getvalue()
        except Exception as error:
            return "raises", type(error).__name__, str(error), err.getvalue()
    return "gives", result, err.getvalue()


def odd_pairs(count: int, seed: int, oddity: float) -> Iterator[tuple[Any, Any]]:
    """Records of the same facts: marcd's, and pymarc's."""
    rng = random.Random(seed)
    for _ in range(count):
        facts = odd_facts(rng, oddity)
        ours, theirs = (outcome(made, package, facts) for package in (marcd, pymarc))
        assert ours[0] == theirs[0], facts
        if ours[0] == "gives":
            yield ours[1], theirs[1]
