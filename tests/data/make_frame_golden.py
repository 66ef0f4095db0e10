#!/usr/bin/env python3
"""Writes frame_golden.bin and frame_golden.json beside this file.

The first holds frames end to end, written by hand from docs/frame.md and by no code of
marcd's; the second says what each one holds. C++ and Python read both.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from pathlib import Path

VERBATIM, UNDECODED, RAW, WITH_SOURCE = 1, 2, 4, 8
CONTROL, ASCII, REPAIRED = 1, 2, 4
LEADER = "00000nam a2200000 i 4500"


@dataclass
class Frame:
    """One frame; `source` is the payload of its entry under the tag of NULs, if it has one."""

    name: str
    flags: int
    fields: list[tuple[str, int, bytes]] = field(default_factory=list)
    leader: str = LEADER
    source: bytes | None = None

    def to_bytes(self) -> bytes:
        entries = [(tag.encode("ascii"), flags, payload) for tag, flags, payload in self.fields]
        if self.source is not None:
            entries.append((b"\0\0\0", 0, self.source))
        directory, payloads = b"", b""
        for tag, flags, payload in entries:
            payloads += payload
            directory += struct.pack("<3sBI", tag, flags, len(payloads))
        head = struct.pack("<I24sI", self.flags, self.leader.encode("ascii"), len(entries))
        return head + directory + payloads

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "length": len(self.to_bytes()),
            "flags": self.flags,
            "leader": self.leader,
            "fields": [
                {"tag": tag, "flags": flags, "payload_hex": payload.hex()}
                for tag, flags, payload in self.fields
            ],
            "source_hex": None if self.source is None else self.source.hex(),
        }


TITLE = ("245", ASCII, b"10\x1faA title :\x1fbits rest /\x1fcsomebody.")
NUMBER = ("001", CONTROL | ASCII, b"ocm00000001")
SOURCE = b"00026nam a2200025 i 4500\x1e\x1d"
FRAMES = [
    Frame("a record as most are", VERBATIM, [NUMBER, TITLE], "00096nam a2200049 i 4500"),
    Frame("no fields", VERBATIM, [], "00026nam a2200025 i 4500"),
    Frame("not verbatim", 0, [NUMBER, TITLE]),
    Frame("an empty control field", VERBATIM, [("001", CONTROL | ASCII, b""), TITLE]),
    Frame("all control tags", 0, [(f"00{n}", CONTROL | ASCII, b"x") for n in range(10)]),
    Frame("a data field without subfields", 0, [("245", ASCII, b"1 ")]),
    Frame("empty values", 0, [("245", ASCII, b"  \x1fa\x1fb\x1fc")]),
    Frame(
        "every printable code",
        0,
        [
            (
                "9XX",
                ASCII,
                b"  " + b"".join(b"\x1f" + bytes([code]) + b"v" for code in range(0x20, 0x7F)),
            )
        ],
    ),
    Frame("tags that are no numbers", 0, [("FMT", ASCII, b"  \x1faBK"), ("00A", ASCII, b"  ")]),
    Frame(
        "text beyond ASCII",
        VERBATIM,
        [
            ("001", CONTROL, "ö1".encode()),
            ("245", 0, "00\x1faГорький, М. 高爾基 𝄞".encode()),
            ("500", ASCII, b"  \x1faplain"),
            ("880", 0, "  \x1f6245-01/$1\x1fa\u200e書名".encode()),
        ],
    ),
    Frame("NUL and newlines in a value", VERBATIM, [("500", ASCII, b"  \x1fa\0one\r\ntwo\x7f")]),
    Frame("repaired text", 0, [("500", REPAIRED, "  \x1fa\ufffd".encode())]),
    Frame("repeated tags", 0, [("650", ASCII, b" 0\x1fa%d" % n) for n in range(300)]),
    Frame("a long field", 0, [("520", ASCII, b"  \x1fa" + b"x" * 70_000)]),
    Frame("with its source", WITH_SOURCE, [NUMBER, TITLE], source=SOURCE),
    Frame("with its source and no fields", WITH_SOURCE | VERBATIM, source=SOURCE),
    Frame("source that is not text", WITH_SOURCE, [NUMBER], source=b"\xff\x1f\x1e\x1d"),
    Frame("undecoded", UNDECODED, leader=" " * 24, source=SOURCE),
    Frame("raw", RAW, [("001", CONTROL, b"caf\xe2e"), ("245", 0, b"00\x1fa\xe2e")]),
]


def main() -> None:
    folder = Path(__file__).parent
    (folder / "frame_golden.bin").write_bytes(b"".join(frame.to_bytes() for frame in FRAMES))
    text = json.dumps([frame.to_json() for frame in FRAMES], indent=1)
    (folder / "frame_golden.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
