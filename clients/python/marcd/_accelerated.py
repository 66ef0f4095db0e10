"""Which form of the hot classes runs: the compiled one, or the pure one that defines it.

The compiled form is the extension `_accelerator` (clients/python/accelerator). Where it was
not built, or where the environment has MARCD_PURE_PYTHON=1 at import, the pure form runs;
both do the same.
"""

from __future__ import annotations

import contextlib
import os
from types import GetSetDescriptorType, MemberDescriptorType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ._frames import Frames


class _Extension(Protocol):
    """What the package calls of the extension; `_accelerator.pyi` says more."""

    def use(self, **classes: Any) -> None: ...

    def read_message(
        self, message: bytes | memoryview, /
    ) -> tuple[dict[int, Any], Frames, bool]: ...


native: _Extension | None = None
if os.environ.get("MARCD_PURE_PYTHON", "0") in ("", "0"):
    with contextlib.suppress(ImportError):
        from . import _accelerator

        native = _accelerator

accelerated = native is not None

# What a class has of its own accord.
_ITS_OWN = {"__slots__", "__module__", "__dict__", "__weakref__", "__orig_bases__"}


def use(**classes: Any) -> None:
    """Tell the accelerator what it makes or raises by these names."""
    if native is not None:
        native.use(**classes)


def adopt(pure: type) -> type:
    """The accelerator's type of the class's name, and the class itself where there is none.

    The type gets every attribute of the class that it has not itself. Those that it has
    stand beside its own under `_pure_` and their name: for what is not worth compiling,
    its methods call these.
    """
    if native is None:
        return pure
    kind: type = getattr(native, pure.__name__)
    compiled = set(vars(kind))
    for base in reversed(pure.__mro__):
        if base in (object, tuple):
            continue
        for name, value in vars(base).items():
            slot = isinstance(value, (MemberDescriptorType, GetSetDescriptorType))
            if not slot and name not in _ITS_OWN and "annot" not in name:
                setattr(kind, f"_pure_{name}" if name in compiled else name, value)
    kind.__doc__ = pure.__doc__
    return kind
