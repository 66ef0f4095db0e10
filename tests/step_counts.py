"""Counts what the steps of tests/run come to.

A step that ends badly without having counted a failure counts as one itself, so nothing
fails in silence.
"""

from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlparse


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    # Which failed, and what the first line of each said.
    failures: list[str] = field(default_factory=list, compare=False)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"

    @staticmethod
    def of(line: str) -> Count:
        """What such a line says; of any other, nothing."""
        found = re.fullmatch(r"(\d+) passed, (\d+) failed, (\d+) skipped", line)
        if not found:
            return Count()
        passed, failed, skipped = map(int, found.groups())
        return Count(passed, failed, skipped)

    def add(self, other: Count) -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures


@dataclass
class Report:
    """What the steps so far have come to."""

    total: Count = field(default_factory=Count)
    failures: list[str] = field(default_factory=list)
    skips: list[str] = field(default_factory=list)

    def step(self, name: str, count: Count, status: int, seconds: float) -> None:
        if status != 0 and count.failed == 0:
            count.failed = 1
        if count.failed:
            self.failures += [f"{name}: {what}" for what in [str(count), *count.failures]]
        self.total.add(count)
        print(f"== {name}: {count} ({seconds:.0f} s)", flush=True)

    def skip(self, name: str, why: str) -> None:
        self.skips.append(f"{name}: {why}")
        self.total.skipped += 1
        print(f"== {name}: skipped: {why}", flush=True)


def count_junit(path: Path) -> Count:
    """The test cases of a JUnit file; of a file that is not there or cut short, none."""
    count = Count()
    try:
        cases = list(ET.parse(path).getroot().iter("testcase"))
    except (OSError, ET.ParseError):
        return count
    for case in cases:
        failure = case.find("failure")
        if failure is None:
            failure = case.find("error")
        if failure is not None:
            count.failed += 1
            said = failure.get("message", "").partition("\n")[0]
            count.failures.append(f"{case.get('classname')}.{case.get('name')}: {said}")
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            count.skipped += 1
        else:
            count.passed += 1
    return count


def test_files(events: Path) -> Iterator[tuple[str, Path]]:
    """The status and the JUnit file of every test in Bazel's event file."""
    for line in events.read_text().splitlines():
        result = json.loads(line).get("testResult")
        if result is None:
            continue
        for output in result.get("testActionOutput", []):
            if output["name"] == "test.xml":
                yield result["status"], Path(unquote(urlparse(output["uri"]).path))


def count_bazel(events: Path) -> Count:
    count = Count()
    for status, path in test_files(events):
        cases = count_junit(path)
        # A test that crashed or hung may have written a clean file before.
        if status != "PASSED" and cases.failed == 0:
            cases.failed = 1
        count.add(cases)
    return count


def count_words(lines: list[str]) -> Count:
    """What a program tells in a line a check: `ok`, `failed` or `skipped`, and its name."""
    words = [line.partition(" ")[0] for line in lines if " " in line]
    return Count(words.count("ok"), words.count("failed"), words.count("skipped"))


def main() -> None:
    """The sum of JUnit files; one that is not there counts as a failure."""
    total = Count()
    for path in map(Path, sys.argv[1:]):
        total.add(count_junit(path) if path.exists() else Count(failed=1))
    print(total)


if __name__ == "__main__":
    main()
