"""Inputs for the fuzz targets to begin with, all of own making: small, many, each other.

make_seeds.py FOLDER: a folder in it for each target; the same files each time.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

if __package__ in (None, ""):  # run as a program
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tests import generate, words
from tests.pathological import pathological

LARGEST = 4_000  # bytes; a small input is tried more often
SUBFIELDS = b"10\x1faone\x1fbtwo"

TEXTS = [
    *(source for source, _ in generate.MARC8_TEXTS),
    b"A\xfan\xfbg t\xebi\xecu \xe1\xe2o \xe2",
    b'\x1b$1!0!!0"\x7f#! !\x1bs&#x4E00; &#xD800; &amp;',
    b"\x1b)!E\x1b(!EA\x1b-N\xc1\x1b(zab\x1b$",
    b"\x88The \x89Title\x8d\x8e \xff",
    "Ã©tÃ© caf\ufffd".encode(),
    "Москва".encode("cp1251"),
    "Žluťoučký – “kůň”".encode("cp1252", "replace"),
    *(word.encode() for word in words.OTHER[:20]),
]


def _texts() -> Iterator[str]:
    """Texts in UTF-8."""
    yield from (text for _, text in generate.MARC8_TEXTS)
    yield from words.OTHER[:20]
    yield "&#x41; & &\u0301#x41; \x1b(N t\u0361s \ufe20 n\u0360g \U0001f600 \u01a1\u0323 \u0316e"
    yield "\u0627\u0670\u064b \u05d0\u05b0 \u0491\u0451\u0679 \u03ac\u1f84 \u4e00\u3000 H\u2082"


def _records() -> list[bytes]:
    return [
        *generate.realistic(8),
        *generate.marc8(8),
        *(case.data for case in pathological() if len(case.data) <= LARGEST),
    ]


def _files(rng: random.Random) -> Iterator[bytes]:
    """Records alone, several, damaged, cut, and with other bytes between them."""
    records = _records()
    yield from records
    fillers = [b"", b"\r\n", b"\0" * 20, b" ", b"\x1a", b"\xef\xbb\xbf", b"junk", b"\x1d"]
    small = [record for record in records if len(record) < LARGEST // 4]
    for _ in range(60):
        parts = [rng.choice(small) + rng.choice(fillers) for _ in range(rng.randint(2, 5))]
        file = b"".join(parts)[:LARGEST]
        yield file
        yield generate.damage(file, 3, rng.randrange(1_000))[0]
        yield file[: rng.randrange(len(file))]
    yield small[0] * 3  # the same control number
    yield small[0].decode("latin-1").encode("utf-16")


def _fields() -> Iterator[bytes]:
    """As the decoder's target makes records of them: tag, payload, 0x1E."""
    for text in TEXTS:
        yield b"001" + text + b"\x1e245" + SUBFIELDS + text + b"\x1e100" + SUBFIELDS
    unimarc = b"20260101d2026    u  y0engy50      ba"
    yield b"100  \x1fa" + unimarc + b"\x1e200" + SUBFIELDS


def _frames() -> Iterator[bytes]:
    """Frames after docs/frame.md."""
    for source in (b"", b"00026nam a2200025 i 4500\x1e\x1d"):
        for record_flags in (0, 1, 4):
            fields = [(b"001", 3, b"ocm1"), (b"245", 2, SUBFIELDS), (b"880", 0, TEXTS[-1])]
            fields[-1] = (b"880", 4, b"  \x1fa" + TEXTS[-1])
            yield _frame(record_flags, fields, source)
    yield _frame(2, [], TEXTS[-1], leader=b" " * 24)


def _frame(
    flags: int,
    fields: list[tuple[bytes, int, bytes]],
    source: bytes,
    leader: bytes = b"00000nam a2200000 i 4500",
) -> bytes:
    if source:
        fields = [*fields, (b"\0\0\0", 0, source)]
        flags |= 0 if flags == 2 else 8
    entries, payloads = b"", b""
    for tag, entry_flags, payload in fields:
        payloads += payload
        entries += struct.pack("<3sBI", tag, entry_flags, len(payloads))
    return struct.pack("<I24sI", flags, leader, len(fields)) + entries + payloads


def message(frames: list[bytes]) -> bytes:
    """The ReadRecordsResponse with these frames (proto/marcd/v1)."""

    def varint(number: int) -> bytes:
        more = number >> 7
        return bytes([number & 0x7F | 0x80]) + varint(more) if more else bytes([number])

    def put(number: int, data: bytes) -> bytes:
        return varint(number << 3 | 2) + varint(len(data)) + data

    columns = [put(2, b"".join(varint(len(frame)) for frame in frames))]
    columns += [put(number, bytes(range(len(frames)))) for number in (3, 4, 5)]
    batch = b"\x08\x01" + b"".join(columns) + put(15, b"".join(frames))
    return b"\x10\x80\x20\x18\x07" + put(1, b"token") + put(15, batch)


def messages() -> list[bytes]:
    """Messages of a daemon, with frames."""
    frames = list(_frames())
    return [message([]), message(frames[:1]), message(frames), message(frames * 2)]


def _gzip(text: bytes) -> bytes:
    return gzip.compress(text, mtime=0)


def _compressed(rng: random.Random) -> Iterator[bytes]:
    """Small members of each compression, alone and several, cut and damaged."""
    text = b"".join(_records()[:3])[:LARGEST]
    # A frame of one raw block (RFC 8878, 3.1.1).
    zstd = b"\x28\xb5\x2f\xfd\x20\x05\x29\0\0hello"
    members = [zstd, *(pack(text) for pack in (_gzip, bz2.compress, lzma.compress))]
    for member in members:
        yield member
        yield member + b"\0" * 4 + member
        yield generate.damage(member, 2, rng.randrange(1_000))[0]
        yield member[: rng.randrange(8, len(member))]


XML_PARTS = [
    "<record>",
    "</record>",
    "<record/>",
    '<m:record xmlns:m="http://www.loc.gov/MARC21/slim">',
    "<!-- <record><leader> -->",
    "<![CDATA[<record> & ]]>",
    "<?x <record>?>",
    "<!DOCTYPE c [<!ENTITY e '&#233;'><!-- ]> -->]>",
    "&e;&lt;&#x1D;",
    "<leader>",
    "</collection>",
    '<subfield code="b">',
    "<record><header/><metadata>",
]


def _xml(rng: random.Random) -> Iterator[bytes]:
    """Records in MARCXML and in turbomarc, whole and with parts of others in them."""
    text = "T &amp; \u00e9 &#233;"
    marcxml = (
        "<record><leader>00000nam a2200000 i 4500</leader><controlfield tag='001'>x"
        '</controlfield>\n<datafield tag="245" ind1="1" ind2="0"><subfield code="a">'
        f"{text}</subfield></datafield></record>\n"
    )
    turbomarc = (
        "<r><l>00000nam a2200000 i 4500</l><c001>x</c001>\n"
        f'<d245 i1="1" i2="0"><sa>{text}</sa><s code="$"/></d245><d tag="2 5"/></r>\n'
    )
    for record in (marcxml, turbomarc):
        yield record.encode()
        document = f"<?xml version='1.0'?><collection>{record}{record}</collection>"
        yield document.encode()
        for part in XML_PARTS:
            at = rng.randrange(len(document))
            yield f"{document[:at]}{part}{document[at:]}".encode()
            yield f"{part}{record}".encode()
            yield document[:at].encode()


def _lines() -> Iterator[bytes]:
    """A record or two of each of the formats of lines, with what each has of its own."""
    mrk = (
        b"=LDR  00000nam\\%b2200000\\i\\4500\n=001  a\\b\n=245  1\\$a{acute}e {dollar}5 {zilch}"
        b"{llig}t{rlig}s &#x1F600;{esc}{cyril}b$bmo\nre {7B}\n=500  $x\n\n"
    )
    yield mrk % b"a"
    yield mrk % b"\\" + (mrk % b"a").replace(b"\n", b"\r\n")
    yield mrk % b"\\" + "=245  10$a\u00e9\u6f22\n".encode() + b"=246  \\\\$a\xe2e\n"
    aleph = (
        b"000000%03d LDR   L ^^^^^nam^a22^^^^^1i^4500\n000000%03d FMT   L BK\n"
        b"000000%03d 24510 L $$aTitle$$b\nrest\n000000%03d 500   L text\n"
    )
    yield aleph % (1, 1, 1, 1) + aleph % (2, 2, 2, 2) + b"\n"
    yield b"000000003 001   L 3\n00000000x 245   L $$$a$\n"
    line = (
        b"00026nam a2200025 i 4500\n001 a b\n245 10 $a Title $b $5 $5 x\n500    $aa$bb\n    more\n"
    )
    yield line + b"(comment)\n\n(other)\n" + line


JSON_PARTS = [
    '{"leader":"00000nam a2200000 i 4500","fields":[',
    '{"fields":[{"245":{"subfields":[{"a":"T"}],"ind1":1,"ind2":null}}],"leader":"x"}',
    '{"id":"1","parsedRecord":{"id":"2","content":',
    '{"totalRecords":1,"sourceRecords":[',
    '["245","1","0",[["a","T"],["b"]]],["001","x"]',
    '"datafield":[{"tag":"245","ind":"10","subfield":[{"code":"a","data":"T"}]}],',
    '"controlfield":{"tag":"001","data":"x"},',
    '"fields":{"001":"x","650":[{"subfields":{"a":"A"}},"y"]},',
    '},{"',
    "\\ud83d\\ude00\\ud83d\\u0000\\x",
    '"\n"',
    "\x1e",
    "]}",
    "[[[[{{{{",
    "/* x */,]",
]


def _json(rng: random.Random) -> Iterator[bytes]:
    """Records in JSON, whole and with parts of others in them."""
    record = (
        '{"leader":"00000nam a2200000 i 4500","fields":[{"001":"x"},{"245":{"ind1":"1",'
        '"ind2":"0","subfields":[{"a":"T \\u00e9 \\"\u00e9"},{"$":""}]}}]}'
    )
    for document in (record, f"[{record},{record}]", f"{record}\n{record}\n"):
        yield document.encode()
        for part in JSON_PARTS:
            at = rng.randrange(len(document))
            yield f"{document[:at]}{part}{document[at:]}".encode()
            yield f"{part}{document}".encode()
            yield document[:at].encode()


def _chosen(rng: random.Random, choices: int, inputs: Iterable[bytes]) -> Iterator[bytes]:
    """The inputs, behind bytes that choose how they are read."""
    for each in inputs:
        yield rng.randbytes(choices) + each


def seeds() -> dict[str, list[bytes]]:
    """The inputs of each target."""
    rng = random.Random("seeds")
    files = list(_files(rng))
    # The decoder's first byte says what its input is: a file, or fields.
    decoder = [b"\0" + file for file in files] + [b"\1" + file for file in files]
    decoder += [b"\2" + fields for fields in _fields()]
    return {
        "framer": list(_chosen(rng, 6, files)),
        "decoder": [each[:1] + rng.randbytes(9) + each[1:] for each in decoder],
        "lines": list(_chosen(rng, 5, [each for each in _lines() for _ in range(6)])),
        # The first byte says what its input is: records, or a text.
        "encode": [b"\0" + rng.randbytes(4) + file for file in files]
        + [b"\1" + rng.randbytes(4) + text.encode() for text in _texts()],
        "marc8": list(_chosen(rng, 3, TEXTS)),
        "detect": list(_chosen(rng, 2, [*TEXTS, *_records()])),
        "frame": list(_frames()),
        "compressed": list(_chosen(rng, 2, _compressed(rng))),
        "json": list(_chosen(rng, 6, _json(rng))),
        "xml": list(_chosen(rng, 7, _xml(rng))),
        "accelerator": [b"\0" + frame for frame in _frames()] + [b"\1" + m for m in messages()],
    }


def write_seeds(folder: Path) -> None:
    """Writes them, a file each."""
    for target, inputs in seeds().items():
        (folder / target).mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(inputs):
            (folder / target / f"{number:04}").write_bytes(data)


if __name__ == "__main__":
    write_seeds(Path(sys.argv[1]))
