"""Runs fuzz targets, two at a time, and tells of each how it went.

  bazel build --config=fuzz //tests/fuzz
  python -m tests.fuzz.run [--seconds N] [TARGET...]

One line a target: `ok NAME ...`, or `failed NAME ...` with what it said. The input that it
failed on is shown, and stays in .cache/fuzz. Exit status 1 when one failed.
"""

from __future__ import annotations

import argparse
import base64
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.make_seeds import write_seeds

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAMS = ROOT / "out/bin/tests/fuzz"
FINDS = ROOT / ".cache/fuzz"
TARGETS = (
    *("framer", "decoder", "marc8", "detect", "frame", "accelerator", "compressed"),
    *("xml", "lines", "encode", "json"),
)

AT_ONCE = 2
INPUT_SECONDS = 10  # for one input
MEMORY_MB = 2048
SPARE_SECONDS = 60  # for the start, and for the end
SHOWN_BYTES = 4_096
SHOWN_LINES = 60
NOISE = ("#", "INFO:", "NEW_FUNC", "Dictionary:")  # what libFuzzer says of its progress


@dataclass(frozen=True)
class Outcome:
    """How a target went."""

    name: str
    passed: bool
    lines: list[str]

    def show(self) -> None:
        print("\n  ".join(self.lines), flush=True)


def reproducer(lines: list[str]) -> list[str]:
    """The input on which a target failed, from what it said; none if it kept none."""
    found = re.findall(r"Test unit written to (.+)", "\n".join(lines))
    if not found:
        return []
    path = Path(found[-1])  # those before it were only slow
    data = path.read_bytes()[:SHOWN_BYTES]
    return [
        f"fails on {path}",
        f"{len(data)} bytes of it in base64: {base64.b64encode(data).decode()}",
        f"again by: {PROGRAMS.relative_to(ROOT)}/{path.name.split('-')[0]} {path}",
    ]


def run_target(name: str, seconds: int, folder: Path) -> Outcome:
    """Fuzzes for `seconds`, from the seeds in `folder`/`name` on."""
    new = folder / f"{name}-new"  # libFuzzer writes there what it keeps
    new.mkdir()
    FINDS.mkdir(parents=True, exist_ok=True)
    options = {
        "dict": Path(__file__).with_name("marc.dict"),
        "max_total_time": seconds,
        "timeout": INPUT_SECONDS,
        "rss_limit_mb": MEMORY_MB,
        "artifact_prefix": FINDS / f"{name}-",
        "print_final_stats": 1,
    }
    command = [str(PROGRAMS / name), *(f"-{key}={value}" for key, value in options.items())]
    try:
        done = subprocess.run(
            [*command, str(new), str(folder / name)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds + SPARE_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Outcome(name, False, [f"failed {name}: {error}"])
    lines = done.stdout.splitlines()
    runs = re.search(r"number_of_executed_units: (\d+)", done.stdout)
    if done.returncode == 0 and runs is not None:
        return Outcome(name, True, [f"ok {name} ({runs[1]} inputs in {seconds} s)"])
    said = [line for line in lines if not line.lstrip().startswith(NOISE)][:SHOWN_LINES]
    head = f"failed {name}: exit status {done.returncode}"
    return Outcome(name, False, [head, *reproducer(lines), *said])


def run_targets(names: list[str], seconds: int) -> bool:
    """Whether all passed."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        write_seeds(Path(folder))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            running = [pool.submit(run_target, name, seconds, Path(folder)) for name in names]
            outcomes = [each.result() for each in running]
    for outcome in outcomes:
        outcome.show()
    return all(outcome.passed for outcome in outcomes)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=20, help="for each target")
    args = parser.parse_args()
    return 0 if run_targets(args.targets or list(TARGETS), args.seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
