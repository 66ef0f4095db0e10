"""marcd under pymarc's name, for packages that import pymarc themselves."""

from __future__ import annotations

import importlib
import sys

# pymarc's own modules; each has its counterpart of the same name here.
_MODULES = (
    "constants",
    "exceptions",
    "field",
    "leader",
    "marc8",
    "marc8_mapping",
    "marcjson",
    "marcxml",
    "reader",
    "record",
    "writer",
)


def install_as_pymarc() -> None:
    """Make every later `import pymarc`, in any module of this process, give marcd.

        import marcd
        marcd.install_as_pymarc()
        import some_package  # imports pymarc, and gets marcd

    `pymarc.record` and pymarc's other modules are marcd's of the same name, so that a class is
    one under both names; in a pickle it has marcd's. pymarc need not be installed; where it is,
    its distribution stays what `importlib.metadata` says of it. A second call changes nothing.

    Raises RuntimeError, and changes nothing, if another pymarc was imported before: whoever
    did so holds its classes, and records of two kinds would meet. Call this first.

    Holds for this process and its forks. A child that `multiprocessing` starts by spawn or
    forkserver imports the main module anew: call this at that module's top level, not below
    `if __name__ == "__main__"`. Not to be called while other threads import pymarc.
    """
    names = {f"pymarc.{name}": f"{__package__}.{name}" for name in _MODULES}
    modules = {"pymarc": sys.modules[__name__.rpartition(".")[0]]}
    modules.update((name, importlib.import_module(ours)) for name, ours in names.items())
    for name, module in sorted(sys.modules.items(), key=lambda item: item[0]):
        if name.partition(".")[0] == "pymarc" and module is not modules.get(name):
            raise RuntimeError(
                f"{name} was already imported from {getattr(module, '__file__', None)}: what"
                " imported it would go on with its classes. Call marcd.install_as_pymarc()"
                " before anything imports pymarc"
            )
    sys.modules.update(modules)
