"""Which files are meant by a pattern or a folder."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from typing import Any

from . import _formats
from ._warning import warn_of_loss

_ARCHIVES = (".tar", ".tgz", ".zip")


def _is_catalogue(name: str) -> bool:
    suffix = _formats.suffix_of(name)
    return suffix in _ARCHIVES or _formats.SUFFIXES.get(suffix, "text") != "text"


def _raise(error: OSError) -> None:
    raise error


def _in_folder(folder: str) -> Iterator[str]:
    # What cannot be listed may hold records: not to be left out in silence.
    for path, folders, names in os.walk(folder, onerror=_raise):
        folders.sort()
        for name in sorted(filter(_is_catalogue, names)):
            file = os.path.join(path, name)
            if os.path.exists(file) and not os.path.isfile(file):
                # To open it could wait for ever.
                warn_of_loss(f"{file} is not read: it is a pipe, a socket or a device")
                continue
            yield file


def _paths(target: str) -> list[str]:
    """Those of a folder or a pattern, each once; FileNotFoundError where there are none.

    Of a folder its own files come first, by name, and then those of its folders. What a pattern
    matches comes by name, of a folder its files; one that is matched twice where it comes first.
    """
    matches = [target] if os.path.isdir(target) else sorted(glob.glob(target, recursive=True))
    if not matches:
        raise FileNotFoundError(f"No file is named like {target}")
    # A recursive pattern matches folders and the files in them.
    found = dict.fromkeys(
        path
        for match in matches
        for path in (_in_folder(match) if os.path.isdir(match) else [match])
    )
    if not found:
        raise FileNotFoundError(f"No file in {target} has the suffix of a catalogue file")
    return list(found)


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
