"""Which files are meant by a pattern or a folder."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from typing import Any

from . import _formats

_ARCHIVES = (".tar", ".tgz", ".zip")


def _is_catalogue(name: str) -> bool:
    suffix = _formats.suffix_of(name)
    return suffix in _ARCHIVES or _formats.SUFFIXES.get(suffix, "text") != "text"


def _in_folder(folder: str) -> Iterator[str]:
    for path, folders, names in os.walk(folder):
        folders.sort()
        yield from (os.path.join(path, name) for name in sorted(names) if _is_catalogue(name))


def _paths(target: str) -> list[str]:
    """Those of a folder or a pattern; FileNotFoundError where there are none."""
    if os.path.isdir(target):
        found = list(_in_folder(target))
        if not found:
            raise FileNotFoundError(f"No file in {target} has the suffix of a catalogue file")
        return found
    found = sorted(glob.glob(target, recursive=True))
    if not found:
        raise FileNotFoundError(f"No file is named like {target}")
    return [
        path for each in found for path in (_in_folder(each) if os.path.isdir(each) else [each])
    ]


def expand(target: Any) -> list[Any] | None:
    """The sources that a list, a folder or a pattern stands for; None for what is one source.

    A file whose name looks like a pattern is that file.
    """
    if type(target) in (list, tuple):  # a ServerFile is a tuple, too
        return [each for one in target for each in (expand(one) or [one])]
    if not isinstance(target, (str, os.PathLike)):
        return None
    path = os.fsdecode(target)
    if os.path.isdir(path) or (glob.has_magic(path) and not os.path.lexists(path)):
        return list(_paths(path))
    return None
