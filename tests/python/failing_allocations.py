"""Fails each allocation of each operation on a record in turn; a test runs it as a program.

An operation gives what it gives with enough memory, or raises MemoryError. Afterwards the
record is as it was, and no memory is lost. The last line printed is `ok` and a count.
"""

from __future__ import annotations

import _testcapi
import faulthandler
import gc
import sys
from collections.abc import Callable
from typing import Any

from marcd import Subfield, codec
from marcd._accelerator import read_message

from tests.fuzz.make_seeds import message
from tests.iso2709 import data_field, encode
from tests.python.frame_records import FRAME, begun, lazy

MESSAGE = message([FRAME] * 3)
GOOD = str(lazy())
# More than fits the places on the stack.
_MANY = [("a", "x" * 500), ("x", "y")] * 9
LONG = codec.clean_frame(encode([data_field("245", "00", *_MANY), data_field("650", "00", *_MANY)]))
assert LONG is not None
PEACE = 25  # so many in a row that fail nothing, and the operation takes no more

OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "read_message": lambda r, b: read_message(MESSAGE),
    "pop": lambda r, b: b.pop(),
    "values": lambda r, b: b.values("650", "a"),
    "lists": lambda r, b: b.lists("650", None),
    "columns": lambda r, b: (b.offsets, b.data),
    "record[]": lambda r, b: r["245"],
    "get_fields": lambda r, b: r.get_fields("245", "650"),
    "many tags": lambda r, b: r.get_fields(*TAGS),
    "fields": lambda r, b: r.fields,
    "leader": lambda r, b: r.leader,
    "title": lambda r, b: r.title,
    "value": lambda r, b: [field.value() for field in r],
    "subfields": lambda r, b: [list(field) for field in r],
    "get_subfields": lambda r, b: r["650"].get_subfields("a", "x"),
    "field[]": lambda r, b: r["650"]["a"],
    "indicators": lambda r, b: (r["245"].indicators, r["245"].indicator1),
    "set subfields": lambda r, b: setattr(r["245"], "subfields", [Subfield("a", "b")]),
    "Subfield": lambda r, b: Subfield("a", "b"),
    "as_marc": lambda r, b: r.as_marc(),
    "as_marc touched": lambda r, b: (r["245"].subfields, r.as_marc()),
    "as_marc of fields": lambda r, b: (r.fields, r.as_marc()),
    "as_dict": lambda r, b: r.as_dict(),
    "as_json": lambda r, b: r.as_json(),
    "str": lambda r, b: str(r),
    "frame": lambda r, b: r._as_frame(),
    "frame touched": lambda r, b: (r["245"].subfields, r._as_frame()),
    "frame of fields": lambda r, b: (r.fields, r["650"].subfields, r._as_frame()),
    "as_xml": lambda r, b: (r._as_xml(True, True), r._as_xml(True, False)),
}
TAGS = tuple(map(str, range(200, 300)))


def outcome(operation: Callable[[Any, Any], Any], frame: bytes, failing: int) -> bool:
    """Whether the operation had enough memory with the one allocation failing."""
    record, batch = lazy(frame), begun([frame] * 3)
    gc.collect()
    try:
        _testcapi.set_nomemory(failing, failing + 1)
        operation(record, batch)
        return True
    except MemoryError:
        return False
    except SystemError:
        # CPython 3.10 sets no exception where it finds no memory for the cache of a Python
        # function that is called for the 1,024th time (_PyCode_InitOpcache).
        if sys.version_info >= (3, 11):
            raise
        return False
    finally:
        _testcapi.remove_mem_hooks()
        if frame is FRAME and operation is not OPERATIONS["set subfields"]:
            assert str(record) == GOOD
            assert record["245"] is record.fields[1]
            assert record.get_fields("650") == record.fields[2:]


def failures(operation: Callable[[Any, Any], Any], frame: bytes) -> int:
    """How many allocations of the operation can fail."""
    failed = succeeded = at = 0
    while succeeded < PEACE:
        if outcome(operation, frame, at):
            succeeded += 1
        else:
            failed, succeeded = failed + 1, 0
        at += 1
    return failed


def main() -> None:
    faulthandler.enable()
    gc.freeze()  # what there is need not be looked at again and again
    count = 0
    for name, operation in OPERATIONS.items():
        for frame in (FRAME, LONG):
            failures(operation, frame)
            before = sys.getallocatedblocks()
            count += failures(operation, frame)
            lost = sys.getallocatedblocks() - before
            assert lost < 10, f"{name}: {lost} blocks lost"
    print("ok", count)


if __name__ == "__main__":
    main()
