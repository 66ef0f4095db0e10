"""The single-byte encodings are Python's, by each of Python's names."""

from __future__ import annotations

import codecs
import encodings
import pkgutil
import subprocess
from encodings.aliases import aliases
from functools import cache
from itertools import chain, product

from tests.text_tools import ROOT, program

# Codecs of Python's that decode byte by byte, but are no encodings of texts.
NO_TEXT = {"charmap", "raw-unicode-escape"}


def test_the_tables_are_those_of_this_python() -> None:
    made = subprocess.run([ROOT / "tools/make_charsets"], capture_output=True, check=True)
    assert made.stdout == (ROOT / "core/text/charset_tables.inc").read_bytes()


def names() -> list[str]:
    """Every name that Python may know an encoding by, in several spellings."""
    modules = [m.name for m in pkgutil.iter_modules(encodings.__path__) if m.name != "mbcs"]
    plain = [*modules, *aliases, *aliases.values(), "nonsense"]
    return [*plain, *(n.upper() for n in plain), *(n.replace("_", "-") for n in plain)]


@cache
def by_python(name: str) -> str | None:
    """What the program should say of a name; None where Python has no such table."""
    try:
        codec = codecs.lookup(name)
        chars = [bytes([byte]).decode(name, "replace") for byte in range(0x100)]
    except (LookupError, UnicodeError):
        return None
    pairs = bytes(chain.from_iterable(product(range(0x80, 0x100), repeat=2)))
    single = pairs.decode(name, "replace") == "".join(chars[byte] for byte in pairs)
    if not single or codec.name in NO_TEXT or chars[:0x80] != [chr(c) for c in range(0x80)]:
        return None
    return f"{codec.name} {''.join(chars).encode().hex()}"


def test_every_name_of_pythons_gives_pythons_characters() -> None:
    asked = names()
    done = subprocess.run(
        [program("charset_cat")], input="\n".join(asked), capture_output=True, text=True, check=True
    )
    answers = dict(zip(asked, done.stdout.splitlines(), strict=True))
    assert answers == {name: by_python(name) or "" for name in asked}
    assert sum(bool(answer) for answer in answers.values()) > 500
