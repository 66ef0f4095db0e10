"""The accelerator under ASan and UBSan: damaged input, and its own tests.

  python -m tests.fuzz.accelerator_asan [--seconds N]

Builds it into a copy of the package, of links, and runs with that tests/fuzz/mutate_frames.py
and the tests that treat records badly. One line each: `ok NAME ...` or `failed NAME ...`; exit
status 1 when one failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "clients/python/accelerator"
PACKAGE = ROOT / "clients/python/marcd"
FLAGS = (
    *("-std=c11", "-O1", "-g", "-fPIC", "-shared", "-fno-omit-frame-pointer"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
)
TESTS = ("accelerator", "batches", "collector", "forms", "record", "writers")
SPARE_SECONDS = 600  # for the tests, and beyond the time that damage is tried


def link_package(folder: Path) -> Path:
    """A folder to import the package from, with no extension in it."""
    package = folder / "marcd"
    package.mkdir(parents=True)
    for path in PACKAGE.iterdir():
        if path.suffix != ".so" and path.name != "__pycache__":
            (package / path.name).symlink_to(path)
    return package


def build(package: Path, compiler: str, *flags: str) -> None:
    """Builds the extension for this interpreter into a package."""
    name = f"_accelerator{sysconfig.get_config_var('EXT_SUFFIX')}"
    include = sysconfig.get_paths()["include"]
    sources = sorted(map(str, SOURCES.glob("*.c")))
    command = [compiler, *flags, f"-I{include}", *sources, "-o", str(package / name)]
    subprocess.run(command, check=True)


def environment(folder: Path) -> dict[str, str]:
    """Under which an interpreter without ASan takes an extension with it."""
    names = ("libasan.so", "libubsan.so", "libstdc++.so")  # the last, for what throws
    found = [
        subprocess.check_output(["gcc", f"-print-file-name={name}"], text=True).strip()
        for name in names
    ]
    return {
        **os.environ,
        "LD_PRELOAD": " ".join(found),
        # Each object on its own, so that what is beside it is seen.
        "PYTHONMALLOC": "malloc",
        # The interpreter itself ends with memory that it has not freed.
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "PYTHONPATH": str(folder),
        "MARCD_PURE_PYTHON": "0",
    }


def run(name: str, command: list[str], env: dict[str, str], seconds: float) -> bool:
    """Whether the command ended well; tells so, and else what it said."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds + SPARE_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        print(f"failed {name}: {error}")
        return False
    if done.returncode != 0:
        print(f"failed {name}: exit status {done.returncode}")
        print(done.stdout[-20_000:])
        return False
    print(f"ok {name}: {done.stdout.splitlines()[-1]}")
    return True


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20, help="that damage is tried for")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="asan-") as name:
        folder = Path(name)
        build(link_package(folder), "gcc", *FLAGS)
        env = environment(folder)
        mutate = ["tests.fuzz.mutate_frames", f"--seconds={seconds}"]
        tests = [f"tests/python/test_{test}.py" for test in TESTS]
        passed = [
            run("damaged frames and messages", mutate, env, seconds),
            run("tests of records", ["pytest", "-q", "-p", "no:cacheprovider", *tests], env, 0),
        ]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
