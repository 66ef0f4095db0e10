"""Records as they are sent to be written: as frames, or written out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import marcd
import pymarc
import pytest
from marcd import Field, Record, Subfield, _encoding, _frame, codec

from tests.generate import marc8, realistic
from tests.python.conftest import corpus_file
from tests.python.frame_records import FRAME, SOURCE, lazy
from tests.python.odd_records import odd_pairs, outcome
from tests.python.writing import FORMATS, WRITERS, record_with, written

LEADER = "00000nam a2200000 a 4500"


AROUND = {
    "XMLWriter": (
        b'<?xml version="1.0" encoding="UTF-8"?>'
        b'<collection xmlns="http://www.loc.gov/MARC21/slim">',
        b"</collection>",
    ),
    "JSONWriter": (b"[", b"]"),
}


def as_bytes(name: str, record: Any) -> bytes:
    """What pymarc's writer makes of pymarc's record."""
    data = written(pymarc, name, record)
    return data if isinstance(data, bytes) else data.encode()


def seen(record: Any, name: str) -> Any:
    """What the writer of a name makes of a record, in a file object."""
    return outcome(written, marcd, name, record)


@pytest.mark.parametrize("oddity", [0.0, 0.3])
def test_a_record_and_its_frame_are_written_alike(oddity: float) -> None:
    framed = 0
    for record, _ in odd_pairs(700, seed=28, oddity=oddity):
        frame = _encoding.frame_of(record)
        if frame is None:
            continue
        framed += 1
        for name in ("XMLWriter", "JSONWriter", "TextWriter"):
            assert seen(lazy(frame), name) == seen(record, name)
        if record.to_unicode:
            assert seen(lazy(frame), "MARCWriter") == seen(record, "MARCWriter")
    assert framed > 20


@pytest.mark.parametrize("name", WRITERS)
def test_what_no_frame_holds_is_written_out(name: str) -> None:
    encoding = _encoding.pymarcs(FORMATS[name])
    written_out = 0
    for record, twin in odd_pairs(700, seed=29, oddity=0.2):
        if _encoding.frame_of(record) is not None:
            continue
        mine = outcome(encoding.frame, record)
        theirs = outcome(as_bytes, name, twin)
        if mine[0] == "raises":
            refused = ("room for" if name == "MARCWriter" else "not decoded") in mine[2]
            assert refused or mine[1] == theirs[1]
            continue
        written_out += 1
        source = _frame.source(mine[1])
        if "\ufffd" not in str(source, "utf-8", "replace"):
            begin, end = AROUND.get(name, (b"", b""))
            # Where pymarc leaves what a parser makes a newline of.
            want = theirs[1].replace(b"\r", b"&#13;") if name == "XMLWriter" else theirs[1]
            assert begin + source + end == want
    assert written_out > 20


def test_an_untouched_record_is_sent_as_it_came() -> None:
    for format in FORMATS.values():
        assert _encoding.pymarcs(format).frame(lazy()) is not None
        assert _encoding.encoding(format).frame(lazy()) == FRAME


def test_as_marc_and_the_daemon_say_the_same_of_the_leader() -> None:
    sources = [*realistic(20, seed=3), *marc8(60, seed=3)]
    iso2709 = _encoding.pymarcs("iso2709")
    for record, twin in zip(*(list(marcd.MARCReader(b"".join(sources))) for _ in "12")):
        assert record is not None and twin is not None
        frame = iso2709.frame(record)
        if frame[0] & (_frame.UNDECODED | _frame.VERBATIM):
            assert _frame.source(frame) == twin.as_marc()
        else:
            assert _frame.as_marc(frame) == twin.as_marc()


@pytest.mark.parametrize("at", [0, 12])
def test_a_leader_with_other_lengths_is_not_copied(at: int) -> None:
    frame = FRAME[: 4 + at] + b"99999" + FRAME[9 + at :]
    sent = _encoding.pymarcs("iso2709").frame(lazy(frame))
    assert not sent[0] & _frame.VERBATIM
    assert _frame.as_marc(sent) == SOURCE


@pytest.mark.parametrize(("at", "digits"), [(10, b"  "), (20, b"123")])
def test_what_the_daemon_would_set_right_is_written_out(at: int, digits: bytes) -> None:
    leader = FRAME[4 : 4 + at] + digits + FRAME[4 + at + len(digits) : 28]
    for flags, written_out in ((_frame.VERBATIM, False), (0, True)):
        frame = bytes([flags]) + FRAME[1:4] + leader + FRAME[28:]
        sent = _encoding.pymarcs("iso2709").frame(lazy(frame))
        assert bool(sent[0] & _frame.UNDECODED) == written_out
        assert _frame.source(sent) == lazy(frame).as_marc()


def with_values(*values: str) -> Record:
    fields = [Field("500", subfields=[Subfield("a", value)]) for value in values]
    return record_with(Field("001", data="n 1"), *fields)


@pytest.mark.parametrize(
    ("record", "what"),
    [
        (with_values("x" * 9_995), "field of 10,000 bytes"),
        (with_values(*["x" * 9_000] * 12), "would have 108"),
        (with_values("\x1d" + "x" * 9_995), "field of 10,001 bytes"),
    ],
)
def test_a_record_too_long_for_iso2709_is_refused(record: Record, what: str) -> None:
    frame = _encoding.frame_of(record)
    records = [record] if frame is None else [record, lazy(frame)]
    for each in records:
        for encoding in (_encoding.pymarcs("iso2709"), _encoding.encoding("iso2709")):
            with pytest.raises(ValueError, match=f"The record 'n 1' .*{what}.* is not written"):
                encoding.frame(each)
    if frame is not None:
        assert _encoding.encoding("iso2709", "split").frame(record) == frame


def test_the_longest_field_and_record_are_not_refused() -> None:
    longest = with_values("x" * 9_994)
    rest = 99_999 - len(with_values(*["x" * 9_000] * 10, "").as_marc())
    most = with_values(*["x" * 9_000] * 10, "x" * rest)
    assert (len(longest["500"].as_marc("utf-8")), len(most.as_marc())) == (9_999, 99_999)
    for record in (longest, most):
        frame = _encoding.frame_of(record)
        assert frame is not None
        assert _encoding.pymarcs("iso2709").frame(lazy(frame)) == frame
        assert _encoding.encoding("iso2709").frame(record) == frame


def test_a_tag_of_four_letters_is_warned_of_as_in_a_file_object() -> None:
    record = record_with(Field("2455", subfields=[Subfield("a", "x")]))
    with pytest.warns(marcd.DataLossWarning, match="tag '2455'"):
        frame = _encoding.pymarcs("iso2709").frame(record)
    assert _frame.source(frame) == record.as_marc()


def test_what_xml_cannot_hold_is_replaced_and_warned_of() -> None:
    record = record_with(Field("2455", subfields=[Subfield("a", "a\x00\ud83d&<")]))
    with pytest.warns(marcd.DataLossWarning, match="U\\+FFFD"):
        frame = _encoding.pymarcs("marcxml").frame(record)
    assert (_frame.source(frame) or b"").decode().count("\ufffd") == 2


def test_a_format_that_only_the_daemon_knows_refuses_what_no_frame_holds() -> None:
    with pytest.raises(ValueError, match="what no MARC record holds"):
        _encoding.encoding("mrk").frame(record_with(Field("2455")))


def test_a_line_of_json_has_its_end() -> None:
    frame = _encoding.encoding("json_lines").frame(record_with(Field("2455")))
    line = (_frame.source(frame) or b"").decode()
    assert line.endswith("}\n") and line.count("\n") == 1


class Shouting(Record):
    """A record that is written otherwise."""

    def as_dict(self) -> dict[str, Any]:
        return {"shouted": True}


class Own(Record):
    """One with a method more."""

    def number(self) -> str | None:
        return self["001"].data


def test_a_class_that_writes_otherwise_is_asked() -> None:
    assert _encoding.frame_of(lazy(kind=Own)) == FRAME
    frame = _encoding.pymarcs("json").frame(lazy(kind=Shouting))
    assert json.loads(_frame.source(frame) or b"") == {"shouted": True}


def test_the_source_that_a_frame_carries_is_not_sent() -> None:
    entry = _frame.ENTRY.pack(b"\0\0\0", 0, len(FRAME) - 32 - 8 * 4 + len(SOURCE))
    head = _frame.HEAD.pack(8, FRAME[4:28], 5)
    with_source = head + FRAME[32 : 32 + 8 * 4] + entry + FRAME[32 + 8 * 4 :] + SOURCE
    frame = _encoding.frame_of(lazy(with_source))
    assert frame is not None
    assert _frame.as_marc(frame) == _frame.as_marc(FRAME)
    assert not frame[0] & _frame.WITH_SOURCE


def raw() -> Record:
    (record,) = marcd.MARCReader(SOURCE, to_unicode=False)
    assert record is not None
    return record


def test_raw_records_are_written_out() -> None:
    frame = _encoding.pymarcs("iso2709").frame(raw())
    assert _frame.source(frame) == raw().as_marc()


@pytest.mark.parametrize(
    "encoding",
    [
        *(_encoding.pymarcs(format) for format in FORMATS.values() if format != "iso2709"),
        *(_encoding.encoding(format) for format in ("marcxml", "json", "json_lines", "mrk")),
        _encoding.encoding("iso2709", marc8=True),
        _encoding.encoding("marcxml", single=True),
    ],
)
@pytest.mark.parametrize("look", [lambda _: None, lambda record: record.fields])
def test_raw_records_are_iso2709s_alone(
    encoding: _encoding.Encoding, look: Callable[[Record], object]
) -> None:
    record = raw()
    look(record)
    with pytest.raises(ValueError, match=r"^The record '42' .*not decoded.*to_unicode=True"):
        encoding.frame(record)


@pytest.mark.usefixtures("client")
def test_every_record_of_the_corpus_is_sent_as_its_as_marc() -> None:
    data = corpus_file("mrrc/realistic.mrc").read_bytes()
    iso2709 = _encoding.pymarcs("iso2709")
    for record, twin in zip(marcd.MARCReader(data), marcd.MARCReader(data)):
        assert record is not None and twin is not None
        _ = record.title
        frame = iso2709.frame(record)
        source = _frame.source(frame) if frame[0] & _frame.UNDECODED else _frame.as_marc(frame)
        assert source == twin.as_marc()


LOOKS: list[Callable[[Record], object]] = [
    lambda record: record.title,
    lambda record: record.leader,
    lambda record: record.fields,
    lambda record: [field.subfields for field in record],
    lambda record: record["001"].data,
]


@pytest.mark.parametrize("look", LOOKS)
def test_a_record_that_was_looked_at_has_the_same_frame(look: Callable[[Record], object]) -> None:
    for source in realistic(30, seed=12):
        frame = codec.clean_frame(source)
        assert frame is not None
        record = lazy(frame)
        look(record)
        made = _encoding.frame_of(record)
        assert made is not None
        # Of one whose fields were given out nobody knows whether they were changed.
        assert (made[0], made[1:]) in ((frame[0], frame[1:]), (0, frame[1:]))


def test_an_odd_leader_is_sent_as_it_is_whether_looked_at_or_not() -> None:
    (record,) = marcd.MARCReader(SOURCE[:8] + b"\x12" + SOURCE[9:])
    frame = _encoding.frame_of(record)
    for field in record.fields:
        field.subfields  # noqa: B018
    assert frame is not None
    assert _encoding.frame_of(record) == b"\0" + frame[1:]  # of what may have changed no copy


@pytest.mark.skipif(not marcd.accelerated, reason="there is but the pure form")
@pytest.mark.parametrize("oddity", [0.0, 0.1])
def test_the_accelerator_makes_the_frame_that_the_pure_form_makes(
    oddity: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [record for record, _ in odd_pairs(1500, seed=30, oddity=oddity)]
    records += [record for record in map(lazy, [FRAME] * 3) if record.fields]
    quick = [record._as_frame() for record in records]
    monkeypatch.setattr(_encoding, "_quick_frame", lambda _: None)
    pure = [_encoding.frame_of(record) for record in records]
    # It may leave a record to the pure form, as one with a str of another class.
    assert [made for made, frame in zip(pure, quick) if frame is not None] == list(
        filter(None, quick)
    )
    made = sum(frame is not None for frame in pure)
    assert 0.9 * made < sum(frame is not None for frame in quick) < len(records)
