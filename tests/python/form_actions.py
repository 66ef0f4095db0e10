"""Records of all kinds, and what a program can do with them, drawn at random from a seed.

An action takes a generator and a record (or a field of it) and gives what is to be seen.
"""

from __future__ import annotations

import copy
import itertools
import pickle
import random
from collections.abc import Callable
from typing import Any

import marcd
from marcd import Field, Indicators, Leader, RawField, Record, Subfield, _frame

from tests.python.frame_records import lazy
from tests.python.odd_records import INDICATORS, LEADERS, Text
from tests.python.peers import LISTS
from tests.python.peers import TEXTS as TEXT_NAMES

Action = Callable[[random.Random, Any], Any]

TAGS = ("001", "008", "245", "245", "650", "650", "880", "100", "FMT", "   ", "020", "264", "24X")
ODD_TAGS = (*("24é", "2455", "1", "", "\0\0\0", "999", None, 245), Text("650"), ["245"], ("a",))
CODES = (*"aabbcx6", "é", "ab", "", "\x1f", " ", Text("a"), None, 5, ["a"])
TEXTS = (
    *("plain text", "", " ", " padded \t", "Käse", "東京 ", "😀", "\x1cx\x1f"[:2], "\x85 x\u2028"),
    *(
        "880-01/$1",
        "245-01",
        "x\x00y",
        '<a href="x"> & \\',
        "\n\n=001  y",
        "$a",
        "9780131103627 (pbk)",
    ),
)
ODD_TEXTS = (None, b"caf\xe2e", b"", 5, "\ud83d", Text("sub"), "a\x1eb", "x" * 10_500)


def some(rng: random.Random, usual: Any, odd: Any, share: float = 0.15) -> Any:
    return rng.choice(odd if rng.random() < share else usual)


def subfields(rng: random.Random) -> list[Subfield]:
    share = rng.choice((0, 0, 0.2))
    count = rng.randrange(4)
    return [
        Subfield(some(rng, "abx6", CODES, share), some(rng, TEXTS, ODD_TEXTS, share))
        for _ in range(count)
    ]


def field(rng: random.Random) -> Field:
    tag: Any = some(rng, TAGS, ("2455", "1", 650, 5, Text("650"), ""))
    kind = some(rng, [Field], [RawField], 0.1)
    made = kind(tag, rng.choice(INDICATORS), subfields(rng), data=some(rng, TEXTS, ODD_TEXTS))
    return made  # type: ignore[no-any-return]


def payload(rng: random.Random, control: bool, raw: bool) -> bytes:
    text = [rng.choice(TEXTS).replace("\x1f", "") for _ in range(4)]
    bad = b"\xff\xe1" if raw and rng.random() < 0.5 else b""
    if control:
        return text[0].encode() + bad
    parts = [f"\x1f{rng.choice('aabx6 ')}{value}" for value in text[: rng.randrange(5)]]
    return "".join([rng.choice(" 01#|"), rng.choice(" 0x"), *parts]).encode() + (
        bad if parts else b""
    )


def frame(rng: random.Random, flags: int) -> bytes:
    """A frame."""
    if flags == 2:
        return _frame.undecoded(b"00026nam a2200025 i 4500")
    leader = rng.choice(("00475cas a2200169 i 4500", "00475nam  2200169 i 4500", "a" * 24)).encode()
    fields = []
    for _ in range(rng.choice((0, 1, 3, 9, 9, 9, 9, 40))):
        tag = rng.choice(TAGS).encode()
        fields.append((tag, payload(rng, _frame.is_control_tag(tag), flags & 4 != 0)))
    if flags == 8:
        fields.append((b"\0\0\0", b"source\xff"))
    return _frame.build(leader, fields, flags)


def record(rng: random.Random) -> Any:
    """A record out of a frame, of ISO 2709, or made by hand."""
    if rng.random() < 0.8:
        return lazy(frame(rng, rng.choice((0, 1, 1, 1, 1, 2, 4, 5, 8))))
    fields = [field(rng) for _ in range(rng.randrange(4))]
    if rng.random() < 0.5:
        made = Record(fields=fields, force_utf8=rng.random() < 0.2)
        made.leader = rng.choice(LEADERS) if rng.random() < 0.2 else made.leader
        return made
    data = lazy(frame(rng, 1)).as_marc()
    return Record(data, to_unicode=rng.random() < 0.6) if len(data) > 40 else Record()


def tag(rng: random.Random) -> Any:
    return some(rng, TAGS, ODD_TAGS)


def code(rng: random.Random) -> Any:
    return some(rng, "abx6", CODES)


def shown(thing: Any) -> Any:
    """What is to be seen of an object, in what JSON can hold."""
    if isinstance(thing, Field):
        parts = (thing.tag, thing.data, thing.control_field, thing.indicators, thing.subfields)
        return [type(thing).__qualname__, *map(shown, parts), thing.indicator1, thing.indicator2]
    if isinstance(thing, Record):
        source = (thing.to_unicode, thing.force_utf8, thing.source, thing.diagnostics, thing.pos)
        return [type(thing).__qualname__, shown(thing.leader), shown(thing.fields), shown(source)]
    if isinstance(thing, (list, tuple)):
        return [type(thing).__qualname__, *map(shown, thing)]
    if isinstance(thing, dict):
        return ["dict", *map(shown, thing.items())]
    return repr(thing) if " at 0x" not in repr(thing) else type(thing).__qualname__


def again(rng: random.Random, thing: Any) -> Any:
    """A copy, by one of the ways to get one."""
    way = rng.randrange(8)
    if way < 2:
        return (copy.copy, copy.deepcopy)[way](thing)
    return pickle.loads(pickle.dumps(thing, way - 2))


def with_texts(names: Any) -> list[Action]:
    return [lambda rng, thing, name=name: getattr(thing, name) for name in names]


RECORD_ACTIONS: list[Action] = [
    *with_texts([*TEXT_NAMES, *LISTS, "leader", "fields", "source", "diagnostics", "ordinal"]),
    *[
        lambda rng, r: r.get(tag(rng)),
        lambda rng, r: r.get(tag(rng), "default"),
        lambda rng, r: r[tag(rng)],
        lambda rng, r: tag(rng) in r,
        lambda rng, r: r.get_fields(*[tag(rng) for _ in range(rng.randrange(4))]),
    ]
    * 4,
    lambda rng, r: r[tag(rng)] is r.get_fields(tag(rng))[0],
    lambda rng, r: r.fields is r.fields,
    lambda rng, r: list(itertools.islice(iter(r), rng.randrange(4))),
    lambda rng, r: [next(r) for _ in range(rng.randrange(3))],
    lambda rng, r: [f.tag for f in r],
    lambda rng, r: str(r),
    lambda rng, r: r.as_marc(),
    lambda rng, r: r.as_marc21(),
    lambda rng, r: r.as_dict(),
    lambda rng, r: r.as_json(),
    lambda rng, r: r.as_json(indent=1, ensure_ascii=False),
    lambda rng, r: marcd.record_to_xml(r, namespace=rng.random() < 0.5),
    lambda rng, r: again(rng, r),
    lambda rng, r: again(rng, r).as_dict(),
    lambda rng, r: r == again(rng, r),
    lambda rng, r: r.add_field(field(rng)),
    lambda rng, r: r.add_ordered_field(field(rng)),
    lambda rng, r: r.add_grouped_field(field(rng), field(rng)),
    lambda rng, r: r.remove_field(rng.choice(r.fields)),
    lambda rng, r: r.remove_field(field(rng)),
    lambda rng, r: r.remove_fields(tag(rng), tag(rng)),
    lambda rng, r: r.get_linked_fields(rng.choice(r.fields)),
    lambda rng, r: setattr(r, "fields", [field(rng), field(rng)]),
    lambda rng, r: setattr(r, "fields", tuple(r.fields)),
    lambda rng, r: r.fields.reverse(),
    lambda rng, r: setattr(r, "leader", rng.choice(LEADERS)),
    lambda rng, r: setattr(r, "leader", Leader("00475cas  2200169 i 4500")),
    lambda rng, r: setattr(r.leader, "record_status", rng.choice(("d", "dd", "é"))),
    lambda rng, r: setattr(r, rng.choice(("to_unicode", "force_utf8")), rng.random() < 0.5),
    lambda rng, r: r.decode_marc(lazy().as_marc()),
    lambda rng, r: r.__init__(force_utf8=True),
    lambda rng, r: marcd.map_marc8_record(r),
]

FIELD_ACTIONS: list[Action] = [
    *with_texts(["tag", "data", "control_field", "indicators", "indicator1", "subfields"]),
    *[
        lambda rng, f: f.get(code(rng)),
        lambda rng, f: f.get(code(rng), "default"),
        lambda rng, f: f[code(rng)],
        lambda rng, f: code(rng) in f,
        lambda rng, f: f.get_subfields(*[code(rng) for _ in range(rng.randrange(4))]),
        lambda rng, f: f.value(),
    ]
    * 3,
    lambda rng, f: f.subfields is f.subfields,
    lambda rng, f: f.format_field(),
    lambda rng, f: f.subfields_as_dict(),
    lambda rng, f: (f.is_control_field(), f.is_subject_field(), f.linkage_occurrence_num()),
    lambda rng, f: (str(f), repr(f)),
    lambda rng, f: f.as_marc(rng.choice(("utf-8", "iso8859-1"))),
    lambda rng, f: list(itertools.islice(iter(f), rng.randrange(3))),
    lambda rng, f: list(f),
    lambda rng, f: again(rng, f),
    lambda rng, f: again(rng, f).add_subfield("z", "shared or not"),
    lambda rng, f: (f == again(rng, f), hash(f) == hash(f)),
    lambda rng, f: f.__setitem__(code(rng), some(rng, TEXTS, ODD_TEXTS)),
    lambda rng, f: f.add_subfield(code(rng), some(rng, TEXTS, ODD_TEXTS)),
    lambda rng, f: f.add_subfield("n", "new", rng.randrange(-2, 5)),
    lambda rng, f: f.delete_subfield(code(rng)),
    lambda rng, f: setattr(f, "tag", tag(rng)),
    lambda rng, f: setattr(f, "data", some(rng, TEXTS, ODD_TEXTS)),
    lambda rng, f: setattr(f, "indicators", rng.choice((*INDICATORS, "12", "x", 5))),
    lambda rng, f: setattr(f, "indicator1", some(rng, "1 x", (None, "", "12", 5))),
    lambda rng, f: setattr(f, "indicator2", some(rng, "1 x", (None, "", "12", 5))),
    lambda rng, f: setattr(f, "subfields", subfields(rng)),
    lambda rng, f: setattr(f, "subfields", tuple(subfields(rng))),
    lambda rng, f: setattr(f, "subfields", (s for s in subfields(rng))),
    lambda rng, f: f.subfields.extend(subfields(rng)),
    lambda rng, f: f.subfields.append(rng.choice([("a", "b"), "ab", None])),
    lambda rng, f: f.subfields.pop(),
    lambda rng, f: f.__init__("245", Indicators("0", "1"), subfields(rng)),
    lambda rng, f: marcd.map_marc8_field(f),
]

SUBFIELD_ACTIONS: list[Action] = [
    lambda rng, s: (s, s.code, s.value, s._asdict(), s._replace(value="new"), s._fields),
    lambda rng, s: (s == tuple(s), s < ("b", ""), len(s), s[0], s[::-1], s * 2, s.index(s.code)),
    lambda rng, s: (hash(s) == hash(tuple(s)), repr(s), str(s), s.count("a"), s.__getnewargs__()),
    lambda rng, s: (again(rng, s), type(again(rng, s)) is Subfield, Subfield._make(s)),
    lambda rng, s: setattr(s, "value", "new"),
    lambda rng, s: setattr(s, "other", "new"),
    lambda rng, s: Subfield(*s, "third"),
]
